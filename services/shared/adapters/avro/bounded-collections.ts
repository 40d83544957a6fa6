import avro, { type Type } from 'avsc';
import { KeyCache } from './key-cache.ts';

/** avsc's reader of bytes, as far as collections need it. */
interface Tap {
  buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  skipString(): void;
}

interface Item extends Type {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

interface Collection {
  itemsType: Item;
  valuesType: Item;
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/** Thrown when a collection claims more items than there are bytes left. */
export class TruncatedError extends RangeError {}

const keys = new KeyCache();

/**
 * Makes avsc stop at the end of the bytes when it reads arrays and maps. As it comes, a damaged count makes it loop up
 * to 2^53 times over nothing: one bad record would stop a task for good.
 */
export function boundCollections(): void {
  const array = avro.types.ArrayType.prototype as unknown as Collection;
  const map = avro.types.MapType.prototype as unknown as Collection;
  array._read = function (tap) {
    const items: unknown[] = [];
    const { itemsType } = this;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count -= 1) {
        checkEnd(tap);
        items.push(itemsType._read(tap));
      }
    }
    return items;
  };
  array._skip = function (tap) {
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count -= 1) {
        checkEnd(tap);
        this.itemsType._skip(tap);
      }
    }
  };
  map._read = function (tap) {
    const values: Record<string, unknown> = {};
    const { valuesType } = this;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count -= 1) {
        checkEnd(tap);
        const key = readKey(tap);
        values[key] = valuesType._read(tap);
      }
    }
    return values;
  };
  map._skip = function (tap) {
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count -= 1) {
        checkEnd(tap);
        tap.skipString();
        this.valuesType._skip(tap);
      }
    }
  };
}

/** Items in the block that begins here; 0 ends the collection. A negative count is followed by the bytes of the block. */
function blockCount(tap: Tap): number {
  const count = tap.readLong();
  if (count >= 0) return count;
  tap.skipLong();
  return -count;
}

function checkEnd({ pos, buf }: Tap): void {
  if (pos >= buf.length) throw new TruncatedError('the bytes end inside a collection');
}

function readKey(tap: Tap): string {
  const length = tap.readLong();
  const start = tap.pos;
  tap.pos += length;
  if (length < 0 || tap.pos > tap.buf.length) throw new TruncatedError('the bytes end inside a key');
  return keys.text(tap.buf, start, tap.pos);
}
