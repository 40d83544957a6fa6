import type { LogRecord, TaskInput } from '@detent/pipeline';
import type { LogStore } from './log-store.ts';

const PAGE = 1000;

/** One partition of the embedded log as a queue, read a page at a time. */
export class SqliteInput implements TaskInput {
  readonly topic: string;
  readonly partition: number;
  readonly #store: LogStore;
  #page: LogRecord[] = [];
  #at = 0;
  #position: number;

  constructor(store: LogStore, topic: string, partition: number, position: number) {
    this.#store = store;
    this.topic = topic;
    this.partition = partition;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get end(): number {
    return this.#store.end(this.topic, this.partition);
  }

  /** The log is at hand: an empty queue means that there is nothing. */
  get caughtUp(): boolean {
    return this.peek() === undefined;
  }

  peek(): LogRecord | undefined {
    if (this.#at === this.#page.length) {
      this.#page = this.#store.read(this.topic, this.partition, this.#position, PAGE);
      this.#at = 0;
    }
    return this.#page[this.#at];
  }

  shift(): LogRecord | undefined {
    const record = this.peek();
    if (record !== undefined) {
      this.#at += 1;
      this.#position = record.offset + 1;
    }
    return record;
  }
}
