import { Worker } from 'node:worker_threads';
import type { AssignmentProblem } from '../../../../services/routing/assignment/index.ts';
import { lpOf } from './lp.ts';

/** What HiGHS found. */
export interface Proof {
  /** True when it is proved to be at most 0.01 % above the least cost: to prove the rest takes ten times as long. */
  isProved: boolean;
  cost: number;
  unserved: number;
  /** Time in the solver, ms. */
  ms: number;
}

/** HiGHS in a thread of its own, for it keeps its thread busy for seconds. */
export class Prover {
  readonly #worker = new Worker(new URL('./highs-worker.ts', import.meta.url));

  /** Solves one problem; ask for the next when it has answered. Rejects when the thread fails. */
  prove(problem: AssignmentProblem, timeLimitS: number): Promise<Proof> {
    return new Promise((resolve, reject) => {
      const done = (act: () => void) => {
        this.#worker.off('message', onMessage).off('error', onError);
        act();
      };
      const onMessage = ({ status, cost, taken, ms }: { status: string; cost: number; taken: string[]; ms: number }) =>
        done(() =>
          resolve({
            isProved: status === 'Optimal',
            cost,
            unserved: taken.filter((name) => name.startsWith('u')).length,
            ms,
          }),
        );
      const onError = (error: Error) => done(() => reject(error));
      this.#worker.on('message', onMessage).on('error', onError);
      this.#worker.postMessage({ lp: lpOf(problem), timeLimitS });
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
