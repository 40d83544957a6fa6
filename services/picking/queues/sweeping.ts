import type { Book } from '../book.ts';
import type { PickingConfig } from '../config.ts';
import type { Effects } from '../metrics.ts';
import type { OrderState } from '../order-state.ts';

/** How far a sweep has come: every order up to this id was looked at. */
export interface SweepState {
  after: string;
}

/** What many orders may wait for: `zone` and a site, `stock` and the id of a stock; with a colon between. */
export type AwaitedFact = `zone:${string}` | `stock:${string}`;

/**
 * Looks again at the orders that a fact concerns, in the order of their ids: a few at once and the rest by timer, for a site
 * may have thousands. Each is looked at once for a fact; a newer one begins anew.
 */
export class Sweeping {
  readonly #book: Book;
  readonly #config: PickingConfig;
  readonly #settle: (order: OrderState, at: number, effects: Effects) => void;
  readonly #states = new Map<string, SweepState>();

  constructor(book: Book, config: PickingConfig, settle: (order: OrderState, at: number, effects: Effects) => void) {
    this.#book = book;
    this.#config = config;
    this.#settle = settle;
  }

  restore(of: string, state: SweepState): void {
    this.#states.set(of, state);
  }

  /** Whether an order has not been looked at yet. */
  isYetTo(of: AwaitedFact, { orderId }: OrderState): boolean {
    const state = this.#states.get(of);
    return state !== undefined && orderId > state.after;
  }

  begin(of: AwaitedFact, at: number, effects: Effects): void {
    this.#step(of, '', at, effects);
  }

  due(of: string, at: number, effects: Effects): void {
    const state = this.#states.get(of);
    if (state !== undefined) this.#step(of as AwaitedFact, state.after, at, effects);
  }

  #step(of: AwaitedFact, after: string, at: number, effects: Effects): void {
    const { sweepOrders, pauseMs } = this.#config;
    const next = leastAfter(after, this.#book.awaiting(of), sweepOrders);
    for (const orderId of next) {
      // One that was settled before it may have taken it along.
      const order = this.#book.orders.get(orderId);
      if (order !== undefined && this.#book.unawait(of, order)) this.#settle(order, at, effects);
    }
    if (next.length === sweepOrders) {
      const state = { after: next.at(-1)! };
      this.#states.set(of, state);
      effects.save(`sweep:${of}`, state, at + pauseMs);
      effects.note('looks-again-in-parts');
    } else if (this.#states.delete(of)) {
      effects.drop(`sweep:${of}`);
    }
  }
}

/** The least ids beyond `after`, at most so many, in ascending order and without sorting all. */
function leastAfter(after: string, ids: Iterable<string>, most: number): string[] {
  const least: string[] = [];
  for (const id of ids) {
    if (id <= after || (least.length === most && id > least[most - 1]!)) continue;
    let at = least.length;
    while (at > 0 && least[at - 1]! > id) at -= 1;
    least.splice(at, 0, id);
    if (least.length > most) least.pop();
  }
  return least;
}
