import type { LogClient, StateWrite, TaskHost, TaskHostSpec, TaskSession } from '@detent/pipeline';

/** A host on an empty log, for one test. */
export interface TaskHostFixture {
  host: TaskHost;
  log: LogClient;
  /** Begins the names of topics and services, so that tests on one cluster do not meet. */
  prefix: string;
  /** Takes a task over from whoever has it, as a new owner would. */
  takeOver(spec: TaskHostSpec, task: number): Promise<TaskSession>;
  close(): Promise<void>;
}

/** A state to write, in text. */
export const state = (key: string, value: string | null, dueAt: number | null = null): StateWrite => ({
  key,
  value: value === null ? null : Buffer.from(value),
  dueAt,
});
