import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '@detent/adapters';
import type { OutRecord } from '@detent/pipeline';
import { cloudEventHeaders, topicsOfKind } from '@detent/schemas';
import type { SourceEvent } from '../../services/cli/inputs/source-event.ts';

const TICK_MS = 50;
const RETRY_MS = 250;
/** Longer than any fault lasts. */
const PATIENCE_MS = 120_000;

/** Changes a record that is about to be sent, adds others beside it, or leaves it as it is. */
export type Rewrite = (record: OutRecord, event: SourceEvent) => OutRecord[];

/**
 * Sends events at a bounded rate, as a producer that tries again after every failure: what it cannot be sure of it sends
 * twice, under the same event id.
 */
export class Feeder {
  readonly #runtime: Runtime;
  rewrite: Rewrite = (record) => [record];
  #stopped = false;
  /** Records sent, repeats not counted. */
  sent = 0;
  /** How often something was done again because it was not known whether it had arrived. */
  retries = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Registers the schemas, so that later it needs no registry. */
  async prepare(): Promise<void> {
    const { config, codec } = this.#runtime;
    await this.#insist(() => codec.prepare(topicsOfKind('source').map((topic) => config.topicPrefix + topic)));
  }

  /** Sends all of them, `rate` a second (Infinity: as fast as they are taken). */
  async run(events: Iterable<SourceEvent>, rate: number): Promise<void> {
    this.#stopped = false;
    const begun = performance.now();
    let chunk: OutRecord[] = [];
    let taken = 0;
    for (const event of events) {
      if (this.#stopped) return;
      chunk.push(...this.rewrite(this.#encode(event), event));
      taken += 1;
      const ahead = (taken / rate) * 1000 - (performance.now() - begun);
      if (chunk.length >= 2_000 || ahead > TICK_MS) {
        await this.append(chunk);
        chunk = [];
        if (ahead > TICK_MS) await sleep(ahead);
      }
    }
    if (chunk.length > 0) await this.append(chunk);
  }

  /** Ends the run that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** Appends records until it is sure that they are in the log. */
  async append(records: readonly OutRecord[]): Promise<void> {
    await this.#insist(() => this.#runtime.log.append(records));
    this.sent += records.length;
  }

  async #insist(work: () => Promise<void>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (performance.now() > deadline) throw error;
        this.retries += 1;
        await sleep(RETRY_MS);
      }
    }
  }

  #encode(event: SourceEvent): OutRecord {
    const topic = this.#runtime.config.topicPrefix + event.topic;
    return {
      topic,
      partition: null,
      key: Buffer.from(event.key),
      value: this.#runtime.codec.encode(topic, event.name, event.value),
      timestamp: Date.now(),
      headers: cloudEventHeaders({
        id: (event.value as { eventId: string }).eventId,
        type: event.name,
        source: '/detent/chaos',
        time: event.eventTime,
      }),
    };
  }
}
