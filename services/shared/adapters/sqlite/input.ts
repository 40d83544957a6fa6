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
  /** Version of the store at which there was nothing more: no need to look again before the next commit. */
  #emptyAt = -1;

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
      if (this.#emptyAt === this.#store.version) return undefined;
      this.#emptyAt = this.#store.version;
      this.#page = this.#store.read(this.topic, this.partition, this.#position, PAGE);
      this.#at = 0;
      if (this.#page.length > 0) this.#emptyAt = -1;
    }
    return this.#page[this.#at];
  }

  /** Another process may have appended: look again at the next `peek`. */
  refresh(): void {
    this.#emptyAt = -1;
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
