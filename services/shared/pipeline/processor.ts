import type { CounterName, GaugeName, LogRecord, Partitioning } from './ports/index.ts';

/** An input record decoded and placed in event time, ready to be processed. */
export interface InputRecord {
  raw: LogRecord;
  /** Topic without prefix: `orders.v1`. */
  topic: string;
  /** Avro full name: `detent.orders.OrderPlaced`. Empty for a tombstone. */
  name: string;
  /** Decoded value; undefined for a tombstone. */
  value: unknown;
  /** What `keysOf` said of it: kept, for making and hashing keys is dear. Set before `process`. */
  keys?: readonly string[];
  /** It came in a pack: our own services wrote it, and `raw` is made up from it. */
  packed?: boolean;
  /** Epoch ms; decides the order across topics. */
  eventTime: number;
}

/** An output by its meaning; the pipeline encodes it and finds its partition. */
export interface Output {
  /** Topic without prefix. */
  topic: string;
  /** Avro full name; null writes a tombstone. */
  name: string | null;
  key: string;
  value: unknown;
  /** Epoch ms of the event that this tells of. */
  eventTime: number;
  /** `own`: the task's own partition number. `key`: murmur2 of the key. Or a certain one. */
  partition: 'own' | 'key' | number;
  /** CloudEvents id, deterministic. Without one the record bears no CloudEvents headers: it is for our own services only. */
  id?: string;
}

/** Why a record could not be used. `code` is a bounded set: it becomes a label. */
export interface Refusal {
  code: string;
  message: string;
  step: string;
}

/** States of the task by key. Values are the processor's own objects: what `get` returns may be changed in place, then `put`. */
export interface States {
  /** Throws when the key was neither announced by `keysOf` nor yielded: an absent state and one not loaded must not be confused. */
  get(key: string): unknown;
  /** True when `get` may be called. */
  has(key: string): boolean;
  /** Marks a state to be written; `dueAt` in epoch ms, null for never. */
  put(key: string, value: unknown, dueAt: number | null): void;
  delete(key: string): void;
  /** Keys with states in memory that start so. Complete only for processors that declare `resident`. */
  keys(prefix: string): Iterable<string>;
}

export interface ProcessContext {
  readonly states: States;
  readonly task: number;
  /** Partitions of every topic, to know which keys are this task's own. */
  readonly partitions: number;
  /** Wall clock of the batch, epoch ms: for `detectedAt`. */
  readonly now: number;
  /** How far the clock has moved time, epoch ms: `now` where it does, −Infinity where records alone do. The journal tells which. */
  readonly reached: number;
  /** True when the run is a replay that ends: changes carry origin `replay`. */
  readonly replay: boolean;
  emit(output: Output): void;
  /** Sends the record, bytes unchanged, to the dead letters. */
  deadLetter(record: InputRecord, refusal: Refusal): void;
  /** The output as it would lie in the log, with bytes made when they are asked for. For one that is not written. */
  recordOf(output: Output): LogRecord;
  /** Counts by a metric of the catalogue; written once per batch. */
  count(metric: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** Sets a gauge of the catalogue once the batch is committed; the last value wins. */
  gauge(metric: GaugeName, value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Asks which states there are. `found` is filled in before the step goes on: keys in order. Reads all states of the task. */
export interface KeySearch {
  wants(key: string): boolean;
  found: readonly string[];
}

/** What a step may ask for: states by key, or keys. */
export type Wanted = readonly string[] | KeySearch;

/**
 * A step that may ask for states that it could not foresee: it yields what it wants and goes on once that is there.
 * Nothing else may happen between: no I/O, no clock, no randomness.
 */
export type Step = Generator<Wanted, void, void>;

/**
 * A service as a value: what it reads, what it keeps, and a pure function from batch and states to states and outputs.
 * One is made for each assignment of a task, so whatever it derives from its states lives and dies with them.
 */
export interface Processor {
  readonly service: string;
  /** Topics without prefix. All have the same number of partitions. */
  readonly sources: readonly string[];
  /** Topics that it writes, without prefix; their schemas are registered at start and whenever it has begun. */
  readonly outputs: readonly string[];
  readonly partitioning: Partitioning;
  /**
   * Sources for which no other waits while they are empty: tasks of this very service write them, so that waiting for
   * one another they would get nowhere; or another service does, in answer to what this one reads as well.
   */
  readonly unawaited?: readonly string[];
  /**
   * Sources whose records change how everything after them is done, such as the model. Each is a batch of its own, without
   * timers; then what is in memory is dropped, and the processor begins anew. Not for resident processors.
   */
  readonly barriers?: readonly string[];
  /**
   * A service whose place at some sources this one takes, in another deployment of the same path. Where that one has got
   * further in them, it is ended, and this one goes on from there.
   */
  readonly relieves?: string;
  /** Its sources come from outside: their silence is worth an alert, so their age is measured. */
  readonly feeds?: boolean;
  /**
   * What becomes of records that it cannot use. `skip` is for services that read facts beside ingest: ingest sends the
   * same record to the dead letters, and one letter is enough. Default `dead-letter`.
   */
  readonly refusals?: 'dead-letter' | 'skip';
  /**
   * Names what decides beside records and states, such as the model: what was decided on another basis cannot be
   * recomputed on this one. Default: nothing does. Asked once it has begun.
   */
  readonly basis?: string;
  /** What `basis` is once what decides came by the log: such a session depends on nothing else. */
  readonly promotedBasis?: string;
  /** All states stay in memory and `states.keys` is complete. For services whose decisions look at everything they know. */
  readonly resident?: boolean;
  /**
   * The earliest instant (epoch ms) at which one of its states is due, infinite where none is: for processors that have all
   * instants in memory. The store is not asked for due states before it.
   */
  nextDue?(): number;
  /** Called before the first batch, and after each barrier: the place to read what decides how states are read. Changes none. */
  begin?(states: States): Step;
  /** Called once before the first batch of a resident processor, with all its states: the place to build indexes. */
  restore?(states: States): void;
  /** Event time of a decoded record (epoch ms), or why it is refused. */
  accept(record: Omit<InputRecord, 'eventTime'>): number | Refusal;
  /**
   * False for records whose stamps say nothing of how far time is, such as answers by other people's clocks: they are taken
   * in their order, but no timer fires for them. Default: all records move time.
   */
  movesTime?(record: Pick<InputRecord, 'name' | 'topic'>): boolean;
  /** Keys that the record is sure to need. */
  keysOf(record: InputRecord): readonly string[];
  encodeState(key: string, value: unknown): Buffer;
  decodeState(key: string, bytes: Buffer): unknown;
  /**
   * Hears of a state that memory no longer holds: the object may serve for another one. Never called between the beginning
   * of a batch and its commit.
   */
  recycleState?(key: string, value: unknown): void;
  /** Folds the records in the order given. `final`: a replay has reached its end, nothing more will come. */
  process(batch: readonly InputRecord[], context: ProcessContext, final: boolean): Step;
  /** Time alone has reached these states: `until` is the watermark, epoch ms. Every state named must be put or deleted. */
  onDue(due: readonly { key: string; dueAt: number }[], until: number, context: ProcessContext): Step;
}
