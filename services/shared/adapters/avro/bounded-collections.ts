import avro, { type Type } from 'avsc';

/** avsc's reader of bytes, as far as collections need it. */
interface Tap {
  buf: Uint8Array;
  pos: number;
  readLong(): number;
  readString(): string;
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

/**
 * Makes avsc stop at the end of the bytes when it reads arrays and maps. As it comes, a damaged count makes it loop up
 * to 2^53 times over nothing: one bad record would stop a task for good.
 */
export function boundCollections(): void {
  const array = avro.types.ArrayType.prototype as unknown as Collection;
  const map = avro.types.MapType.prototype as unknown as Collection;
  array._read = function (tap) {
    const items: unknown[] = [];
    eachItem(tap, () => items.push(this.itemsType._read(tap)));
    return items;
  };
  array._skip = function (tap) {
    eachItem(tap, () => this.itemsType._skip(tap));
  };
  map._read = function (tap) {
    const values: Record<string, unknown> = {};
    eachItem(tap, () => {
      const key = tap.readString();
      values[key] = this.valuesType._read(tap);
    });
    return values;
  };
  map._skip = function (tap) {
    eachItem(tap, () => {
      tap.skipString();
      this.valuesType._skip(tap);
    });
  };
}

function eachItem(tap: Tap, item: () => void): void {
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count < 0) {
      count = -count;
      tap.skipLong();
    }
    for (; count > 0; count -= 1) {
      if (tap.pos >= tap.buf.length) throw new TruncatedError('the bytes end inside a collection');
      item();
    }
  }
}
