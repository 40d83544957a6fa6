import type { Effects } from '@detent/pipeline';
import type { Book, Queue } from '../book.ts';
import { type PickingConfig, urgencies } from '../config.ts';
import type { Batches } from '../floor/batches.ts';
import type { BatchState } from '../floor/floor.ts';
import type { OrderState } from '../order-state.ts';

/**
 * Lets a late order join a batch of its queue that is released but not begun, or makes room for it there. Each batch is
 * changed for urgent orders at most `maxJoins` times, and each order makes room at most once, so this ends.
 */
export class Hurrying {
  readonly #book: Book;
  readonly #config: PickingConfig;
  readonly #batches: Batches;

  constructor(book: Book, config: PickingConfig, batches: Batches) {
    this.#book = book;
    this.#config = config;
    this.#batches = batches;
  }

  /** The orders that must wait again; undefined when the order found no batch. */
  join(order: OrderState, queue: Queue, at: number, effects: Effects): OrderState[] | undefined {
    const running = this.#book.floor
      .ofQueue(queue.key)
      .filter(
        ({ begun, closed, joins, releasedAt }) =>
          !begun && !closed && joins < this.#config.maxJoins && at - releasedAt <= this.#config.joinWithinMs,
      );
    for (const batch of running) {
      if (this.#batches.fits(batch, order, queue.lane)) return this.#add(batch, order, queue, [], at, effects);
    }
    for (const batch of running) {
      const out = this.#makeRoom(batch, order, queue, at);
      if (out !== undefined) return this.#add(batch, order, queue, out, at, effects);
    }
    return undefined;
  }

  #add(
    batch: BatchState,
    order: OrderState,
    queue: Queue,
    out: readonly OrderState[],
    at: number,
    effects: Effects,
  ): OrderState[] {
    for (const other of out) {
      other.bumped = true;
      for (const task of batch.tasks.filter(({ orderId }) => orderId === other.orderId))
        this.#batches.cut(batch, other, task, task.quantity);
    }
    this.#batches.add(batch, order, queue, at, effects);
    batch.joins += 1;
    const told =
      out.length === 0 ? '' : `; ${out.map(({ orderId }) => orderId).join(', ')} can still wait and made room`;
    this.#batches.replace(
      batch,
      `order ${order.orderId} is late and joins before anybody has begun${told}`,
      at,
      effects,
    );
    effects.note(out.length === 0 ? 'joined-batch' : 'bumped-others');
    return [...out];
  }

  /** The least urgent orders that give the room needed and lose nothing by waiting; undefined when there are none such. */
  #makeRoom(batch: BatchState, order: OrderState, queue: Queue, at: number): OrderState[] | undefined {
    const { leadMs } = this.#config.lanes[queue.lane];
    const last = urgencies.length - 1;
    const others = [...new Set(batch.tasks.map(({ orderId }) => orderId))]
      .map((orderId) => this.#book.orders.get(orderId))
      .filter((other): other is OrderState => other !== undefined && other.level === last && !other.bumped)
      .filter((other) => (other.shipBy ?? other.promisedAt) - leadMs - at > this.#config.joinWithinMs)
      // An order in several batches is not torn further apart.
      .filter(({ orderId }) => this.#book.floor.of(orderId).length === 1)
      .sort((a, b) => b.promisedAt - a.promisedAt || (a.orderId < b.orderId ? -1 : 1));
    const out = new Set<string>();
    for (const other of others) {
      out.add(other.orderId);
      if (this.#batches.fits(batch, order, queue.lane, out)) return others.filter(({ orderId }) => out.has(orderId));
    }
    return undefined;
  }
}
