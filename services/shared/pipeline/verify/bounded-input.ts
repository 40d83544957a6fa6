import type { LogRecord, TaskInput } from '../ports/index.ts';

/** One input partition, read up to where a batch is known to have ended. */
export class BoundedInput implements TaskInput {
  readonly topic: string;
  readonly partition: number;
  readonly caughtUp = true;
  readonly #pages: AsyncIterator<readonly LogRecord[]>;
  #page: readonly LogRecord[] = [];
  #pageAt = 0;
  #open: LogRecord[] = [];
  #at = 0;
  #position: number;

  /** `topic` is a whole name; `pages` hold the partition's records from `from` on. */
  constructor(topic: string, partition: number, from: number, pages: AsyncIterator<readonly LogRecord[]>) {
    this.topic = topic;
    this.partition = partition;
    this.#position = from;
    this.#pages = pages;
  }

  /** Opens the records before `next` and returns them. */
  async advance(next: number): Promise<readonly LogRecord[]> {
    this.#open = this.#open.slice(this.#at);
    this.#at = 0;
    for (;;) {
      while (this.#pageAt < this.#page.length) {
        const record = this.#page[this.#pageAt]!;
        if (record.offset >= next) break;
        this.#open.push(record);
        this.#pageAt += 1;
      }
      if (this.#pageAt < this.#page.length) break;
      const more = await this.#pages.next();
      if (more.done) break;
      this.#page = more.value;
      this.#pageAt = 0;
    }
    this.#position = next;
    return this.#open;
  }

  peek(): LogRecord | undefined {
    return this.#open[this.#at];
  }

  shift(): LogRecord | undefined {
    const record = this.#open[this.#at];
    if (record !== undefined) this.#at += 1;
    return record;
  }

  get position(): number {
    return this.#position;
  }

  get end(): number {
    return this.#position;
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
