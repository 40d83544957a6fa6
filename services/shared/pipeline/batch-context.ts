import { cloudEventHeaders, isCompacted } from '@detent/schemas';
import { toDeadLetter } from './dead-letter.ts';
import { Packs } from './packs.ts';
import type { CounterName, GaugeName, LogRecord, Metrics, OutRecord, RecordCodec } from './ports/index.ts';
import type { InputRecord, Output, ProcessContext, Refusal, States } from './processor.ts';

/** What does not change between the batches of a task. */
export interface ContextEnv {
  service: string;
  prefix: string;
  task: number;
  partitions: number;
  replay: boolean;
  /**
   * What moves time where no record does. `stream`: nothing, time is what the records say (simulation, replay). `wall`:
   * the clock.
   */
  time: 'stream' | 'wall';
  codec: RecordCodec;
  metrics: Metrics;
}

/** One batch's context: gathers outputs already encoded and counts, which are published once the batch is committed. */
export class BatchContext implements ProcessContext {
  readonly states: States;
  readonly task: number;
  readonly partitions: number;
  readonly now: number;
  readonly reached: number;
  readonly replay: boolean;
  readonly #env: ContextEnv;
  readonly #outputs: OutRecord[] = [];
  /** The key of the last output: what changes together bears one. */
  #key = { text: '', bytes: Buffer.alloc(0) };
  readonly #packs: Packs;
  /** Outputs to compacted topics, by topic and key. */
  readonly #newest = new Map<string, Output>();
  readonly #counts = new Map<string, { metric: CounterName; labels: Readonly<Record<string, string>>; by: number }>();
  readonly #gauges = new Map<string, { metric: GaugeName; labels: Readonly<Record<string, string>>; value: number }>();

  /** `now`: wall clock at the start of the batch, epoch ms. */
  constructor(env: ContextEnv, states: States, now: number) {
    this.#env = env;
    this.states = states;
    this.task = env.task;
    this.partitions = env.partitions;
    this.replay = env.replay;
    this.now = now;
    this.reached = env.time === 'wall' ? now : Number.NEGATIVE_INFINITY;
    this.#packs = new Packs(env.codec, env.partitions, now, this.#outputs);
  }

  emit(output: Output): void {
    // Whoever reads a compacted topic wants the newest of a key: what the batch itself supersedes is not written.
    if (isCompacted(output.topic)) this.#newest.set(`${output.topic}|${output.partition}|${output.key}`, output);
    else this.#write(output);
  }

  #write(output: Output): void {
    const { codec, prefix, service, task } = this.#env;
    const topic = prefix + output.topic;
    const tombstone = output.name === null;
    if (output.key !== this.#key.text) this.#key = { text: output.key, bytes: Buffer.from(output.key) };
    const key = this.#key.bytes;
    const { partition: place } = output;
    const partition = place === 'own' ? task : place === 'key' ? null : place;
    if (output.name !== null && this.#packs.add(topic, partition, output.name, key, output.value)) return;
    this.#outputs.push({
      topic,
      partition,
      key,
      value: tombstone ? null : codec.encode(topic, output.name as string, output.value),
      // Retention goes by this stamp: replayed history must not vanish for its age.
      timestamp: this.now,
      ...(output.id !== undefined &&
        !tombstone && {
          headers: cloudEventHeaders({
            id: output.id,
            type: output.name as string,
            source: `/detent/${service}`,
            time: output.eventTime,
          }),
        }),
    });
  }

  recordOf(output: Output): LogRecord {
    return new UnwrittenRecord(output, this.#env.prefix + output.topic, this.task, this.now, this.#env.codec);
  }

  /** All outputs, with packs finished. Nothing may be emitted after it. */
  finish(): readonly OutRecord[] {
    for (const output of this.#newest.values()) this.#write(output);
    this.#newest.clear();
    this.#packs.flush();
    return this.#outputs;
  }

  deadLetter(record: Pick<InputRecord, 'raw'>, refusal: Refusal): void {
    this.#outputs.push(toDeadLetter(record.raw, refusal, this.#env.service, `${this.#env.prefix}dlq.v1`, this.now));
    this.count('detent_pipeline_dead_letters_total', { service: this.#env.service, code: refusal.code });
  }

  count(metric: CounterName, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const id = series(metric, labels);
    const known = this.#counts.get(id);
    if (known) known.by += by;
    else this.#counts.set(id, { metric, labels, by });
  }

  gauge(metric: GaugeName, value: number, labels: Readonly<Record<string, string>> = {}): void {
    this.#gauges.set(series(metric, labels), { metric, labels, value });
  }

  /** After the commit: what the batch counted becomes visible. A batch that was not committed never counts. */
  publishCounts(): void {
    for (const { metric, labels, by } of this.#counts.values()) this.#env.metrics.count(metric, by, labels);
    for (const { metric, labels, value } of this.#gauges.values()) this.#env.metrics.gauge(metric, value, labels);
  }
}

/** Where a record would lie that is not written. */
const NOWHERE = -1;

class UnwrittenRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset = NOWHERE;
  readonly timestamp: number;
  readonly headers: LogRecord['headers'] = {};
  readonly #output: Output;
  readonly #codec: RecordCodec;

  constructor(output: Output, topic: string, partition: number, timestamp: number, codec: RecordCodec) {
    this.topic = topic;
    this.partition = partition;
    this.timestamp = timestamp;
    this.#output = output;
    this.#codec = codec;
  }

  get key(): Buffer {
    return Buffer.from(this.#output.key);
  }

  get value(): Buffer | null {
    const { name, value } = this.#output;
    return name === null ? null : this.#codec.encode(this.topic, name, value);
  }
}

function series(metric: string, labels: Readonly<Record<string, string>>): string {
  let id = metric;
  for (const name in labels) id += `|${labels[name]}`;
  return id;
}
