import { setTimeout as sleep } from 'node:timers/promises';
import { type Launch, launch } from '../stack/launch.ts';
import { isAlive, type Started, stopProcess } from '../stack/processes.ts';
import { readStack, writeStack } from '../stack/state.ts';

const GONE_MS = 10_000;
const STARTS = 3;

let halted = false;

/** From now on nothing is started any more: who is interrupted must not start again what was just stopped. */
export function haltStarts(): void {
  halted = true;
}

/** A process that faults strike: started again and again by the same plan, known to `<dir>/stack.json` while it lives. */
export class Managed {
  readonly plan: Launch;
  readonly #dir: string;
  #started: Started | undefined;
  /** How often it was ended by SIGKILL. */
  kills = 0;

  /** Logs go to `<dir>/logs`. */
  constructor(plan: Launch, dir: string) {
    this.plan = plan;
    this.#dir = dir;
  }

  get name(): string {
    return this.plan.name;
  }

  get alive(): boolean {
    return this.#started !== undefined && isAlive(this.#started);
  }

  /**
   * Returns once it is ready; one that ends by itself is started again, as whoever supervises it would. Throws
   * `DETENT_STACK_NOT_READY` with the end of its log when it does so for the third time.
   */
  async start(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      if (halted) throw new Error(`${this.name} is not started: the run was interrupted`);
      try {
        await this.#launch();
        return;
      } catch (error) {
        if (tries === STARTS) throw error;
      }
    }
  }

  async #launch(): Promise<void> {
    await launch(this.plan, `${this.#dir}/logs`, (started) => {
      this.#started = started;
      const file = readStack(this.#dir);
      if (file) writeStack(this.#dir, { ...file, pids: { ...file.pids, [this.name]: started } });
    });
  }

  /** Ends it as a crash does, and returns when it is gone. */
  async kill(): Promise<void> {
    this.kills += 1;
    this.#signal('SIGKILL');
    const until = Date.now() + GONE_MS;
    while (this.alive) {
      if (Date.now() > until) throw new Error(`${this.name} survives SIGKILL`);
      await sleep(5);
    }
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    if (this.#started !== undefined) await stopProcess(this.#started);
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** Path of its log. */
  get log(): string {
    return `${this.#dir}/logs/${this.name}.log`;
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#started && this.alive) process.kill(this.#started.pid, name);
  }
}
