import type { Logger, TaskInput, TaskSession } from '@detent/pipeline';
import { TaskClosedError } from '@detent/pipeline';
import { messageOf } from '../errors.ts';
import type { KafkaSession } from './session.ts';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;

export interface TaskRunnerParts {
  task: number;
  /** Resolves when nothing of an earlier assignment of the task is under way in this process. */
  after: Promise<void>;
  open(released: AbortSignal): Promise<KafkaSession>;
  /** Hears the session before it reads, and again when it is over. */
  onSession(session: KafkaSession): void;
  onEnd(session: KafkaSession): void;
  run(session: TaskSession): Promise<void>;
  logger: Logger;
}

/** One task while it is assigned to this process: session after session, until released. */
export class TaskRunner {
  readonly task: number;
  /** Resolves when the last session is over. */
  readonly ended: Promise<void>;
  readonly #parts: TaskRunnerParts;
  readonly #released = new AbortController();
  #session: KafkaSession | undefined;
  #problem: string | undefined;

  constructor(parts: TaskRunnerParts) {
    this.task = parts.task;
    this.#parts = parts;
    this.ended = this.#loop();
  }

  get problem(): string | undefined {
    return this.#session?.healthy ? undefined : this.#problem;
  }

  /** The task goes to somebody else, or the process stops. What is under way ends by itself. */
  release(reason: string): void {
    this.#released.abort();
    this.#session?.close(reason);
  }

  /** Ends the session that reads `input`, so that the task is taken anew. */
  interrupt(reason: string, input: TaskInput | undefined): void {
    if (input !== undefined && this.#session?.inputs.some((one) => one === input)) this.#session.close(reason);
  }

  /** The group was joined anew and the task stayed: its inputs go on where they were. The fence still protects it. */
  rejoined(): void {
    for (const input of this.#session?.inputs ?? []) input.open();
  }

  async #loop(): Promise<void> {
    const { after, open, onSession, onEnd, run, logger, task } = this.#parts;
    await after;
    let failures = 0;
    while (!this.#released.signal.aborted) {
      let session: KafkaSession | undefined;
      try {
        session = await open(this.#released.signal);
        if (this.#released.signal.aborted) {
          await session.dispose('released');
          return;
        }
        this.#session = session;
        onSession(session);
        await run(session);
      } catch (error) {
        if (!this.#released.signal.aborted) {
          this.#problem = `task ${task}: ${messageOf(error)}`;
          if (session === undefined || !(error instanceof TaskClosedError))
            logger.warn({ task, err: error }, 'the task cannot go on; taking it anew');
        }
      } finally {
        if (session !== undefined) {
          onEnd(session);
          await session.dispose('its run ended');
        }
        if (this.#session === session) this.#session = undefined;
      }
      failures = session?.healthy ? 1 : failures + 1;
      await this.#pause(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#released;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }
}
