import type { Runtime } from '@detent/adapters';
import { type Action, actionsTopic } from '@detent/schemas';
import { decisionServices } from '../actions/decision-services.ts';
import { readTopics } from '../report/digest.ts';
import { Executor } from '../simulate/executor.ts';
import { toRecord } from './feed.ts';

const STATUSES = 'action-status.v1';

/**
 * Lets a simulated floor answer the actions that were published, and goes on where it was when the log holds answers
 * already.
 */
export class AnsweringFloor {
  readonly #runtime: Runtime;
  /** What the drivers of the simulation are told through. */
  readonly executor: Executor;
  readonly #positions = new Map<string, Map<number, number>>();
  readonly #said = new Set<string>();

  constructor(runtime: Runtime, seed: number) {
    this.#runtime = runtime;
    this.executor = new Executor({ seed });
  }

  /** Finds what was commanded and answered before. */
  async start(): Promise<void> {
    for await (const { value } of readTopics(this.#runtime, (topic) => topic === STATUSES))
      this.#said.add((value as { eventId: string }).eventId);
    await this.#hear(Number.NEGATIVE_INFINITY);
  }

  /** Hears what was published since the last turn, and says what is to be said up to `now` (event time, epoch ms). */
  async turn(now: number): Promise<void> {
    await this.#hear(now);
    const { log, config } = this.#runtime;
    const answers = this.executor.answers(now).filter(({ value }) => {
      const { eventId } = value as { eventId: string };
      if (this.#said.has(eventId)) return false;
      this.#said.add(eventId);
      return true;
    });
    if (answers.length === 0) return;
    await log.append(answers.map((event) => toRecord(this.#runtime, event, config.topicPrefix, '/detent/simulator')));
  }

  async #hear(now: number): Promise<void> {
    const { log, codec, config } = this.#runtime;
    const prefix = config.topicPrefix;
    for (const topic of decisionServices.map((service) => prefix + actionsTopic(service))) {
      const positions = this.#positions.get(topic) ?? new Map<number, number>();
      this.#positions.set(topic, positions);
      for await (const page of log.read(topic, positions))
        for (const { value, partition, offset } of page) {
          positions.set(partition, offset + 1);
          if (value === null) continue;
          let decoded = codec.decode(value);
          if (!decoded.ok && 'unknownSchema' in decoded && (await codec.fetch(decoded.unknownSchema)))
            decoded = codec.decode(value);
          if (decoded.ok) this.executor.hear(decoded.record.value as Action, now);
        }
    }
  }
}
