import { type Packed, packNameOf } from '@detent/schemas';
import { murmur2Partition } from './murmur2.ts';
import type { LogRecord, OutRecord, RecordCodec } from './ports/index.ts';

/** Items in a pack: enough that the cost of a record no longer counts, few enough that a batch ends near its limit. */
const PACK_ITEMS = 256;
/** Bytes of a pack; one that comes out larger is parted. Far below what a topic takes by default. */
const PACK_BYTES = 256 * 1024;

interface OpenPack {
  topic: string;
  partition: number;
  name: string;
  packName: string;
  /** Key of the first item: one that stays alone travels as itself. */
  key: Buffer;
  items: unknown[];
}

/**
 * Gathers outputs of one batch into packs, one per topic, partition and kind, in the order in which they came: a record
 * costs several times what an item in a pack costs, in the client and in the broker.
 */
export class Packs {
  readonly #open = new Map<string, OpenPack>();
  readonly #codec: RecordCodec;
  readonly #partitions: number;
  readonly #timestamp: number;
  readonly #outputs: OutRecord[];

  /** Finished packs are pushed to `outputs`, stamped `timestamp` (epoch ms). */
  constructor(codec: RecordCodec, partitions: number, timestamp: number, outputs: OutRecord[]) {
    this.#codec = codec;
    this.#partitions = partitions;
    this.#timestamp = timestamp;
    this.#outputs = outputs;
  }

  /**
   * False where records of this name travel alone; then nothing was done. `topic` is a whole name, `own` the partition
   * where it is not that of the key.
   */
  add(topic: string, own: number | null, name: string, key: Buffer, value: unknown): boolean {
    const packName = packNameOf(name);
    if (packName === undefined) return false;
    const partition = own ?? murmur2Partition(key, this.#partitions);
    const id = `${partition}|${name}|${topic}`;
    const open = this.#open.get(id);
    if (open === undefined) this.#open.set(id, { topic, partition, name, packName, key, items: [value] });
    else {
      open.items.push(value);
      if (open.items.length === PACK_ITEMS) {
        this.#open.delete(id);
        this.#finish(open, open.items);
      }
    }
    return true;
  }

  /** Finishes what is open. */
  flush(): void {
    for (const open of this.#open.values()) this.#finish(open, open.items);
    this.#open.clear();
  }

  #finish(open: OpenPack, items: readonly unknown[]): void {
    const { topic, partition, name, packName, key } = open;
    if (open.items.length === 1) {
      const value = this.#codec.encode(topic, name, items[0]);
      this.#outputs.push({ topic, partition, key, value, timestamp: this.#timestamp });
      return;
    }
    const value = this.#codec.encode(topic, packName, { items });
    if (value.length > PACK_BYTES && items.length > 1) {
      const half = items.length >> 1;
      this.#finish(open, items.slice(0, half));
      this.#finish(open, items.slice(half));
      return;
    }
    this.#outputs.push({ topic, partition, key: null, value, timestamp: this.#timestamp });
  }
}

/** An item of a pack as if it were a record of its own. Its key and bytes are made when asked for: few are. */
export class PackedItem implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly headers: LogRecord['headers'] = {};
  readonly #packed: Packed;
  readonly #item: unknown;
  readonly #codec: RecordCodec;

  /** `pack` is the record that held it. */
  constructor(pack: LogRecord, packed: Packed, item: unknown, codec: RecordCodec) {
    this.topic = pack.topic;
    this.partition = pack.partition;
    this.offset = pack.offset;
    this.timestamp = pack.timestamp;
    this.#packed = packed;
    this.#item = item;
    this.#codec = codec;
  }

  get key(): Buffer {
    let at = this.#item;
    for (const field of this.#packed.keyPath) at = (at as Record<string, unknown>)[field];
    return Buffer.from(String(at));
  }

  get value(): Buffer {
    return this.#codec.encode(this.topic, this.#packed.name, this.#item);
  }
}
