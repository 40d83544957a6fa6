import { BatchContext, type ContextEnv } from '../batch-context.ts';
import { InputCursor, type Refused } from '../input-cursor.ts';
import type { JournalEntry } from '../journal.ts';
import { takeInOrder } from '../merge.ts';
import type { LogRecord, Metrics, OutRecord, RecordCodec, StateWrite } from '../ports/index.ts';
import type { InputRecord, Processor } from '../processor.ts';
import { StateCache } from '../state-cache.ts';
import { BoundedInput } from './bounded-input.ts';
import { MemoryStates } from './memory-states.ts';

/** What a recomputation needs of the world. */
export interface RecomputeEnv {
  make(): Processor;
  /** Topic prefix; `codec` must be prepared for what the processor writes. */
  prefix: string;
  task: number;
  partitions: number;
  codec: RecordCodec;
  /** States decoded at a time; all are kept as bytes. */
  cacheStates: number;
  /** Committed records of a partition (whole name) from an offset on. */
  read(topic: string, partition: number, from: number): AsyncIterator<readonly LogRecord[]>;
}

/** What a batch must have left behind. */
export interface RecomputedBatch {
  outputs: readonly OutRecord[];
  states: readonly StateWrite[];
  /** Records that went in. */
  inputs: number;
}

/** Thrown where the journal asks for what cannot have been: `message` says what. */
export class RecomputeError extends Error {
  readonly code = 'DETENT_VERIFY_JOURNAL';
  readonly retriable = false;
}

const NO_METRICS: Metrics = { count() {}, gauge() {}, observe() {} };
const SCHEMA_ID_END = 5;

/** Repeats the batches of one task by their journal, with the very processor that the task runs. Single-threaded; no clock. */
export class Recompute {
  /** As of the last batch repeated. */
  readonly states = new MemoryStates();
  readonly #env: RecomputeEnv;
  readonly #refused: Refused[] = [];
  /** Refusals of the batch at hand that the journal names, by place. */
  readonly #named = new Map<string, string>();
  readonly #schemas = new Set<number>();
  #inputs = new Map<string, BoundedInput>();
  #cursors: InputCursor[] = [];
  #processor: Processor;
  #cache: StateCache;
  #context: ContextEnv;

  constructor(env: RecomputeEnv) {
    this.#env = env;
    this.#processor = env.make();
    this.#cache = new StateCache(this.states, this.#processor, env.cacheStates);
    const { prefix, task, partitions, codec } = env;
    const { service } = this.#processor;
    this.#context = { service, prefix, task, partitions, codec, replay: false, time: 'stream', metrics: NO_METRICS };
  }

  /** Repeats a batch. The first must be one that begins a session. Throws `RecomputeError`. */
  async batch(entry: JournalEntry): Promise<RecomputedBatch> {
    if (entry.begin !== undefined) await this.#begin(entry.begin);
    this.#named.clear();
    for (const [code, topic, partition, first, count] of entry.refused ?? [])
      for (let i = 0; i < count; i += 1) this.#named.set(`${topic}-${partition}@${first + i}`, code);
    const inputs = await this.#advance(entry.to);
    const batch = this.#take();
    const context = new BatchContext(this.#context, this.#cache, entry.now);
    for (const refused of this.#refused.splice(0))
      if (this.#processor.refusals !== 'skip') context.deadLetter(refused, refused.refusal);
    if (batch.length > 0) await this.#process(batch, context);
    if (entry.final) await this.#cache.drive(this.#processor.process([], context, true));
    if (entry.due !== undefined) await this.#wake(entry.due, context);
    const states = this.#cache.writes();
    this.#cache.committed();
    this.states.apply(states);
    const outputs = context.finish();
    if (batch.length > 0 && this.#processor.barriers?.includes(batch[0]!.topic)) {
      this.#cache.forget();
      await this.#beginProcessor();
    }
    return { outputs, states, inputs };
  }

  async close(): Promise<void> {
    for (const input of this.#inputs.values()) await input.close();
  }

  async #begin({ at, replay, wall }: NonNullable<JournalEntry['begin']>): Promise<void> {
    const { make, prefix, codec, cacheStates, read } = this.#env;
    const processor = make();
    this.#processor = processor;
    this.#context = { ...this.#context, replay, time: wall ? 'wall' : 'stream' };
    this.#cache = new StateCache(this.states, processor, cacheStates);
    const inputs = new Map<string, BoundedInput>();
    this.#cursors = [];
    for (const [topic, partitions] of Object.entries(at)) {
      for (const [partition, from] of partitions) {
        const id = `${topic}-${partition}`;
        const known = this.#inputs.get(id);
        this.#inputs.delete(id);
        if (known !== undefined && known.position !== from) await known.close();
        const input =
          known?.position === from
            ? known
            : new BoundedInput(prefix + topic, partition, from, read(prefix + topic, partition, from));
        inputs.set(id, input);
        const namedCode = () => this.#named.get(`${id}@${input.peek()?.offset}`);
        const judging: RecordCodec = {
          ...codec,
          decode: (bytes) =>
            namedCode() === 'UNKNOWN_SCHEMA'
              ? { ok: false, unknownSchema: this.#schemaOf(bytes) }
              : codec.decode(bytes),
        };
        const latest = () => (namedCode() === 'FUTURE_TIME' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
        this.#cursors.push(new InputCursor(input, topic, judging, processor, this.#refused, latest));
      }
    }
    await this.close();
    this.#inputs = inputs;
    await this.#beginProcessor();
    if (!processor.resident) return;
    await this.#cache.loadAll();
    processor.restore?.(this.#cache);
  }

  async #beginProcessor(): Promise<void> {
    if (this.#processor.begin !== undefined) await this.#cache.drive(this.#processor.begin(this.#cache));
  }

  async #advance(to: JournalEntry['to']): Promise<number> {
    let count = 0;
    for (const [topic, partitions] of Object.entries(to)) {
      for (const [partition, next] of partitions) {
        const input = this.#inputs.get(`${topic}-${partition}`);
        if (input === undefined)
          throw new RecomputeError(`it moved ${topic}-${partition}, which it did not begin with`);
        const opened = await input.advance(next);
        count += opened.length;
        await this.#learnSchemas(opened);
        this.#giveUp(topic, partition, opened);
      }
    }
    return count;
  }

  /** So that decoding needs no waiting: what the registry knows now it knew then, unless the journal says otherwise. */
  async #learnSchemas(records: readonly LogRecord[]): Promise<void> {
    for (const { value } of records) {
      const id = value === null ? undefined : idIn(value);
      if (id === undefined || this.#schemas.has(id)) continue;
      await this.#env.codec.fetch(id);
      this.#schemas.add(id);
    }
  }

  /** Schemas that the task waited for in vain. */
  #giveUp(topic: string, partition: number, records: readonly LogRecord[]): void {
    if (this.#named.size === 0) return;
    const cursor = this.#cursors.find((one) => one.topic === topic && one.input.partition === partition);
    for (const { offset, value } of records)
      if (value !== null && this.#named.get(`${topic}-${partition}@${offset}`) === 'UNKNOWN_SCHEMA')
        cursor?.giveUpOn(this.#schemaOf(value));
  }

  #schemaOf(bytes: Buffer): number {
    const decoded = this.#env.codec.decode(bytes);
    return !decoded.ok && 'unknownSchema' in decoded ? decoded.unknownSchema : (idIn(bytes) ?? 0);
  }

  #take(): InputRecord[] {
    const batch: InputRecord[] = [];
    let stop = takeInOrder(this.#cursors, batch, Number.POSITIVE_INFINITY, true);
    // After a barrier nothing else may be at hand.
    const rest: InputRecord[] = [];
    if (stop === 'full') stop = takeInOrder(this.#cursors, rest, Number.POSITIVE_INFINITY, true);
    if (stop === 'drained' && rest.length === 0) return batch;
    const what = typeof stop === 'object' && 'unknownSchema' in stop ? `schema ${stop.unknownSchema}` : 'something';
    throw new RecomputeError(`${what} that it could read is no longer in the registry`);
  }

  async #process(batch: readonly InputRecord[], context: BatchContext): Promise<void> {
    const keys: string[] = [];
    for (const record of batch) {
      record.keys = this.#processor.keysOf(record);
      for (const key of record.keys) keys.push(key);
    }
    await this.#cache.ensure(keys);
    await this.#cache.drive(this.#processor.process(batch, context, false));
  }

  async #wake({ until, count }: NonNullable<JournalEntry['due']>, context: BatchContext): Promise<void> {
    const due = this.states.takeDue(until, count);
    if (due.length < count) {
      const at = new Date(until).toISOString();
      throw new RecomputeError(`it woke ${count} states that were due at ${at}, but ${due.length} were`);
    }
    await this.#cache.ensure(due.map(({ key }) => key));
    await this.#cache.drive(this.#processor.onDue(due, until, context));
  }
}

/** Schema id in the Confluent wire format. */
function idIn(bytes: Buffer): number | undefined {
  return bytes.length >= SCHEMA_ID_END && bytes[0] === 0 ? bytes.readUInt32BE(1) : undefined;
}
