import type { Effects } from '@detent/pipeline';
import type { Book, Queue } from '../book.ts';
import type { PickingConfig } from '../config.ts';
import type { Batches } from '../floor/batches.ts';
import type { Trigger } from '../floor/floor.ts';
import { type OrderState, restOf } from '../order-state.ts';
import { capacityOf } from './capacity.ts';
import { type Choice, chooseByTravel, chooseInOrder } from './choice.ts';
import { compareQueued, isFull, type Queued } from './queued.ts';

const why: Readonly<Record<Trigger, string>> = {
  urgency: 'an order is late',
  cutoff: 'the hand-over of an order would be missed',
  age: 'an order has waited for its time',
  fill: 'it is full',
  'found-empty': 'goods were not where they should be',
  'check-failed': 'what was picked was not what was ordered',
};

/** Decides when orders go, and which together. */
export class Releasing {
  readonly #book: Book;
  readonly #config: PickingConfig;
  readonly #batches: Batches;

  constructor(book: Book, config: PickingConfig, batches: Batches) {
    this.#book = book;
    this.#config = config;
    this.#batches = batches;
  }

  /** Releases what must go by now, then what fills batches. */
  run(queue: Queue, at: number, effects: Effects): void {
    if (queue.retryAt !== null && queue.retryAt <= at) queue.retryAt = null;
    const waiting = this.#book.waitingOf(queue.key);
    // Each round takes at least one order out of the queue, or puts its time off.
    while ((waiting.next() ?? Number.POSITIVE_INFINITY) <= at) {
      const due = waiting.list.filter(({ releaseBy }) => releaseBy <= at);
      const pressing = due.filter((place) => triggerOf(place, at) !== 'age');
      const roomAt = this.#roomAt(queue);
      if (roomAt > at && pressing.length < due.length) {
        for (const place of due) {
          if (triggerOf(place, at) !== 'age') continue;
          waiting.putOff(place, Math.min(roomAt, place.cutoffAt));
          this.saveOrder(this.#book.orders.get(place.orderId)!, at, effects);
        }
        effects.note('waits-for-capacity');
        continue;
      }
      const must = pressing.length > 0 ? pressing : due;
      this.#release(queue, must, triggerOf(must[0]!, at), at, effects);
    }
    this.#fill(queue, at, effects);
    this.#book.saveQueue(queue, effects);
  }

  /** Sends an order that people wait for at once, by itself. False when there is no stock for it. */
  now(queue: Queue, order: OrderState, trigger: Trigger, completes: string, at: number, effects: Effects): boolean {
    const of = { trigger, why: why[trigger], alternatives: [], completes };
    const isReleased = this.#batches.release(queue, [order], of, at, effects);
    this.#after(order, at, effects);
    this.#book.saveQueue(queue, effects);
    return isReleased;
  }

  /** An order that lacks stock leaves its queue until stock comes, or until it must go with what there is. */
  awaitStock(order: OrderState, cutoffAt: number, at: number, effects: Effects): void {
    this.#book.leave(order);
    order.waitsForStock = true;
    order.wakeAt = cutoffAt > at ? cutoffAt : null;
    this.#book.awaitStock(order);
    const missing = this.missing(order);
    order.told += 1;
    effects.act({
      type: 'report-short',
      target: { entityType: 'order', entityId: order.orderId },
      siteId: order.siteId,
      cause: order.laneCause!,
      n: `short-${order.told}`,
      because: `${missing.map(({ skuId, units }) => `${units} of ${skuId}`).join(', ')} of order ${order.orderId} are not on hand at ${order.siteId}, or are promised to others; ${order.wakeAt === null ? 'it waits for stock' : 'it waits for stock until its hand-over requires that the rest goes alone'}`,
      details: { units: missing.reduce((sum, { units }) => sum + units, 0), skus: missing.length },
      tasks: missing.map(({ skuId, lineId, units }) => ({ orderId: order.orderId, lineId, skuId, quantity: units })),
      alternatives: [],
      playbook: undefined,
      validUntil: order.wakeAt ?? at + this.#config.batchValidMs,
    });
    effects.note('waits-for-stock');
    this.saveOrder(order, at, effects);
  }

  saveOrder(order: OrderState, at: number, effects: Effects): void {
    effects.save(`order:${order.orderId}`, order, order.wakeAt ?? at + this.#config.retentionMs);
  }

  #fill(queue: Queue, at: number, effects: Effects): void {
    const rules = this.#config.lanes[queue.lane];
    const pool = this.#book.places.layoutOf(queue.siteId) === null ? 1 : rules.pool;
    for (;;) {
      const { list, units } = this.#book.waiting(queue.key);
      if (!isFull(list, units, rules, pool)) return;
      const roomAt = this.#roomAt(queue);
      if (roomAt > at) {
        queue.retryAt = roomAt;
        effects.note('waits-for-capacity');
        return;
      }
      this.#release(queue, [list[0]!], 'fill', at, effects);
    }
  }

  /** Releases the batches that hold what must go. */
  #release(queue: Queue, must: readonly Queued[], trigger: Trigger, at: number, effects: Effects): void {
    const { list } = this.#book.waiting(queue.key);
    const heads = [...must.slice(0, this.#config.candidates), ...list.slice(0, this.#config.candidates)];
    const candidates: Queued[] = [];
    for (const place of new Set(heads)) {
      const order = this.#book.orders.get(place.orderId)!;
      // What its hand-over requires goes with what there is.
      if (place.cutoffAt > at && this.missing(order).length > 0) this.awaitStock(order, place.cutoffAt, at, effects);
      else if (candidates.length < this.#config.candidates) candidates.push(place);
    }
    const wanted = new Set(must.map(({ orderId }) => orderId));
    if (!candidates.some(({ orderId }) => wanted.has(orderId))) return;
    candidates.sort(compareQueued);
    for (const { places, alternatives } of this.#choose(queue, candidates, wanted)) {
      const orders = places.map(({ orderId }) => this.#book.orders.get(orderId)!);
      this.#batches.release(queue, orders, { trigger, why: why[trigger], alternatives }, at, effects);
      for (const order of orders) {
        this.#book.leave(order);
        if (order.enqueueAction !== null) effects.done(order.enqueueAction);
        this.#after(order, at, effects);
      }
    }
  }

  #choose(queue: Queue, candidates: readonly Queued[], must: ReadonlySet<string>): Choice[] {
    const rules = this.#config.lanes[queue.lane];
    const layout = this.#book.places.layoutOf(queue.siteId);
    if (layout === null) return [chooseInOrder(candidates, rules)];
    const stopsOf = (orderId: string) => {
      const held = new Map<string, number>();
      return restOf(this.#book.orders.get(orderId)!).flatMap(({ skuId, quantity }) => {
        const { from } = this.#book.stock.locate(queue.siteId, skuId, quantity, held);
        return from.flatMap(({ locationId }) => (locationId === null ? [] : (layout.stopOf(locationId) ?? [])));
      });
    };
    return chooseByTravel(candidates, must, rules, layout, stopsOf, this.#config.batchSteps);
  }

  /** What is left of an order after a release waits for stock. */
  #after(order: OrderState, at: number, effects: Effects): void {
    if (restOf(order).length > 0) this.awaitStock(order, at, at, effects);
    else this.saveOrder(order, at, effects);
  }

  /** What of the rest of an order no free stock covers. */
  missing(order: OrderState): { lineId: string; skuId: string; units: number }[] {
    const held = new Map<string, number>();
    return restOf(order).flatMap(({ lineId, skuId, quantity }) => {
      const { missing } = this.#book.stock.locate(order.siteId!, skuId, quantity, held);
      return missing > 0 ? [{ lineId, skuId, units: missing }] : [];
    });
  }

  /** When packing behind a queue has less work than it is sent ahead, epoch ms. */
  #roomAt(queue: Queue): number {
    const capacity = capacityOf(queue, this.#book.zonesOf(queue.siteId));
    if (capacity === null) return Number.NEGATIVE_INFINITY;
    return this.#book.busyUntil(capacity.sharedBy) - this.#config.aheadMs;
  }
}

/** What makes an order go whose time has come. */
function triggerOf({ rank, cutoffAt }: Queued, at: number): Trigger {
  if (rank === 0) return 'urgency';
  return cutoffAt <= at ? 'cutoff' : 'age';
}
