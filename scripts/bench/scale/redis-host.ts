import { appendFileSync, closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import {
  type CommitBatch,
  type LogRecord,
  PACKED_RECORD_BYTES,
  packStates,
  type TaskHost,
  type TaskInput,
  type TaskSession,
} from '@detent/pipeline';
import { buffers } from '../../../services/shared/adapters/buffers/buffer-pool.ts';
import type { RedisStateStore } from '../../../services/shared/adapters/redis/index.ts';

/** Records handed to a task from memory. */
class QueueInput implements TaskInput {
  readonly topic: string;
  readonly partition: number;
  position = 0;
  #records: LogRecord[] = [];
  #at = 0;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get end(): number {
    return this.position + this.#records.length - this.#at;
  }

  get caughtUp(): boolean {
    return this.#at === this.#records.length;
  }

  peek(): LogRecord | undefined {
    return this.#records[this.#at];
  }

  shift(): LogRecord | undefined {
    const record = this.#records[this.#at];
    if (record === undefined) return undefined;
    this.#at += 1;
    this.position += 1;
    if (this.#at === this.#records.length) this.#records = [];
    if (this.#records.length === 0) this.#at = 0;
    return record;
  }

  add(records: readonly LogRecord[]): void {
    for (const record of records) this.#records.push(record);
  }
}

/**
 * A task whose states are in Redis as on the cluster, and whose log is memory and a file: what Kafka costs is left out.
 * The changelog is packed as it would be and written to `file`.
 */
export class RedisSession implements TaskSession {
  readonly task: number;
  readonly inputs: readonly QueueInput[];
  readonly #store: RedisStateStore;
  readonly #file: string;
  readonly #abort = new AbortController();
  #mark = 'bench:0';
  #commits = 0;

  constructor(task: number, topics: readonly string[], store: RedisStateStore, file: string) {
    this.task = task;
    this.inputs = topics.map((topic) => new QueueInput(topic, task));
    this.#store = store;
    this.#file = file;
    writeFileSync(file, '');
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Must precede everything else. */
  async begin(): Promise<void> {
    if (!(await this.#store.apply(null, this.#mark, []))) throw new Error('Redis is not empty');
  }

  close(): void {
    this.#abort.abort();
  }

  async wait(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async load(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return (await this.#store.read(keys)).values;
  }

  async due(until: number, limit: number): Promise<{ key: string; dueAt: number }[]> {
    return (await this.#store.due(until, limit)).due;
  }

  async *scan(): AsyncIterable<{ key: string; value: Buffer }[]> {
    for await (const { page } of this.#store.scan()) yield page;
  }

  async commit({ states }: CommitBatch): Promise<void> {
    if (states.length === 0) return;
    for (const record of packStates(states, PACKED_RECORD_BYTES, (bytes) => buffers.take(bytes))) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(record.length);
      appendFileSync(this.#file, length);
      appendFileSync(this.#file, record);
      buffers.give(record);
    }
    this.#commits += 1;
    const next = `bench:${this.#commits}`;
    if (!(await this.#store.apply(this.#mark, next, states))) throw new Error('Redis has another mark');
    this.#mark = next;
  }
}

/** Hands out these sessions. */
export function hostOf(sessions: readonly RedisSession[]): TaskHost {
  return {
    async start(_spec, run) {
      const running = Promise.all(sessions.map((session) => run(session)));
      running.catch(() => undefined);
      return {
        tasks: new Set(sessions.map(({ task }) => task)),
        problem: () => undefined,
        async stop() {
          for (const session of sessions) session.close();
          await running;
        },
      };
    },
  };
}

/** The records of a changelog file, packed as they were written. */
export function* readChangelog(file: string): Generator<Buffer> {
  const fd = openSync(file, 'r');
  try {
    const length = Buffer.alloc(4);
    while (readSync(fd, length) === 4) {
      const record = Buffer.alloc(length.readUInt32BE());
      readSync(fd, record);
      yield record;
    }
  } finally {
    closeSync(fd);
  }
}
