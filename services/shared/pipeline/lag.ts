import type { InputCursor } from './input-cursor.ts';
import type { Clock, Metrics } from './ports/index.ts';
import type { InputRecord } from './processor.ts';

const EVERY_MS = 5_000;

/**
 * Tells how far a task is behind: after each commit, and every few seconds besides, for a task that waits for Redis or
 * the registry commits nothing and falls behind all the same.
 */
export class Lag {
  readonly #cursors: readonly InputCursor[];
  readonly #service: string;
  readonly #task: string;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  #timer: NodeJS.Timeout | undefined;
  /** Stamp of the oldest record of the batch at work. */
  #working = Number.POSITIVE_INFINITY;

  constructor(cursors: readonly InputCursor[], service: string, task: number, clock: Clock, metrics: Metrics) {
    this.#cursors = cursors;
    this.#service = service;
    this.#task = String(task);
    this.#clock = clock;
    this.#metrics = metrics;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tell(), EVERY_MS);
    this.#timer.unref();
  }

  /** These records are at work until `committed`. */
  taken(batch: readonly InputRecord[]): void {
    for (const { raw } of batch) this.#working = Math.min(this.#working, raw.timestamp);
  }

  committed(): void {
    this.#working = Number.POSITIVE_INFINITY;
    this.#tell();
  }

  /** Whoever takes the task over counts from now on. */
  stop(): void {
    clearInterval(this.#timer);
    for (const { topic, input } of this.#cursors) this.#records(topic, input.partition, 0);
    this.#behind(0);
  }

  #tell(): void {
    let oldest = this.#working;
    for (const { topic, input } of this.#cursors) {
      this.#records(topic, input.partition, Math.max(0, input.end - input.position));
      oldest = Math.min(oldest, input.peek()?.timestamp ?? Number.POSITIVE_INFINITY);
    }
    this.#behind(Math.max(0, this.#clock.now() - oldest) / 1000);
  }

  #records(topic: string, partition: number, records: number): void {
    const labels = { service: this.#service, topic, partition: String(partition) };
    this.#metrics.gauge('detent_consumer_lag_records', records, labels);
  }

  #behind(seconds: number): void {
    this.#metrics.gauge('detent_consumer_behind_seconds', seconds, { service: this.#service, task: this.#task });
  }
}
