import type { Metrics, StateWrite } from '@detent/pipeline';
import { buffers } from '../buffers/buffer-pool.ts';
import { applyBatch } from './apply-batch.ts';
import type { RedisClient } from './client.ts';
import { scanPattern, type TaskKeys } from './keys.ts';
import { RespWriter, writtenCommand } from './resp.ts';

const SCAN_COUNT = 1000;
const SAMPLE_CALLS = 20;
/** A call holds up everybody else's in Redis, so it is kept to some milliseconds. */
const MAX_WRITES_PER_CALL = 1000;
const MAX_BYTES_PER_CALL = 1024 * 1024;
/** Bytes of a key in a command beside its name. */
const ROOM_BESIDE = 16;

/** What stands in Redis as "applied up to here"; null: nothing does. */
export type Mark = string | null;

/**
 * One task's working copy in Redis. Every write is a compare-and-set on the mark, every read brings the mark along: a
 * late former owner, an emptied or a rolled-back Redis are noticed, not believed.
 */
export class RedisStateStore {
  readonly #client: RedisClient;
  readonly #keys: TaskKeys;
  readonly #metrics: Metrics;

  constructor(client: RedisClient, keys: TaskKeys, metrics: Metrics) {
    this.#client = client;
    this.#keys = keys;
    this.#metrics = metrics;
  }

  mark(): Promise<Mark> {
    return this.#timed('mark', () => this.#client.connection.get(this.#keys.mark));
  }

  /** Values by key in the order asked, with the mark that stood beside them. */
  read(keys: readonly string[]): Promise<{ values: (Buffer | null)[]; mark: Mark }> {
    return this.#timed('read', async () => {
      const { connection } = this.#client;
      const bytes = this.#mget(keys);
      const command = writtenCommand('mget', [this.#keys.mark], bytes);
      const values = (await connection.sendCommand(command)) as (Buffer | null)[];
      buffers.give(bytes);
      const mark = values.pop();
      return { values, mark: mark?.toString() ?? null };
    });
  }

  /** State keys due at `until` or before (epoch ms), earliest first, with the mark as it stood after that was read. */
  due(until: number, limit: number): Promise<{ due: { key: string; dueAt: number }[]; mark: Mark }> {
    return this.#timed('due', async () => {
      const { connection } = this.#client;
      const [flat, mark] = await Promise.all([
        connection.zrangebyscore(this.#keys.due, '-inf', until, 'WITHSCORES', 'LIMIT', 0, limit),
        connection.get(this.#keys.mark),
      ]);
      const due = [];
      for (let i = 0; i + 1 < flat.length; i += 2) due.push({ key: flat[i]!, dueAt: Number(flat[i + 1]) });
      return { due, mark };
    });
  }

  /** Due times in the order of the keys, null where there is none, with the mark as it stood after they were read. */
  dueTimes(keys: readonly string[]): Promise<{ dueTimes: (number | null)[]; mark: Mark }> {
    return this.#timed('due', async () => {
      const { connection } = this.#client;
      const [scores, mark] = await Promise.all([
        connection.zmscore(this.#keys.due, ...keys),
        connection.get(this.#keys.mark),
      ]);
      return { dueTimes: scores.map((score) => (score === null ? null : Number(score))), mark };
    });
  }

  /** Keys of all states that have a due time, in pages; one may come twice. */
  async *dueKeys(): AsyncIterable<string[]> {
    let cursor = '0';
    do {
      const [next, flat] = await this.#timed('scan', () =>
        this.#client.connection.zscan(this.#keys.due, cursor, 'COUNT', SCAN_COUNT),
      );
      cursor = next;
      yield flat.filter((_, i) => i % 2 === 0);
    } while (cursor !== '0');
  }

  /**
   * Applies states and moves the mark from `expected` to `target`. False: another mark stood there, and what was
   * applied until then is of no account. Large batches go in several calls at once, then a last one that moves the mark.
   */
  async apply(expected: Mark, target: string, writes: readonly StateWrite[]): Promise<boolean> {
    const chunks = chunksOf(newest(writes));
    const last = chunks.pop() ?? [];
    // Each key is in one call, so their order does not matter.
    const stay = expected ?? '';
    const applied = await Promise.all(chunks.map((chunk) => this.#applyChunk(stay, stay, chunk)));
    return applied.every(Boolean) && this.#applyChunk(stay, target, last);
  }

  /** Removes everything of the task while `mark` stands. False: it no longer does. */
  async drop(mark: string): Promise<boolean> {
    for (const pages of [this.#scanKeys(), this.dueKeys()]) {
      for await (const keys of pages) {
        const writes = keys.map((key) => ({ key, value: null, dueAt: null }));
        if (!(await this.apply(mark, mark, writes))) return false;
      }
    }
    return (await this.mark()) === mark;
  }

  /** All states, each once, in pages, with the mark that stood beside each page. */
  async *scan(): AsyncIterable<{ page: { key: string; value: Buffer }[]; mark: Mark }> {
    const seen = new Set<string>();
    for await (const found of this.#scanKeys()) {
      const keys = found.filter((key) => !seen.has(key));
      for (const key of keys) seen.add(key);
      const { values, mark } = await this.read(keys);
      const page = [];
      for (const [i, key] of keys.entries()) {
        const value = values[i];
        if (value) page.push({ key, value });
      }
      yield { page, mark };
    }
  }

  /** Some state keys that begin with `prefix`, from a few calls that block nobody: there may be more. */
  async sample(prefix: string, limit: number): Promise<string[]> {
    const found = new Set<string>();
    for (const node of this.#client.nodes()) {
      let cursor = '0';
      for (let calls = 0; calls < SAMPLE_CALLS && found.size < limit; calls += 1) {
        const [next, names] = await this.#timed('scan', () =>
          node.scan(cursor, 'MATCH', scanPattern(this.#keys.state(prefix)), 'COUNT', SCAN_COUNT),
        );
        for (const name of names) found.add(name.slice(this.#keys.prefix.length));
        cursor = next;
        if (cursor === '0') break;
      }
    }
    return [...found].slice(0, limit);
  }

  async *#scanKeys(): AsyncIterable<string[]> {
    const { prefix } = this.#keys;
    for (const node of this.#client.nodes()) {
      let cursor = '0';
      do {
        const [next, names] = await this.#timed('scan', () =>
          node.scan(cursor, 'MATCH', scanPattern(prefix), 'COUNT', SCAN_COUNT),
        );
        cursor = next;
        if (names.length > 0) yield names.map((name) => name.slice(prefix.length));
      } while (cursor !== '0');
    }
  }

  #applyChunk(expected: string, target: string, writes: readonly StateWrite[]): Promise<boolean> {
    return this.#timed('apply', () => applyBatch(this.#client.connection, this.#keys, { expected, target, writes }));
  }

  #mget(keys: readonly string[]): Buffer {
    const { mark, prefix, state } = this.#keys;
    let room = mark.length + 64;
    for (const { length } of keys) room += prefix.length + length + ROOM_BESIDE;
    const out = new RespWriter(keys.length + 2, room);
    out.text('mget');
    for (const key of keys) out.text(state(key));
    out.bytes(mark);
    return out.finish();
  }

  async #timed<T>(op: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let outcome = 'failed';
    try {
      const result = await run();
      outcome = 'ok';
      return result;
    } finally {
      this.#metrics.observe('detent_state_op_duration_seconds', (performance.now() - started) / 1000, { op, outcome });
    }
  }
}

/** The writes in shares of a call each. */
function chunksOf(writes: readonly StateWrite[]): StateWrite[][] {
  const chunks: StateWrite[][] = [];
  let chunk: StateWrite[] = [];
  let bytes = 0;
  for (const write of writes) {
    const size = write.value?.length ?? 0;
    if (chunk.length === MAX_WRITES_PER_CALL || (chunk.length > 0 && bytes + size > MAX_BYTES_PER_CALL)) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(write);
    bytes += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

/** A key written twice in a batch: the last wins, whatever the order in which Redis is told. */
function newest(writes: readonly StateWrite[]): readonly StateWrite[] {
  const byKey = new Map<string, StateWrite>();
  for (const write of writes) byKey.set(write.key, write);
  return byKey.size === writes.length ? writes : [...byKey.values()];
}
