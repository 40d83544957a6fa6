import type { Metrics } from '@detent/pipeline';

/** What one task has on its way to each endpoint. */
export interface Share {
  /** Notes a delivery of what was published at `at` (epoch ms). Call what it returns once it is settled. */
  add(endpoint: string, at: number): () => void;
  /** Tells of all tasks of the process; see `Backlog.tell`. */
  tell(metrics: Metrics, now: number): void;
  /** The task is given up: whoever takes it delivers the rest. */
  end(): void;
}

/** Deliveries of a process that are not settled, by endpoint, over all its tasks. */
export class Backlog {
  /** By endpoint, of each task: instants of publication in the order of the log, so that the first is the oldest. */
  readonly #pending = new Map<string, Set<Map<object, number>>>();

  constructor(endpoints: readonly { name: string }[]) {
    for (const { name } of endpoints) this.#pending.set(name, new Set());
  }

  share(): Share {
    const mine = new Map([...this.#pending.keys()].map((name) => [name, new Map<object, number>()]));
    for (const [name, pending] of mine) this.#pending.get(name)!.add(pending);
    return {
      add(endpoint, at) {
        const token = {};
        mine.get(endpoint)!.set(token, at);
        return () => void mine.get(endpoint)!.delete(token);
      },
      tell: (metrics, now) => this.tell(metrics, now),
      end: () => {
        for (const [name, pending] of mine) this.#pending.get(name)!.delete(pending);
      },
    };
  }

  /** Tells how many wait for each endpoint, and how long ago the oldest of them was published. `now`: epoch ms. */
  tell(metrics: Metrics, now: number): void {
    for (const [endpoint, shares] of this.#pending) {
      let count = 0;
      let oldest = now;
      for (const pending of shares) {
        count += pending.size;
        for (const at of pending.values()) {
          oldest = Math.min(oldest, at);
          break;
        }
      }
      metrics.gauge('detent_webhook_pending', count, { endpoint });
      metrics.gauge('detent_webhook_oldest_seconds', (now - oldest) / 1000, { endpoint });
    }
  }
}
