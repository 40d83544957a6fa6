import { murmur2Partition } from './murmur2.ts';
import type { CounterName, GaugeName } from './ports/index.ts';
import type { InputRecord, Output, ProcessContext, Processor, Refusal, Step } from './processor.ts';

/** How two services become one. */
export interface Fusing {
  /** Topic, without prefix, by which the first hands over to the second; the second reads it by its first key. */
  via: string;
  /** Whether a state is the first one's; all others are the second's. */
  isFirsts(key: string): boolean;
}

/**
 * One service out of two, of which the second reads what the first writes to `via`: what the first says of keys that
 * this task keeps goes to the second in the same step, without a record between; the rest takes the topic as ever. It
 * bears the second one's name, and relieves the first: where that one has got further, it goes on from there.
 * Both must have one task per partition.
 */
export function fuse(first: Processor, second: Processor, fusing: Fusing): Processor {
  const { isFirsts } = fusing;
  const firsts = new Set(first.sources);
  const of = (topic: string): Processor => (firsts.has(topic) ? first : second);
  return {
    service: second.service,
    relieves: first.service,
    sources: [...first.sources, ...second.sources],
    get outputs() {
      return [...new Set([...first.outputs, ...second.outputs])];
    },
    partitioning: 'per-partition',
    unawaited: second.sources,
    ...(second.barriers && { barriers: second.barriers }),
    feeds: first.feeds === true,
    ...(second.begin && { begin: (states) => second.begin!(states) }),
    accept: (record) => of(record.topic).accept(record),
    movesTime: (record) => of(record.topic).movesTime?.(record) ?? true,
    keysOf: (record) => of(record.topic).keysOf(record),
    encodeState: (key, value) => (isFirsts(key) ? first : second).encodeState(key, value),
    decodeState: (key, bytes) => (isFirsts(key) ? first : second).decodeState(key, bytes),

    *process(batch, context, final) {
      const upstream: InputRecord[] = [];
      const others: InputRecord[] = [];
      for (const record of batch) (firsts.has(record.topic) ? upstream : others).push(record);
      const between = new Between(second, fusing, context);
      yield* first.process(upstream, between, final);
      const missing = between.taken.flatMap(({ keys }) => keys ?? []).filter((key) => !context.states.has(key));
      if (missing.length > 0) yield missing;
      between.report();
      yield* second.process(inOrder(between.taken, others), context, final);
    },

    *onDue(due, until, context): Step {
      const mine = due.filter(({ key }) => isFirsts(key));
      if (mine.length > 0) yield* first.onDue(mine, until, new Between(second, fusing, context));
      const rest = due.filter(({ key }) => !isFirsts(key));
      if (rest.length > 0) yield* second.onDue(rest, until, context);
    },
  };
}

/** The context of the first: keeps back what the second can take at once. */
class Between implements ProcessContext {
  readonly states: ProcessContext['states'];
  readonly task: number;
  readonly partitions: number;
  readonly now: number;
  readonly reached: number;
  readonly replay: boolean;
  /** Inputs of the second, in the order in which they arose. */
  readonly taken: InputRecord[] = [];
  readonly #second: Processor;
  readonly #fusing: Fusing;
  readonly #context: ProcessContext;
  #hops = 0;

  constructor(second: Processor, fusing: Fusing, context: ProcessContext) {
    this.#second = second;
    this.#fusing = fusing;
    this.#context = context;
    this.states = context.states;
    this.task = context.task;
    this.partitions = context.partitions;
    this.now = context.now;
    this.reached = context.reached;
    this.replay = context.replay;
  }

  emit(output: Output): void {
    if (output.topic !== this.#fusing.via) this.#context.emit(output);
    else if (this.#isOwn(output.key)) this.#take(output);
    else {
      this.#hops += 1;
      this.#context.emit(output);
    }
  }

  deadLetter(record: InputRecord, refusal: Refusal): void {
    this.#context.deadLetter(record, refusal);
  }

  recordOf(output: Output): InputRecord['raw'] {
    return this.#context.recordOf(output);
  }

  count(metric: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void {
    this.#context.count(metric, labels, by);
  }

  gauge(metric: GaugeName, value: number, labels?: Readonly<Record<string, string>>): void {
    this.#context.gauge(metric, value, labels);
  }

  report(): void {
    if (this.taken.length > 0) this.count('detent_fused_observations_total', { path: 'direct' }, this.taken.length);
    if (this.#hops > 0) this.count('detent_fused_observations_total', { path: 'hop' }, this.#hops);
  }

  #isOwn(key: string): boolean {
    return this.partitions === 1 || murmur2Partition(Buffer.from(key), this.partitions) === this.task;
  }

  #take(output: Output): void {
    const { topic, name, value, eventTime } = output;
    const raw = this.#context.recordOf(output);
    const record: InputRecord = { raw, topic, name: name ?? '', value, packed: true, keys: [], eventTime };
    const accepted = this.#second.accept(record);
    if (typeof accepted !== 'number') {
      this.#context.deadLetter(record, accepted);
      return;
    }
    record.eventTime = accepted;
    record.keys = this.#second.keysOf(record);
    this.taken.push(record);
  }
}

/** Two lists, each in its order, by event time; at the same instant what was handed over comes first. */
function inOrder(taken: readonly InputRecord[], others: readonly InputRecord[]): readonly InputRecord[] {
  if (others.length === 0) return taken;
  const merged: InputRecord[] = [];
  let next = 0;
  for (const other of others) {
    while (next < taken.length && taken[next]!.eventTime <= other.eventTime) merged.push(taken[next++]!);
    merged.push(other);
  }
  while (next < taken.length) merged.push(taken[next++]!);
  return merged;
}
