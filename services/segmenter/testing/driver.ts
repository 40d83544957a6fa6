import type { Engine, Observation, SegmentChange, SegmentPin } from '@detent/core';
import {
  type InputRecord,
  murmur2Partition,
  type Output,
  type ProcessContext,
  type Refusal,
  type Step,
} from '@detent/pipeline';
import type { ModelProgress, ModelSwitched } from '@detent/schemas';
import { MODEL_SWITCHED, OBSERVATION, PINNED } from '../accept.ts';
import type { ModelLibrary } from '../model-library.ts';
import { createSegmenterProcessor } from '../process.ts';
import {
  modelProgressTopic,
  modelSwitchesTopic,
  observationsTopic,
  overridesTopic,
  populationsTopic,
  referencesTopic,
} from '../topology.ts';

/** What a run came to. */
export interface Run {
  /** In the order in which they were published, task by task and batch by batch. */
  changes: SegmentChange[];
  /** Newest record per key; tombstones are gone. */
  memberships: Map<string, unknown>;
  refused: { record: InputRecord; refusal: Refusal }[];
  /** Newest by task. */
  progress: Map<number, ModelProgress>;
  counts: Map<string, number>;
  /** States as they would lie in the store, by task and key. */
  stored: Map<string, Buffer>;
  /** How often a step asked for states that it could not foresee. */
  asked: number;
  /** When they are due, by task and key, epoch ms. */
  due: Map<string, number>;
  /** Records that crossed from one task to another. */
  crossed: number;
}

export interface RunOptions {
  batch?: number;
  partitions?: number;
  replay?: boolean;
  /** Stored states to begin with, from an earlier run. */
  stored?: ReadonlyMap<string, Buffer>;
  /** When they are due. */
  due?: ReadonlyMap<string, number>;
  final?: boolean;
  offset?: number;
}

/** Observation of a test: everything but the essentials has a default. */
export function observed(
  of: Pick<Observation, 'entityType' | 'entityId' | 'observedAt'> & Partial<Observation>,
): Omit<Observation, 'source'> {
  return { values: {}, links: [], ended: false, ...of };
}

/**
 * Runs a log of observations through the segmenter as the pipeline would, in batches; every state is encoded after a
 * batch and decoded when it is next needed, so that nothing is remembered but what is stored.
 */
export function run(
  models: ModelLibrary | Engine,
  log: readonly (Omit<Observation, 'source'> | SegmentPin | ModelSwitched)[],
  options: RunOptions = {},
): Run {
  const { batch = 1, partitions = 1, stored = new Map(), offset = 0 } = options;
  const result: Run = {
    changes: [],
    memberships: new Map(),
    refused: [],
    progress: new Map(),
    counts: new Map(),
    stored: new Map(stored),
    asked: 0,
    due: new Map(options.due),
    crossed: 0,
  };
  const tasks = Array.from({ length: partitions }, (_, task) => new TaskDriver(models, task, options, result));
  // Live: messages between tasks are as fast as the observations themselves.
  for (let from = 0; from < log.length; from += batch) {
    for (let i = from; i < Math.min(from + batch, log.length); i++) {
      const item = log[i]!;
      if ('yaml' in item) {
        for (const task of tasks)
          task.queue.push(recordOf(modelSwitchesTopic, MODEL_SWITCHED, '', item, item.effectiveAt, i));
        continue;
      }
      const { entityId } = item;
      const task = tasks[partitionOf(entityId, partitions)]!;
      if ('segment' in item) {
        task.queue.push(recordOf(overridesTopic, PINNED, entityId, item, item.occurredAt, i));
        continue;
      }
      const { observedAt } = item;
      const value = { ...item, source: { topic: 'test.v1', partition: 0, offset: offset + i } };
      task.queue.push(recordOf(observationsTopic, OBSERVATION, entityId, value, observedAt, i));
    }
    for (let busy = true; busy; ) {
      busy = false;
      for (const task of tasks) busy = task.step(batch, tasks) || busy;
    }
  }
  if (options.final) for (const task of tasks) task.finish(tasks);
  return result;
}

/** A record as the pipeline hands it over. */
export function recordOf(
  topic: string,
  name: string,
  key: string,
  value: unknown,
  eventTime: number,
  offset: number,
): InputRecord {
  const raw = {
    topic,
    partition: 0,
    offset,
    timestamp: eventTime,
    key: Buffer.from(key),
    value: Buffer.from('x'),
    headers: {},
  };
  return { raw, topic, name, value, eventTime };
}

const partitionOf = (key: string, partitions: number) => murmur2Partition(Buffer.from(key), partitions);

class TaskDriver {
  readonly queue: InputRecord[] = [];
  readonly #processor;
  readonly #task: number;
  readonly #options: RunOptions;
  readonly #result: Run;
  readonly #due = new Map<string, number>();
  /** Nothing is due before this: spares most sweeps. */
  #nothingBefore = Infinity;
  #streamTime = -Infinity;

  constructor(models: ModelLibrary | Engine, task: number, options: RunOptions, result: Run) {
    this.#processor = createSegmenterProcessor(models);
    this.#task = task;
    this.#options = options;
    this.#result = result;
    for (const [key, dueAt] of options.due ?? []) {
      if (!key.startsWith(`${task}/`)) continue;
      this.#due.set(key.slice(2), dueAt);
      this.#nothingBefore = Math.min(this.#nothingBefore, dueAt);
    }
    this.#begin();
  }

  #begin(): void {
    this.#do([], [], ({ states }) => this.#processor.begin!(states));
  }

  step(size: number, tasks: readonly TaskDriver[]): boolean {
    const barrier = this.queue.slice(0, size).findIndex(({ name }) => name === MODEL_SWITCHED);
    const taken = this.queue.splice(0, barrier < 0 ? size : Math.max(1, barrier));
    const batch = taken.filter((record) => this.#accepted(record));
    if (batch.length === 0) return false;
    for (const { eventTime } of batch) this.#streamTime = Math.max(this.#streamTime, eventTime);
    const keys = () => batch.flatMap((record) => this.#processor.keysOf(record));
    this.#do(tasks, keys(), (context) => this.#processor.process(batch, context, false));
    if (barrier === 0) this.#begin();
    else this.#sweep(tasks);
    return true;
  }

  finish(tasks: readonly TaskDriver[]): void {
    this.#do(tasks, [], (context) => this.#processor.process([], context, true));
  }

  #sweep(tasks: readonly TaskDriver[]): void {
    while (this.#nothingBefore <= this.#streamTime) {
      this.#nothingBefore = Math.min(Infinity, ...this.#due.values());
      const due = [...this.#due]
        .filter(([, dueAt]) => dueAt <= this.#streamTime)
        .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
        .slice(0, 3)
        .map(([key, dueAt]) => ({ key, dueAt }));
      if (due.length === 0) return;
      const before = new Set(due.map(({ key }) => key));
      const put = this.#do(tasks, [...before], (context) => this.#processor.onDue(due, this.#streamTime, context));
      for (const key of before) if (!put.has(key)) throw new Error(`${key} was due and left as it was`);
    }
  }

  #accepted(record: InputRecord): boolean {
    const accepted = this.#processor.accept(record);
    if (typeof accepted === 'object') this.#result.refused.push({ record, refusal: accepted });
    return typeof accepted === 'number';
  }

  /** Runs a step over states decoded for it, then encodes what it put. Returns the keys put. */
  #do(tasks: readonly TaskDriver[], keys: readonly string[], start: (context: ProcessContext) => Step): Set<string> {
    const { stored } = this.#result;
    const values = new Map<string, unknown>();
    const place = (key: string) => `${this.#task}/${key}`;
    const load = (key: string) => {
      if (values.has(key)) return;
      const bytes = stored.get(place(key));
      values.set(key, bytes === undefined ? undefined : this.#processor.decodeState(key, Buffer.from(bytes)));
    };
    const put = new Map<string, number | null>();
    const states: ProcessContext['states'] = {
      has: (key) => values.has(key),
      get(key) {
        if (!values.has(key)) throw new Error(`${key} was not announced`);
        return values.get(key);
      },
      put(key, value, dueAt) {
        values.set(key, value);
        put.set(key, dueAt);
      },
      delete: (key) => states.put(key, undefined, null),
      keys: () => values.keys(),
    };
    for (const key of keys) load(key);
    const context = this.#context(states, tasks);
    const step = start(context);
    for (let next = step.next(); !next.done; next = step.next()) {
      this.#result.asked += 1;
      const wanted = next.value;
      if ('wants' in wanted) {
        const own = [...stored.keys()].filter((key) => key.startsWith(place(''))).map((key) => key.slice(2));
        const all = new Set([...own, ...put.keys()]);
        wanted.found = [...all].filter((key) => {
          load(key);
          return wanted.wants(key) && values.get(key) !== undefined;
        });
        wanted.found = [...wanted.found].sort();
      } else wanted.forEach(load);
    }
    for (const [key, dueAt] of put) {
      const value = values.get(key);
      if (value === undefined) stored.delete(place(key));
      else stored.set(place(key), this.#processor.encodeState(key, value));
      if (dueAt === null) {
        this.#due.delete(key);
        this.#result.due.delete(place(key));
      } else {
        this.#result.due.set(place(key), dueAt);
        this.#due.set(key, dueAt);
        this.#nothingBefore = Math.min(this.#nothingBefore, dueAt);
      }
    }
    return new Set(put.keys());
  }

  #context(states: ProcessContext['states'], tasks: readonly TaskDriver[]): ProcessContext {
    const { counts, refused } = this.#result;
    const { partitions = 1, replay = false } = this.#options;
    return {
      states,
      task: this.#task,
      partitions,
      now: 0,
      reached: Number.NEGATIVE_INFINITY,
      replay,
      emit: (output) => this.#emit(output, tasks),
      deadLetter: (record, refusal) => refused.push({ record, refusal }),
      count(metric, labels = {}, by = 1) {
        const series = [metric, ...Object.values(labels)].join(' ');
        counts.set(series, (counts.get(series) ?? 0) + by);
      },
      recordOf: () => {
        throw new Error('the segmenter asks for no records');
      },
      gauge() {},
    };
  }

  #emit(output: Output, tasks: readonly TaskDriver[]): void {
    const { changes, memberships } = this.#result;
    if (output.topic === referencesTopic) {
      const target = tasks[partitionOf(output.key, tasks.length)]!;
      if (target === this) throw new Error('a message to the own task went by the topic');
      this.#result.crossed += 1;
      target.queue.push(recordOf(output.topic, output.name!, output.key, output.value, output.eventTime, 0));
    } else if (output.topic === populationsTopic) {
      const target = tasks[output.partition as number]!;
      if (target !== this) this.#result.crossed += 1;
      target.queue.push(recordOf(output.topic, output.name!, output.key, output.value, output.eventTime, 0));
    } else if (output.topic === modelProgressTopic) {
      this.#result.progress.set(this.#task, output.value as ModelProgress);
    } else if (output.topic.startsWith('segments.')) changes.push(output.value as SegmentChange);
    else if (output.name === null) memberships.delete(`${output.topic}/${output.key}`);
    else memberships.set(`${output.topic}/${output.key}`, output.value);
  }
}
