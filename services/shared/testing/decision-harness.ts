import type { InputRecord, Output, ProcessContext, Processor, States, Step } from '@detent/pipeline';
import type { Action } from '@detent/schemas';

/** A record to be decided on: Avro full name, key, value. The event time is the value's `occurredAt`. */
export interface GivenRecord {
  name: string;
  key: string;
  value: { occurredAt: number };
}

/** Another service's action to be decided on. The event time is its `createdAt`. */
export interface GivenAction {
  name: 'detent.actions.Action';
  key: string;
  value: Action;
}

/** What a run of a decision service can be set to. */
export interface HarnessOptions {
  replay?: boolean;
  /** Records a batch may hold; default one. */
  batch?: number;
  /** Starts anew from encoded states after every batch. */
  restartEachBatch?: boolean;
}

/**
 * Runs the processor of a decision service without pipeline or broker: records in, actions out. Timers fire as the
 * task loop has it: after a batch, up to the newest event time.
 */
export class DecisionHarness {
  readonly actions: Action[] = [];
  readonly outcomes = new Map<string, number>();
  /** Counts and gauges by metric and labels: `detent_actions_open toy work open`. */
  readonly metrics = new Map<string, number>();
  readonly #make: () => Processor;
  readonly #options: HarnessOptions;
  #processor: Processor;
  #states = new Map<string, { value: unknown; dueAt: number | null }>();
  #streamTime = Number.NEGATIVE_INFINITY;
  /** As live, with the clocks of all who tell something in step. */
  #clock = Number.NEGATIVE_INFINITY;

  constructor(make: () => Processor, options: HarnessOptions = {}) {
    this.#make = make;
    this.#options = options;
    this.#processor = make();
    this.#processor.restore?.(this.#view());
  }

  /** Feeds records in the order given; returns the actions that they caused. */
  feed(...records: readonly (GivenRecord | GivenAction)[]): Action[] {
    const before = this.actions.length;
    const size = this.#options.batch ?? 1;
    for (let from = 0; from < records.length; from += size) {
      const batch: InputRecord[] = [];
      for (const record of records.slice(from, from + size)) {
        const input = this.#input(record);
        const accepted = this.#processor.accept(input);
        if (typeof accepted !== 'number') throw new Error(`${record.name} was refused: ${accepted.message}`);
        batch.push({ ...input, eventTime: accepted });
        this.#clock = Math.max(this.#clock, accepted);
        if (this.#processor.movesTime?.(input) !== false) this.#streamTime = Math.max(this.#streamTime, accepted);
      }
      drain(this.#processor.process(batch, this.#context(), false));
      this.#wake();
      if (this.#options.restartEachBatch) this.restart();
    }
    return this.actions.slice(before);
  }

  /** Lets time pass up to an instant (epoch ms); returns the actions that this caused. */
  advance(until: number): Action[] {
    const before = this.actions.length;
    this.#streamTime = Math.max(this.#streamTime, until);
    this.#clock = Math.max(this.#clock, until);
    this.#wake();
    return this.actions.slice(before);
  }

  /** Drops everything in memory and starts from the encoded states, in another order than they were written. */
  restart(): void {
    const encoded = [...this.#states].reverse().map(([key, { value, dueAt }]) => {
      return { key, bytes: this.#processor.encodeState(key, value), dueAt };
    });
    this.#processor = this.#make();
    this.#states = new Map();
    for (const { key, bytes, dueAt } of encoded) {
      this.#states.set(key, { value: this.#processor.decodeState(key, bytes), dueAt });
    }
    this.#processor.restore?.(this.#view());
  }

  /** States as they would be read again, as JSON by key, sorted. */
  snapshot(): [string, string][] {
    const entries = [...this.#states].map(([key, { value }]): [string, string] => [
      key,
      JSON.stringify(this.#processor.decodeState(key, this.#processor.encodeState(key, value))),
    ]);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** As a task does: until nothing is due any more. */
  #wake(): void {
    for (;;) {
      const due: { key: string; dueAt: number }[] = [];
      for (const [key, { dueAt }] of this.#states) {
        if (dueAt !== null && dueAt <= this.#streamTime) due.push({ key, dueAt });
      }
      if (due.length === 0) return;
      due.sort((a, b) => a.dueAt - b.dueAt);
      drain(this.#processor.onDue(due, this.#streamTime, this.#context()));
    }
  }

  #input({ name, key, value }: GivenRecord | GivenAction): Omit<InputRecord, 'eventTime'> {
    const raw = { topic: '', partition: 0, offset: 0, timestamp: 0, key: Buffer.from(key), value: null, headers: {} };
    return { raw, topic: '', name, value };
  }

  #context(): ProcessContext {
    return {
      states: this.#view(),
      task: 0,
      partitions: 1,
      now: this.#clock,
      reached: this.#clock,
      replay: this.#options.replay ?? false,
      emit: (output: Output) => this.actions.push(output.value as Action),
      deadLetter(record, refusal) {
        throw new Error(`${record.name} became a dead letter: ${refusal.message}`);
      },
      recordOf: () => {
        throw new Error('decisions ask for no records');
      },
      gauge: (metric, value, labels = {}) => void this.metrics.set([metric, ...Object.values(labels)].join(' '), value),
      count: (metric, labels = {}, by = 1) => {
        const series = [metric, ...Object.values(labels)].join(' ');
        this.metrics.set(series, (this.metrics.get(series) ?? 0) + by);
        const outcome = labels['outcome'];
        if (outcome) this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + by);
      },
    };
  }

  #view(): States {
    const states = this.#states;
    return {
      get: (key) => states.get(key)?.value,
      has: () => true,
      put: (key, value, dueAt) => void states.set(key, { value, dueAt }),
      delete: (key) => void states.delete(key),
      keys: (prefix) => [...states.keys()].filter((key) => key.startsWith(prefix)),
    };
  }
}

function drain(step: Step): void {
  for (let next = step.next(); !next.done; next = step.next()) {
    if ('wants' in next.value || next.value.length > 0) throw new Error('a resident processor has nothing to ask for');
  }
}
