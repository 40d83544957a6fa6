import type { StateWrite } from '@detent/pipeline';
import { decodeJournal, JOURNAL_HEADER, unpackStates } from '@detent/pipeline';
import type { Bounds, KafkaClient } from '../client/client.ts';

/** A page of states as the log holds them; `next` is the offset after the record that they came from. */
export interface ChangelogPage {
  writes: StateWrite[];
  next: number;
}

/** One task's partition of its service's changelog: the truth about its states. */
export class ChangelogLog {
  readonly topic: string;
  readonly partition: number;
  /** Of the topic as it was created: one made anew has another. */
  readonly topicId: string;
  readonly #client: KafkaClient;

  private constructor(topic: string, partition: number, topicId: string, client: KafkaClient) {
    this.topic = topic;
    this.partition = partition;
    this.topicId = topicId;
    this.#client = client;
  }

  static async open(topic: string, partition: number, client: KafkaClient): Promise<ChangelogLog> {
    return new ChangelogLog(topic, partition, await client.topicId(topic), client);
  }

  /** Where it begins and, for committed records, ends. */
  async bounds(): Promise<Bounds> {
    return (await this.#client.bounds(this.topic)).get(this.partition) ?? { start: 0, end: 0 };
  }

  /** Committed states from `from` to `end`, a record at a time. */
  async *read(from: number, end: number): AsyncIterable<ChangelogPage> {
    for await (const page of this.#client.read(this.topic, this.partition, from, end)) {
      for (const { value, offset } of page) {
        if (value !== null) yield { writes: unpackStates(value), next: offset + 1 };
      }
    }
  }

  /**
   * How far the task had read by the journal of its batches: next offsets by `topic-partition` (topics without prefix).
   * Reads the whole log.
   */
  async positions({ start, end }: Bounds): Promise<Map<string, number>> {
    const positions = new Map<string, number>();
    for await (const page of this.#client.read(this.topic, this.partition, start, end)) {
      for (const { headers } of page) {
        const header = headers[JOURNAL_HEADER];
        if (header === undefined) continue;
        const { begin, to } = decodeJournal(header);
        for (const [topic, of] of [...Object.entries(begin?.at ?? {}), ...Object.entries(to)])
          for (const [partition, next] of of) positions.set(`${topic}-${partition}`, next);
      }
    }
    return positions;
  }

  /** Lets the log begin at `offset`: what lies before is gone. */
  truncate(offset: number): Promise<void> {
    return this.#client.deleteRecords(this.topic, this.partition, offset);
  }

  /** The mark of a working copy that holds everything before `next`. */
  markAt(next: number): string {
    return `${this.topicId}:${next}`;
  }
}
