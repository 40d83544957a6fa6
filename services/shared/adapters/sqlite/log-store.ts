import type { DatabaseSync } from 'node:sqlite';
import { type LogRecord, murmur2Partition, type OutRecord } from '@detent/pipeline';
import { decodeHeaders, encodeHeaders } from './headers.ts';

interface Partition {
  id: number;
  next: number;
}
interface LogRow {
  offset: number;
  timestamp: number;
  key: Uint8Array | null;
  value: Uint8Array | null;
  headers: Uint8Array | null;
}

const asBuffer = (bytes: Uint8Array | null): Buffer | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The append-only log inside the data file. All calls are synchronous; `append` belongs inside a transaction. */
export class LogStore {
  readonly db: DatabaseSync;
  readonly #partitions = new Map<string, Partition[]>();
  readonly #insert;
  readonly #advance;
  readonly #select;
  readonly #next;
  /** Grows with every commit of this process. */
  version = 0;
  readonly #listeners = new Set<() => void>();

  constructor(db: DatabaseSync) {
    this.db = db;
    this.#insert = db.prepare('INSERT INTO log (tp, offset, timestamp, key, value, headers) VALUES (?, ?, ?, ?, ?, ?)');
    this.#advance = db.prepare('UPDATE partitions SET next = ? WHERE id = ?');
    this.#select = db.prepare(
      'SELECT offset, timestamp, key, value, headers FROM log WHERE tp = ? AND offset >= ? ORDER BY offset LIMIT ?',
    );
    this.#next = db.prepare('SELECT next FROM partitions WHERE id = ?');
  }

  /** Topics with their partition counts, as the file has them now. */
  topics(): Map<string, number> {
    const rows = this.db.prepare('SELECT topic, COUNT(*) AS n FROM partitions GROUP BY topic').all() as {
      topic: string;
      n: number;
    }[];
    return new Map(rows.map(({ topic, n }) => [topic, n]));
  }

  create(topic: string, partitions: number): void {
    const insert = this.db.prepare('INSERT INTO partitions (topic, partition) VALUES (?, ?)');
    for (let partition = 0; partition < partitions; partition += 1) insert.run(topic, partition);
    this.#partitions.delete(topic);
  }

  count(topic: string): number {
    return this.#of(topic).length;
  }

  /** Appends in order; offsets go on without gaps. Throws when a topic does not exist. */
  append(records: readonly OutRecord[]): void {
    const touched = new Map<number, number>();
    for (const record of records) {
      const partitions = this.#of(record.topic);
      const number = record.partition ?? (record.key === null ? 0 : murmur2Partition(record.key, partitions.length));
      const partition = partitions[number];
      if (partition === undefined) throw new RangeError(`${record.topic} has no partition ${number}`);
      const offset = touched.get(partition.id) ?? this.#nextOf(partition.id);
      this.#insert.run(
        partition.id,
        offset,
        Math.round(record.timestamp),
        record.key,
        record.value,
        encodeHeaders(record.headers),
      );
      touched.set(partition.id, offset + 1);
    }
    for (const [id, next] of touched) this.#advance.run(next, id);
  }

  /** At most `limit` records from `from` on. */
  read(topic: string, partition: number, from: number, limit: number): LogRecord[] {
    const { id } = this.#of(topic)[partition]!;
    const rows = this.#select.all(id, from, limit) as unknown as LogRow[];
    return rows.map((row) => ({
      topic,
      partition,
      offset: row.offset,
      timestamp: row.timestamp,
      key: asBuffer(row.key),
      value: asBuffer(row.value),
      headers: decodeHeaders(row.headers),
    }));
  }

  /** Next offset of a partition. */
  end(topic: string, partition: number): number {
    return this.#nextOf(this.#of(topic)[partition]!.id);
  }

  /** Calls back after each commit of this process. Returns the way to stop it. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  committed(): void {
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }

  #nextOf(id: number): number {
    return (this.#next.get(id) as { next: number }).next;
  }

  #of(topic: string): Partition[] {
    let known = this.#partitions.get(topic);
    if (known === undefined) {
      known = this.db
        .prepare('SELECT id, next FROM partitions WHERE topic = ? ORDER BY partition')
        .all(topic) as unknown as Partition[];
      if (known.length === 0) throw new Error(`topic ${topic} does not exist: run "detent topics apply"`);
      this.#partitions.set(topic, known);
    }
    return known;
  }
}
