import type { CommitBatch, OutRecord, StateWrite, TaskSession } from '@detent/pipeline';
import {
  JOURNAL_HEADER,
  murmur2Partition,
  NO_STATES,
  PACKED_RECORD_BYTES,
  packedBytes,
  packStates,
  TaskClosedError,
} from '@detent/pipeline';
import { buffers } from '../../buffers/buffer-pool.ts';
import type { Mark, RedisStateStore } from '../../redis/index.ts';
import type { ChangelogLog } from '../changelog/changelog-log.ts';
import { ChangelogSweep } from '../changelog/changelog-sweep.ts';
import { type Reason, reconcile } from '../changelog/reconcile.ts';
import { type Message, toRequests } from '../client/batches.ts';
import type { OffsetCommit, TransactionalWriter } from '../client/client.ts';
import { KafkaAdapterError, messageOf } from '../errors.ts';
import type { TopicCatalogue } from '../topic-info.ts';
import { abortable } from './abortable.ts';
import type { KafkaInput } from './input.ts';

/** What a session is made of. `mark`, and the changelog's `start` and `end`, are what reconciling came to. */
export interface SessionParts {
  task: number;
  inputs: readonly KafkaInput[];
  /** Offsets committed so far, by `topic-partition`. */
  committed: Map<string, number>;
  groupId: string;
  writer: TransactionalWriter;
  store: RedisStateStore;
  changelog: ChangelogLog;
  topics: TopicCatalogue;
  mark: string;
  start: number;
  end: number;
  /** Bytes below which the changelog is not swept. */
  sweepMinBytes: number;
  now(): number;
  onRebuild(reason: Reason): void;
  onSweepRefused(error: unknown): void;
}

const MARKER_PATIENCE_MS = 10_000;
const MARKER_POLL_MS = 10;
/** A call to Redis that is under way when the session closes may still end by itself. */
const CLOSING_PATIENCE_MS = 2_000;

/** A task on Kafka and Redis: the transaction is the truth, Redis follows it before `commit` returns. */
export class KafkaSession implements TaskSession {
  readonly task: number;
  readonly inputs: readonly KafkaInput[];
  /** Set once the session has worked: what closed its predecessor is over. */
  healthy = false;
  readonly #parts: SessionParts;
  readonly #abort = new AbortController();
  readonly #wakers = new Set<() => void>();
  readonly #sweep: ChangelogSweep;
  #closed: TaskClosedError | undefined;
  #mark: string;
  /** End of the changelog as far as this session knows what stands in it. */
  #end: number;
  #news = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.task = parts.task;
    this.inputs = parts.inputs;
    this.#mark = parts.mark;
    this.#end = parts.end;
    // What it committed last may hang where a broker went away; taking the task anew looks for that.
    parts.writer.onLost(() => this.close('the connection to a broker was lost'));
    this.#sweep = new ChangelogSweep({
      start: parts.start,
      end: parts.end,
      minBytes: parts.sweepMinBytes,
      read: (from, end) => parts.changelog.read(from, end),
      truncate: (offset) => parts.changelog.truncate(offset),
      current: (keys) => this.#current(keys),
      onRefused: (error) => parts.onSweepRefused(error),
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the session. What is under way is not interrupted; every later call throws. */
  close(reason: string, cause?: unknown): TaskClosedError {
    this.#closed ??= new TaskClosedError(`task ${this.task}: ${reason}`, { cause });
    for (const input of this.inputs) input.close();
    this.#abort.abort(this.#closed);
    this.notify();
    return this.#closed;
  }

  /** Something arrived. */
  notify(): void {
    this.#news = true;
    for (const wake of [...this.#wakers]) wake();
  }

  wait(ms: number): Promise<void> {
    this.healthy = true;
    if (this.#news || this.#closed) {
      this.#news = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        this.#news = false;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wakers.add(wake);
    });
  }

  async load(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (keys.length === 0) return [];
    return (await this.#guarded(() => this.#parts.store.read(keys))).values;
  }

  async due(until: number, limit: number): Promise<{ key: string; dueAt: number }[]> {
    return (await this.#guarded(() => this.#parts.store.due(until, limit))).due;
  }

  async *scan(): AsyncIterable<{ key: string; value: Buffer }[]> {
    await this.#guarded(() => this.#parts.store.read([]));
    for await (const { page, mark } of this.#parts.store.scan()) {
      this.#check();
      if (mark !== this.#mark) throw this.close('Redis changed while its states were read');
      yield page;
    }
    if ((await this.#parts.store.mark()) !== this.#mark) throw this.close('Redis changed while its states were read');
  }

  async commit(batch: CommitBatch): Promise<void> {
    this.#check();
    const offsets = this.#changedOffsets(batch);
    const states = packStates(batch.states, PACKED_RECORD_BYTES, (bytes) => buffers.take(bytes));
    if (states.length === 0 && batch.outputs.length === 0 && offsets.topics.length === 0) return;
    if (batch.journal !== undefined && states.length === 0) states.push(NO_STATES);
    const carried = this.#sweep.carry(batch.states);
    const packed = [...states, ...packStates(carried)];
    const next = await this.#transact(batch.outputs, packed, [...batch.states, ...carried], offsets, batch.journal);
    if (packed.length > 0) await this.#follow(next, packed, batch.states);
    for (const lent of states) buffers.give(lent);
    for (const { topic, partition, next } of batch.positions) this.#parts.committed.set(`${topic}-${partition}`, next);
    await this.#sweep.step();
    this.healthy = true;
  }

  /** Closes it and lets its producer go, once nothing is under way any more. */
  async dispose(reason: string): Promise<void> {
    this.close(reason);
    await this.#parts.writer.close();
  }

  /** What was read beside another mark than ours is not believed: Redis is put right and read again. */
  async #guarded<T extends { mark: Mark }>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#check();
      const result = await this.#live(read());
      if (result.mark === this.#mark) return result;
      await this.#repair();
    }
  }

  async #current(keys: readonly string[]): Promise<StateWrite[]> {
    const { store } = this.#parts;
    const { values, dueTimes } = await this.#guarded(async () => {
      const [read, due] = await Promise.all([store.read(keys), store.dueTimes(keys)]);
      return { ...read, ...due, mark: read.mark === due.mark ? read.mark : null };
    });
    return keys.map((key, i) => ({ key, value: values[i] ?? null, dueAt: dueTimes[i] ?? null }));
  }

  /** One transaction. Returns the offset after the last record of the changelog in it; `packed` are its `states`. */
  async #transact(
    outputs: readonly OutRecord[],
    packed: readonly Buffer[],
    states: readonly StateWrite[],
    offsets: OffsetCommit,
    journal?: Buffer,
  ): Promise<number | undefined> {
    const { writer, changelog, topics } = this.#parts;
    try {
      await topics.learn(outputs.map(({ topic }) => topic));
      const messages = outputs.map((output) => ({ topic: output.topic, message: this.#message(output) }));
      packed.forEach((value, i) => {
        const message = this.#changelogMessage(value, i === 0 ? journal : undefined);
        messages.push({ topic: changelog.topic, message });
      });
      const requests = toRequests(messages, (topic) => topics.get(topic).maxMessageBytes);
      return await writer.commit(requests, offsets, changelog.topic);
    } catch (error) {
      if (error instanceof KafkaAdapterError && !error.retriable) {
        this.close(error.message, error);
        throw this.#explain(error, states);
      }
      throw this.close(`its transaction failed, so its outcome is unknown (${messageOf(error)})`, error);
    }
  }

  /** Moves Redis to where the changelog stands now; `states` is what it does not hold yet of those that are `packed`. */
  async #follow(next: number | undefined, packed: readonly Buffer[], states: readonly StateWrite[]): Promise<void> {
    const { store, changelog } = this.#parts;
    if (next === undefined) throw this.close('the broker did not say where the changelog ended');
    const target = changelog.markAt(next);
    this.#end = next + 1;
    this.#sweep.appended(
      packed.reduce((sum, { length }) => sum + length, 0),
      this.#end,
    );
    if (await this.#live(store.apply(this.#mark, target, states))) this.#mark = target;
    else await this.#repair();
  }

  /** Redis does not stand where this session left it. Throws when that is because there is another owner. */
  async #repair(): Promise<void> {
    const { store, changelog, onRebuild } = this.#parts;
    const bounds = await this.#settledBounds();
    if (bounds.end > this.#end) throw this.close('another owner has written to its changelog');
    const mark = await this.#live(reconcile(store, changelog, bounds, onRebuild));
    if (mark === undefined) throw this.close('another owner has written to Redis');
    this.#mark = mark;
  }

  /** A commit returns before its marker is written; until then its records are not to be read. */
  async #settledBounds(): Promise<{ start: number; end: number }> {
    const deadline = performance.now() + MARKER_PATIENCE_MS;
    for (;;) {
      this.#check();
      const bounds = await this.#parts.changelog.bounds();
      if (bounds.end >= this.#end) return bounds;
      if (performance.now() > deadline) throw this.close('its last transaction does not get settled');
      await new Promise((resolve) => setTimeout(resolve, MARKER_POLL_MS));
    }
  }

  #changedOffsets({ positions }: CommitBatch): OffsetCommit {
    const byTopic = new Map<string, { partition: number; offset: string }[]>();
    for (const { topic, partition, next } of positions) {
      if (this.#parts.committed.get(`${topic}-${partition}`) === next) continue;
      const partitions = byTopic.get(topic) ?? [];
      partitions.push({ partition, offset: String(next) });
      byTopic.set(topic, partitions);
    }
    return {
      consumerGroupId: this.#parts.groupId,
      topics: [...byTopic].map(([topic, partitions]) => ({ topic, partitions })),
    };
  }

  #message({ topic, partition, key, value, timestamp, headers }: OutRecord): Message {
    const { partitions } = this.#parts.topics.get(topic);
    return {
      partition: partition ?? (key === null ? 0 : murmur2Partition(key, partitions)),
      key,
      value,
      timestamp: String(timestamp),
      ...(headers && { headers }),
    };
  }

  /** Without a key: a topic that somebody sets to compact then refuses it, instead of losing states. */
  #changelogMessage(value: Buffer, journal?: Buffer): Message {
    const { changelog, now } = this.#parts;
    const headers = journal && { [JOURNAL_HEADER]: journal };
    return { partition: changelog.partition, key: null, value, timestamp: String(now()), ...(headers && { headers }) };
  }

  #explain(error: KafkaAdapterError, states: readonly StateWrite[]): KafkaAdapterError {
    if (error.code !== 'DETENT_KAFKA_RECORD_TOO_LARGE' || !error.message.includes(this.#parts.changelog.topic))
      return error;
    const [first, ...others] = states;
    if (first === undefined) return error;
    const largest = others.reduce((a, b) => (packedBytes(b) > packedBytes(a) ? b : a), first);
    return new KafkaAdapterError(error.code, `state ${largest.key} has grown too large: ${error.message}`, {
      cause: error,
    });
  }

  #check(): void {
    if (this.#closed) throw this.#closed;
  }

  /** Waits for Redis as long as the session lives; commands wait for a lost connection by themselves. */
  async #live<T>(work: Promise<T>): Promise<T> {
    try {
      return await abortable(work, this.signal, CLOSING_PATIENCE_MS, () => this.#closed);
    } catch (error) {
      throw this.#closed ?? error;
    }
  }
}
