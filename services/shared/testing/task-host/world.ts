import type {
  CommitBatch,
  LogClient,
  LogRecord,
  OutRecord,
  RunningHost,
  TaskHostSpec,
  TaskSession,
} from '@detent/pipeline';
import { kept } from '../kept.ts';
import type { TaskHostFixture } from './fixture.ts';

export const none: CommitBatch = { outputs: [], states: [], positions: [] };

export const text = (values: (Buffer | null)[]) => values.map((value) => value?.toString() ?? null);
export const textOf = (record: LogRecord) => record.value?.toString();

export const record = (topic: string, value: string, more: Partial<OutRecord> = {}): OutRecord => ({
  topic,
  partition: 0,
  key: Buffer.from('key'),
  value: Buffer.from(value),
  timestamp: 1_700_000_000_000,
  ...more,
});
export const records = (topic: string, from: number, to: number, partition = 0) =>
  Array.from({ length: to - from }, (_, i) => record(topic, String(from + i), { partition }));

export const positions = (session: TaskSession) =>
  session.inputs.map(({ topic, partition, position }) => ({ topic, partition, next: position }));

export async function idle(session: TaskSession): Promise<void> {
  while (!session.signal.aborted) await session.wait(50);
}

export async function taken(session: TaskSession, count: number): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  while (found.length < count && !session.signal.aborted) {
    for (const input of session.inputs) for (let next = input.shift(); next; next = input.shift()) found.push(next);
    if (found.length < count) await session.wait(100);
  }
  return found;
}

/** Until a check holds: what one process commits, another sees a little later. */
export async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const value = await read();
    if (holds(value) || performance.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Three topics of two partitions, and hosts on them; opened anew for every test. */
export class HostWorld {
  source = '';
  other = '';
  output = '';
  /** Of a service that reads `source`. */
  spec: TaskHostSpec = { service: 'worker', sources: [], partitioning: 'per-partition' };
  #fixture!: TaskHostFixture;
  #hosts: RunningHost[] = [];

  async open(make: () => Promise<TaskHostFixture>): Promise<void> {
    this.#fixture = await make();
    this.#hosts = [];
    const { prefix } = this.#fixture;
    this.source = `${prefix}source.v1`;
    this.other = `${prefix}other.v1`;
    this.output = `${prefix}output.v1`;
    this.spec = { service: 'worker', sources: [this.source], partitioning: 'per-partition' };
    await this.topics(2, this.source, this.other, this.output);
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.stop();
    await this.#fixture.close();
  }

  get log(): LogClient {
    return this.#fixture.log;
  }

  get prefix(): string {
    return this.#fixture.prefix;
  }

  takeOver(spec: TaskHostSpec, task: number): Promise<TaskSession> {
    return this.#fixture.takeOver(spec, task);
  }

  topics(partitions: number, ...names: string[]): Promise<void> {
    return this.log.ensureTopics(names.map((topic) => ({ topic, partitions, config: kept })));
  }

  async start(run: (session: TaskSession) => Promise<void>, of: TaskHostSpec = this.spec): Promise<RunningHost> {
    const host = await this.#fixture.host.start(of, run);
    this.#hosts.push(host);
    return host;
  }

  /** Runs until `use` has what it wants, then stops. */
  async session<T>(use: (session: TaskSession) => Promise<T>, task = 0, of: TaskHostSpec = this.spec): Promise<T> {
    let host: RunningHost | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#fixture.host
          .start(of, async (session) => {
            if (session.task === task) await use(session).then(resolve, reject);
            await idle(session);
          })
          .then((started) => {
            host = started;
          }, reject);
      });
    } finally {
      while (host === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      await host.stop();
    }
  }

  async contents(topic: string): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    for await (const page of this.log.read(topic)) found.push(...page);
    return found;
  }
}
