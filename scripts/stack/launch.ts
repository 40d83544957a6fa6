import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './error.ts';
import { isAlive, logTail, type Started, startProcess, stopProcess } from './processes.ts';

/** How one part is started, and how to know that it serves. */
export interface Launch {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** What its clients are configured with. */
  address: string;
  /** True when it answers in its own protocol. May throw while it does not. */
  ready(): Promise<boolean>;
}

/**
 * Starts it, logging to `<logDir>/<name>.log`, and returns when it is ready. Stops it again and throws
 * `DETENT_STACK_NOT_READY` with the end of its log when it dies or is not ready within `withinMs`.
 */
export async function launch(plan: Launch, logDir: string, onStart: (started: Started) => void): Promise<void> {
  const withinMs = 90_000;
  const log = join(logDir, `${plan.name}.log`);
  const { cwd, env } = plan;
  const started = await startProcess(plan.command, plan.args, { log, cwd, ...(env && { env }) });
  onStart(started);
  const until = Date.now() + withinMs;
  while (!(await plan.ready().catch(() => false))) {
    const why = !isAlive(started)
      ? 'ended'
      : Date.now() > until
        ? `was not ready after ${withinMs / 1000} s`
        : undefined;
    if (why !== undefined) {
      await stopProcess(started, 5_000);
      throw new StackError(
        'DETENT_STACK_NOT_READY',
        `${plan.name} (${plan.address}) ${why}. The end of ${log}:\n${logTail(log)}`,
      );
    }
    await sleep(100);
  }
}
