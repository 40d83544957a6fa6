import type { PaceBoard } from '../pace.ts';
import type { LogRecord, OutRecord } from './log.ts';

/** One input partition of a task: a queue that the adapter fills and the task empties. */
export interface TaskInput {
  readonly topic: string;
  readonly partition: number;
  /** The oldest record not yet taken, if one is at hand. */
  peek(): LogRecord | undefined;
  /** Takes what `peek` shows. */
  shift(): LogRecord | undefined;
  /** True when everything that the log is known to hold has been handed over: an empty queue is then no reason to wait. */
  readonly caughtUp: boolean;
  /** Offset after the last record handed over by `shift`, or where the task began. */
  readonly position: number;
  /** Next offset of the partition as last heard, for the lag. */
  readonly end: number;
}

/** A state to write: `value: null` deletes. `dueAt` (epoch ms) is when time alone may change it. */
export interface StateWrite {
  key: string;
  value: Buffer | null;
  dueAt: number | null;
}

/** What a batch leaves behind, all of it or nothing. */
export interface CommitBatch {
  outputs: readonly OutRecord[];
  states: readonly StateWrite[];
  /** Next offset to read per input. */
  positions: readonly { topic: string; partition: number; next: number }[];
  /** What repeats the batch (`journal.ts`): kept as the header `detent.batch` of a record in the service's changelog. */
  journal?: Buffer;
}

/**
 * One assignment of one task to this process, from fence to revocation. The single writer of its partition: every call
 * throws `TaskClosedError` once another owner may exist, and whatever the task had in memory must then be dropped.
 */
export interface TaskSession {
  readonly task: number;
  readonly inputs: readonly TaskInput[];
  /** Aborts when the task is revoked or the host stops. */
  readonly signal: AbortSignal;
  /** Resolves when an input has something new, or after `ms`, or when the signal aborts. */
  wait(ms: number): Promise<void>;
  /** States by key, in the order asked; null where there is none. Guarded: never older than the last commit. */
  load(keys: readonly string[]): Promise<(Buffer | null)[]>;
  /** States whose `dueAt` is at most `until`, earliest first. */
  due(until: number, limit: number): Promise<{ key: string; dueAt: number }[]>;
  /** All states of the task, in pages. */
  scan(): AsyncIterable<{ key: string; value: Buffer }[]>;
  /** Outputs, states and positions in one transaction. Returns once it is committed and visible to `load`. */
  commit(batch: CommitBatch): Promise<void>;
}

/** Which tasks exist: one per partition number, or a single one over all partitions of all sources. */
export type Partitioning = 'per-partition' | 'single';

/** What a host must know to run a service's tasks. Topic names are whole. */
export interface TaskHostSpec {
  service: string;
  sources: readonly string[];
  partitioning: Partitioning;
  /** A service that reads some of the same sources in another deployment: where it has got further, it is fenced and relieved. */
  relieves?: string;
}

export interface RunningHost {
  /** Tasks owned now. */
  readonly tasks: ReadonlySet<number>;
  /** Where processes that share the service tell how far they are; undefined where there is only one. */
  readonly paceBoard?: PaceBoard;
  /** Undefined when healthy, else why not, for `/readyz`. */
  problem(): string | undefined;
  /** Drains commits in flight, gives the tasks up and resolves when all `run` calls have returned. */
  stop(): Promise<void>;
}

/** Hands tasks to this process and takes them back. `run` lives as long as the session; if it throws, the task is taken anew. */
export interface TaskHost {
  start(spec: TaskHostSpec, run: (session: TaskSession) => Promise<void>): Promise<RunningHost>;
}

/** Thrown when a task is no longer this process's to write: fenced, revoked or stopped. Not a fault of the data. */
export class TaskClosedError extends Error {
  readonly code = 'DETENT_TASK_CLOSED';
  readonly retriable = true;
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'TaskClosedError';
  }
}
