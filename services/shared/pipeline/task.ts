import { BatchContext, type ContextEnv } from './batch-context.ts';
import { BatchSize } from './batch-size.ts';
import { InputCursor, type Refused } from './input-cursor.ts';
import { circumstantial, encodeJournal, Journal, type JournalEntry, type RefusedRun } from './journal.ts';
import { Lag } from './lag.ts';
import { type MergeStop, takeInOrder } from './merge.ts';
import type { Pace } from './pace.ts';
import type { Clock, Logger, TaskSession } from './ports/index.ts';
import type { InputRecord, Processor } from './processor.ts';
import { StateCache } from './state-cache.ts';

/** How a task behaves; the same for all tasks of a service. */
export interface TaskOptions extends Omit<ContextEnv, 'task' | 'service'> {
  clock: Clock;
  logger: Logger;
  /** Records a batch may hold. */
  maxBatch: number;
  /** What keeps batches from outlasting their transactions, for all tasks of the service in this process. */
  batchSize?: BatchSize;
  /** States kept in memory. */
  cacheStates: number;
  /** With `time: 'wall'`: how far behind the clock timers fire, once everything at hand is processed. */
  graceMs: number;
  /** How long an empty input that is not known to be caught up holds back the others, ms. */
  orderWaitMs: number;
  /** States woken by time per batch, so that a rush of timers shares the task with live traffic. */
  maxDue: number;
  /** Sources that belong to another installation: topic without prefix → its whole name there. */
  borrowed?: Readonly<Record<string, string>>;
  /** What keeps feeds side by side with the service's other tasks in this process. */
  pace?: Pace;
}

/** What is known of a task from outside. */
export interface TaskProgress {
  /** Highest event time processed, epoch ms; −Infinity before the first record. */
  streamTime: number;
  /** Everything at hand is processed and committed, and no timer is due. Changes back when something arrives. */
  idle: boolean;
  /** Why the task cannot go on, while it tries again. */
  problem: string | undefined;
}

const IDLE_WAIT_MS = 250;
const RETRY_MS = 1000;
/** A schema that the registry did not have may have been registered since; a flood of its records must not ask for each. */
const ASK_AGAIN_MS = 10_000;
const PACE_WAIT_MS = 10;
/** How far a feed's event time may run ahead of the wall clock. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/** Runs one session of one task until its signal aborts. Whatever it throws, nothing uncommitted survives it. */
export class Task {
  readonly progress: TaskProgress = { streamTime: Number.NEGATIVE_INFINITY, idle: false, problem: undefined };
  readonly #processor: Processor;
  readonly #session: TaskSession;
  readonly #options: TaskOptions;
  readonly #env: ContextEnv;
  readonly #states: StateCache;
  readonly #refused: Refused[] = [];
  readonly #cursors: InputCursor[];
  readonly #pace: Pace | undefined;
  readonly #journal: Journal;
  readonly #lag: Lag;
  readonly #size: BatchSize;
  #waitingSince = 0;
  /** When what the registry did not have is asked for again, epoch ms. */
  #askAgainAt = Number.POSITIVE_INFINITY;
  #finalRequested = false;
  #finalDone = false;

  /** `processor` must be a fresh one: it belongs to this session. */
  constructor(processor: Processor, session: TaskSession, options: TaskOptions) {
    this.#processor = processor;
    this.#session = session;
    this.#options = options;
    this.#pace = processor.feeds ? options.pace : undefined;
    this.#size = options.batchSize ?? new BatchSize(options.maxBatch);
    this.#env = { ...options, service: processor.service, task: session.task };
    this.#states = new StateCache(session, processor, options.cacheStates);
    const latest = () => (options.time === 'wall' ? options.clock.now() + MAX_AHEAD_MS : Number.POSITIVE_INFINITY);
    const lent = new Map(Object.entries(options.borrowed ?? {}).map(([topic, whole]) => [whole, topic]));
    this.#cursors = session.inputs.map((input) => {
      const topic = lent.get(input.topic) ?? input.topic.slice(options.prefix.length);
      return new InputCursor(input, topic, options.codec, processor, this.#refused, latest);
    });
    this.#journal = new Journal(this.#cursors, options);
    this.#lag = new Lag(this.#cursors, processor.service, session.task, options.clock, options.metrics);
  }

  /** A replay has no more to come: once idle, the processor is told so, and the task is idle only after that. */
  requestFinal(): void {
    this.#finalRequested = true;
    this.progress.idle = false;
  }

  async run(): Promise<void> {
    await this.#begin();
    this.#journal.begin(this.#processor.basis ?? '');
    if (this.#processor.resident) {
      const count = await this.#states.loadAll();
      this.#processor.restore?.(this.#states);
      this.#options.logger.info({ task: this.#session.task, states: count }, 'states loaded');
    }
    this.#lag.start();
    try {
      while (!this.#session.signal.aborted) {
        if (!(await this.#step())) await this.#session.wait(IDLE_WAIT_MS);
      }
    } finally {
      this.#pace?.leave(this.#session.task);
      this.#lag.stop();
    }
  }

  async #begin(): Promise<void> {
    if (this.#processor.begin === undefined) return;
    await this.#states.drive(this.#processor.begin(this.#states));
    const { codec, prefix } = this.#options;
    await codec.prepare(this.#processor.outputs.map((topic) => prefix + topic));
  }

  /** One batch. False when there was nothing to do. */
  async #step(): Promise<boolean> {
    const { clock, orderWaitMs } = this.#options;
    if (clock.now() >= this.#askAgainAt) {
      for (const cursor of this.#cursors) cursor.askAgain();
      this.#askAgainAt = Number.POSITIVE_INFINITY;
    }
    const batch: InputRecord[] = [];
    const impatient = this.#waitingSince > 0 && clock.now() - this.#waitingSince > orderWaitMs;
    const { task } = this.#session;
    const stop = takeInOrder(this.#cursors, batch, this.#size.records, impatient, this.#pace?.limit(task));
    if (impatient && batch.length > 0)
      this.#options.metrics.count('detent_pipeline_order_timeouts_total', 1, { service: this.#processor.service });
    if (batch.length > 0 || this.#refused.length > 0) {
      this.#waitingSince = 0;
      this.progress.idle = false;
      if (batch.length > 0) this.#stand(batch, stop);
      await this.#process(batch);
      return true;
    }
    if (stop === 'waiting') {
      if (this.#waitingSince === 0) this.#waitingSince = clock.now();
      this.progress.idle = false;
      await this.#session.wait(Math.min(IDLE_WAIT_MS, orderWaitMs));
      return true;
    }
    if (typeof stop === 'object' && 'ahead' in stop) {
      this.#pace?.stand(task, stop.ahead);
      this.progress.idle = false;
      await new Promise((resolve) => setTimeout(resolve, PACE_WAIT_MS));
      return true;
    }
    this.#pace?.leave(task);
    if (typeof stop === 'object') {
      await this.#fetchSchema(stop);
      return true;
    }
    return this.#wake();
  }

  /**
   * Others wait for what they will be told of the sources. What comes from tasks of the same service is hours older: by
   * that, each would seem far behind and hold the others to short batches.
   */
  #stand(batch: readonly InputRecord[], stop: MergeStop): void {
    const { task } = this.#session;
    const first = batch.find(({ topic }) => this.#processor.unawaited?.includes(topic) !== true);
    if (first !== undefined) this.#pace?.stand(task, first.eventTime);
    else if (stop === 'drained') this.#pace?.leave(task);
  }

  async #process(batch: readonly InputRecord[]): Promise<void> {
    const { clock, metrics } = this.#options;
    const service = this.#processor.service;
    const started = clock.now();
    const context = new BatchContext(this.#env, this.#states, started);
    this.#lag.taken(batch);
    const refused = this.#refuse(context);
    if (batch.length > 0) {
      const keys: string[] = [];
      for (const record of batch) {
        record.keys = this.#processor.keysOf(record);
        for (const key of record.keys) keys.push(key);
      }
      await this.#states.ensure(keys);
      await this.#states.drive(this.#processor.process(batch, context, false));
      this.#observeTimes(batch, context);
    }
    const barrier = batch.length > 0 && this.#processor.barriers?.includes(batch[0]!.topic) === true;
    const due = barrier ? undefined : await this.#wakeDue(context, this.progress.streamTime);
    await this.#commit(context, { due, refused });
    if (barrier) {
      this.#states.forget();
      await this.#begin();
    }
    this.#size.took(batch.length, clock.now() - started);
    metrics.observe('detent_pipeline_batch_records', batch.length, { service });
    metrics.observe('detent_pipeline_batch_duration_seconds', (clock.now() - started) / 1000, { service });
  }

  /**
   * Hands over what could not be read; one log line per reason, for a flood of them must not flood the log. Returns
   * what the journal must know of it.
   */
  #refuse(context: BatchContext): RefusedRun[] {
    const service = this.#processor.service;
    const first = new Map<string, { count: number; refused: Refused }>();
    const all = this.#refused.splice(0);
    for (const refused of all) {
      const { code } = refused.refusal;
      if (this.#processor.refusals === 'skip') context.count('detent_pipeline_skipped_total', { service, code });
      else context.deadLetter(refused, refused.refusal);
      const known = first.get(code);
      if (known) known.count += 1;
      else first.set(code, { count: 1, refused });
    }
    for (const { count, refused } of first.values()) {
      const { topic, raw, refusal } = refused;
      this.#options.logger.warn(
        { count, topic, partition: raw.partition, offset: raw.offset, ...refusal },
        'records refused; the first is shown',
      );
    }
    return circumstantial(all);
  }

  /** Moves stream time on, and tells how late records came and how fresh the feeds are. */
  #observeTimes(batch: readonly InputRecord[], context: BatchContext): void {
    const newest = new Map<string, number>();
    let lateness = 0;
    for (const record of batch) {
      const { topic, eventTime } = record;
      if (eventTime > (newest.get(topic) ?? Number.NEGATIVE_INFINITY)) newest.set(topic, eventTime);
      if (this.#processor.movesTime?.(record) === false) continue;
      if (eventTime > this.progress.streamTime) this.progress.streamTime = eventTime;
      else lateness = Math.max(lateness, this.progress.streamTime - eventTime);
    }
    this.#options.metrics.observe('detent_record_lateness_seconds', lateness / 1000, {
      service: this.#processor.service,
    });
    if (!this.#processor.feeds) return;
    for (const [topic, at] of newest) context.gauge('detent_feed_latest_event_seconds', at / 1000, { topic });
  }

  /** Nothing to read: timers, then the end of a replay, then idleness. */
  async #wake(): Promise<boolean> {
    const { clock, time, graceMs } = this.#options;
    const wall = time === 'wall' ? clock.now() - graceMs : Number.NEGATIVE_INFINITY;
    const context = new BatchContext(this.#env, this.#states, clock.now());
    const due = await this.#wakeDue(context, Math.max(this.progress.streamTime, wall));
    if (due !== undefined) {
      await this.#commit(context, { due });
      return true;
    }
    if (this.#finalRequested && !this.#finalDone) {
      await this.#states.drive(this.#processor.process([], context, true));
      await this.#commit(context, { final: true });
      this.#finalDone = true;
      return true;
    }
    this.progress.idle = true;
    return false;
  }

  async #wakeDue(context: BatchContext, until: number): Promise<JournalEntry['due']> {
    if (until === Number.NEGATIVE_INFINITY || (this.#processor.nextDue?.() ?? until) > until) return undefined;
    const due = await this.#session.due(until, this.#options.maxDue);
    if (due.length === 0) return undefined;
    await this.#states.ensure(due.map(({ key }) => key));
    await this.#states.drive(this.#processor.onDue(due, until, context));
    for (const { key } of due) {
      if (!this.#states.isDirty(key))
        throw new Error(`${this.#processor.service} left the due state ${key} as it was: put or delete it in onDue`);
    }
    return { until, count: due.length };
  }

  async #commit(
    context: BatchContext,
    { due, final = false, refused = [] }: { due?: JournalEntry['due']; final?: boolean; refused?: RefusedRun[] },
  ): Promise<void> {
    const { clock, metrics } = this.#options;
    const service = this.#processor.service;
    const states = this.#states.writes();
    const positions = this.#cursors.map(({ input }) => ({
      topic: input.topic,
      partition: input.partition,
      next: input.position,
    }));
    const entry = this.#journal.entry({
      now: context.now,
      states: states.length,
      ...(due && { due }),
      final,
      refused,
    });
    const started = clock.now();
    await this.#session.commit({ outputs: context.finish(), states, positions, journal: encodeJournal(entry) });
    this.#states.committed();
    metrics.observe('detent_pipeline_commit_duration_seconds', (clock.now() - started) / 1000, { service });
    metrics.count('detent_state_writes_total', states.length, { service });
    metrics.count('detent_state_reads_total', this.#states.hits, { service, source: 'cache' });
    metrics.count('detent_state_reads_total', this.#states.reads - this.#states.hits, { service, source: 'store' });
    this.#states.hits = 0;
    this.#states.reads = 0;
    context.publishCounts();
    this.#lag.committed();
  }

  /** Waits for the registry rather than judge a record that it may know. */
  async #fetchSchema({ unknownSchema, cursor }: Extract<MergeStop, { unknownSchema: number }>): Promise<void> {
    try {
      if (!(await this.#options.codec.fetch(unknownSchema))) {
        cursor.giveUpOn(unknownSchema);
        this.#askAgainAt = Math.min(this.#askAgainAt, this.#options.clock.now() + ASK_AGAIN_MS);
      }
      this.progress.problem = undefined;
    } catch (error) {
      this.progress.problem = `schema ${unknownSchema} cannot be fetched: ${(error as Error).message}`;
      this.#options.logger.warn(
        { schemaId: unknownSchema, topic: cursor.topic, err: error },
        'waiting for the schema registry',
      );
      await this.#session.wait(RETRY_MS);
    }
  }
}
