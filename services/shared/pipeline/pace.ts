/**
 * Half a day: what the tasks of a service may be apart in event time while they work off a backlog. Far more than
 * anything live, and half of the grace that models usually give observations of one entity that come from several tasks.
 */
export const MAX_APART_MS = 12 * 3_600_000;

/** How often processes tell one another where their tasks stand. */
const SHARE_MS = 200;

/** Event times (epoch ms) after which a batch may not begin, and not go on. */
export interface Limit {
  begin: number;
  end: number;
}

/** Where the processes of a service tell one another how far their tasks are. */
export interface PaceBoard {
  /** Tells where these tasks stand (task → event time, epoch ms), and returns where those of other processes do. */
  exchange(mine: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, number>>;
}

/**
 * Keeps the tasks of one service side by side in event time. Order is kept within a task alone: without this, one that
 * has less to do would be days ahead in a long backlog, and what the others tell of the same entities would come too
 * late to count.
 */
export class Pace {
  readonly #standing = new Map<number, number>();
  #elsewhere: ReadonlyMap<number, number> = new Map();

  /** The task works on what happened at `eventTime` (epoch ms), or waits to. */
  stand(task: number, eventTime: number): void {
    this.#standing.set(task, eventTime);
  }

  /** The task has nothing at hand, or cannot go on: nobody waits for it. */
  leave(task: number): void {
    this.#standing.delete(task);
  }

  /**
   * Up to where the task may take records. It begins a batch only where the hindmost is near enough for the batch to
   * grow, for many small ones would cost more than the wait. The hindmost is never held back.
   */
  limit(task: number): Limit {
    let hindmost = Number.POSITIVE_INFINITY;
    for (const tasks of [this.#standing, this.#elsewhere])
      for (const [other, at] of tasks) if (other !== task && at < hindmost) hindmost = at;
    return { begin: hindmost + MAX_APART_MS / 2, end: hindmost + MAX_APART_MS };
  }

  /** Goes along with the tasks of other processes, until the signal aborts. While the board cannot be reached, without them. */
  async share(board: PaceBoard, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#elsewhere = await board.exchange(this.#standing).catch(() => new Map());
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, SHARE_MS);
        signal.addEventListener('abort', done);
      });
    }
    this.#elsewhere = new Map();
  }
}
