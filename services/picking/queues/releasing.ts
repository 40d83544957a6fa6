import type { Queue } from '../book.ts';
import type { Trigger } from '../floor/floor.ts';
import type { Effects } from '../metrics.ts';
import { type OrderState, restOf } from '../order-state.ts';
import { capacityOf } from './capacity.ts';
import { type Choice, chooseByTravel, chooseInOrder } from './choice.ts';
import { companyOf, type Hands } from './company.ts';
import { compareQueued, type Queued, Room } from './queued.ts';
import { Shortages } from './shortages.ts';

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
  readonly shortages: Shortages;
  readonly #of: Hands;

  constructor(of: Hands) {
    this.#of = of;
    this.shortages = new Shortages(of);
  }

  /**
   * Releases what must go by now, else what fills a batch. It chooses once a call and then pauses for `pauseMs`: what
   * else is due goes by the queue's own timer, so that no call takes longer than one choice. A queue that is held waits.
   */
  run(queue: Queue, at: number, effects: Effects): void {
    if (queue.retryAt !== null && queue.retryAt <= at) queue.retryAt = null;
    if (this.#of.book.isHeld(queue)) {
      this.#of.book.saveQueue(queue, effects);
      return;
    }
    if ((queue.pausedUntil ?? 0) <= at && !this.#due(queue, at, effects)) this.#fill(queue, at, effects);
    // It was not its turn: look again when it is.
    if (queue.retryAt === null && (queue.pausedUntil ?? 0) > at && this.#isFull(queue))
      queue.retryAt = queue.pausedUntil!;
    this.#of.book.saveQueue(queue, effects);
  }

  /** Sends an order that people wait for at once, by itself. False when there is no stock for it. */
  now(queue: Queue, order: OrderState, trigger: Trigger, completes: string, at: number, effects: Effects): boolean {
    const of = { trigger, why: why[trigger], alternatives: [], completes };
    const isReleased = this.#of.batches.release(queue, [order], of, at, effects);
    this.#after(order, at, effects);
    this.#of.book.saveQueue(queue, effects);
    return isReleased;
  }

  saveOrder(order: OrderState, at: number, effects: Effects): void {
    effects.save(`order:${order.orderId}`, order, order.wakeAt ?? at + this.#of.config.retentionMs);
  }

  /** Releases what must go, or puts it off where packing has no room. True when it released. */
  #due(queue: Queue, at: number, effects: Effects): boolean {
    const { book, config } = this.#of;
    const waiting = book.waitingOf(queue.key);
    // Each round takes at least one order out of the queue, or puts its time off.
    while ((waiting.next() ?? Number.POSITIVE_INFINITY) <= at) {
      const due = firstDue(waiting, at, config.candidates);
      const pressing = due.filter((place) => triggerOf(place, at) !== 'age');
      const roomAt = this.#roomAt(queue);
      if (roomAt > at && pressing.length < due.length) {
        for (const place of due) {
          if (triggerOf(place, at) !== 'age') continue;
          waiting.putOff(place, Math.min(roomAt, place.cutoffAt));
          this.saveOrder(book.orders.get(place.orderId)!, at, effects);
        }
        effects.note('waits-for-capacity');
        continue;
      }
      const must = pressing.length > 0 ? pressing : due;
      if (this.#release(queue, must, triggerOf(must[0]!, at), at, effects)) return true;
    }
    return false;
  }

  #fill(queue: Queue, at: number, effects: Effects): void {
    while (this.#isFull(queue)) {
      const roomAt = this.#roomAt(queue);
      if (roomAt > at) {
        queue.retryAt = roomAt;
        effects.note('waits-for-capacity');
        return;
      }
      const head = this.#of.book.waiting(queue.key).first(1);
      if (this.#release(queue, head, 'fill', at, effects)) return;
    }
  }

  /** True where a queue holds enough to choose from, alone or with those that it may share a batch with. */
  #isFull(queue: Queue): boolean {
    const { book, config } = this.#of;
    if (book.waiting(queue.key).size === 0) return false;
    const isWayKnown = book.places.layoutOf(queue.siteId) !== null;
    const all = new Room();
    let pool = 1;
    for (const each of isWayKnown ? companyOf(queue, this.#of) : [queue]) {
      const { size, units } = book.waiting(each.key);
      const rules = config.lanes[each.lane];
      all.add(units, size, rules);
      if (isWayKnown) pool = Math.max(pool, rules.pool);
      if (each === queue && new Room().add(units, size, rules).fills(isWayKnown ? rules.pool : 1)) return true;
    }
    return all.fills(pool);
  }

  /** Releases the batches that hold what must go. False when there was nothing to release, for lack of stock. */
  #release(queue: Queue, must: readonly Queued[], trigger: Trigger, at: number, effects: Effects): boolean {
    const { book, batches } = this.#of;
    const wanted = new Set(must.map(({ orderId }) => orderId));
    const candidates = this.#candidates(queue, must, at, effects);
    if (!candidates.some(({ orderId }) => wanted.has(orderId))) return false;
    const company = this.#join(queue, candidates, at);
    candidates.sort(compareQueued);
    for (const { places, alternatives } of this.#choose(queue, candidates, wanted, at)) {
      const orders = places.map(({ orderId }) => book.orders.get(orderId)!);
      // Its cause, lane and zone are those of an order that had to go.
      orders.sort((a, b) => Number(wanted.has(b.orderId)) - Number(wanted.has(a.orderId)));
      batches.release(queue, orders, { trigger, why: why[trigger], alternatives }, at, effects);
      for (const order of orders) {
        book.leave(order);
        if (order.enqueueAction !== null) effects.done(order.enqueueAction);
        this.#after(order, at, effects);
      }
    }
    for (const other of company) book.saveQueue(other, effects);
    queue.pausedUntil = at + this.#of.config.pauseMs;
    return true;
  }

  /** Orders of the queue itself that may go: what must, then its head. Those that lack stock leave it. */
  #candidates(queue: Queue, must: readonly Queued[], at: number, effects: Effects): Queued[] {
    const { book, config } = this.#of;
    const heads = [...must.slice(0, config.candidates), ...book.waiting(queue.key).first(config.candidates)];
    const candidates: Queued[] = [];
    for (const place of new Set(heads)) {
      const order = book.orders.get(place.orderId)!;
      // What its hand-over requires goes with what there is.
      if (place.cutoffAt > at && this.shortages.of(order, at).length > 0) {
        this.shortages.await(order, place.cutoffAt, at, effects);
        this.saveOrder(order, at, effects);
      } else if (candidates.length < config.candidates) candidates.push(place);
    }
    return candidates;
  }

  /**
   * Adds orders of other queues that may share the way, in the order of picking: those whose goods are there, and no
   * more than their own packing zone has room for. Returns the queues that were asked.
   */
  #join(queue: Queue, candidates: Queued[], at: number): readonly Queue[] {
    const { book, config } = this.#of;
    if (candidates.length >= config.candidates || book.places.layoutOf(queue.siteId) === null) return [];
    const others = companyOf(queue, this.#of).slice(1);
    const heads = others.flatMap((other) =>
      book
        .waiting(other.key)
        .first(config.candidates)
        .map((place) => ({ place, other })),
    );
    heads.sort((a, b) => compareQueued(a.place, b.place));
    const room = new Map<string, number>();
    for (const { place, other } of heads) {
      if (candidates.length >= config.candidates) break;
      const capacity = capacityOf(other, book.zonesOf(other.siteId));
      if (capacity !== null) {
        const aheadMs = at + config.aheadMs - Math.max(at, book.busyUntil(capacity.sharedBy));
        const left = room.get(capacity.sharedBy) ?? Math.floor((aheadMs / 3_600_000) * capacity.perHour);
        if (left < 1) continue;
        room.set(capacity.sharedBy, left - 1);
      }
      if (this.shortages.of(book.orders.get(place.orderId)!, at).length === 0) candidates.push(place);
    }
    return others;
  }

  #choose(queue: Queue, candidates: readonly Queued[], must: ReadonlySet<string>, at: number): Choice[] {
    const { book, config } = this.#of;
    const laneOf = ({ orderId }: Queued) => book.queueAt(book.orders.get(orderId)!.queue!)!.lane;
    const rulesOf = (place: Queued) => config.lanes[laneOf(place)];
    const layout = book.places.layoutOf(queue.siteId);
    if (layout === null) return [chooseInOrder(candidates, rulesOf)];
    const stopsOf = (orderId: string) => {
      const held = new Map<string, number>();
      const order = book.orders.get(orderId)!;
      return restOf(order).flatMap(({ skuId, quantity }) => {
        const { from } = book.stock.locate(queue.siteId, skuId, quantity, book.goodUntil(order, at), held);
        return from.flatMap(({ locationId }) => (locationId === null ? [] : (layout.stopOf(locationId) ?? [])));
      });
    };
    return chooseByTravel(candidates, must, rulesOf, layout, stopsOf, config.batchSteps);
  }

  /** What is left of an order after a release waits for stock. */
  #after(order: OrderState, at: number, effects: Effects): void {
    if (restOf(order).length > 0) this.shortages.await(order, at, at, effects);
    else delete order.shortTold;
    this.saveOrder(order, at, effects);
  }

  /** When packing behind a queue has less work than it is sent ahead, epoch ms. */
  #roomAt(queue: Queue): number {
    const { book, config } = this.#of;
    const capacity = capacityOf(queue, book.zonesOf(queue.siteId));
    if (capacity === null) return Number.NEGATIVE_INFINITY;
    return book.busyUntil(capacity.sharedBy) - config.aheadMs;
  }
}

/** What makes an order go whose time has come. */
function triggerOf({ rank, cutoffAt }: Queued, at: number): Trigger {
  if (rank === 0) return 'urgency';
  return cutoffAt <= at ? 'cutoff' : 'age';
}

/** The first orders of a list whose time has come, at most so many. */
function firstDue(list: Iterable<Queued>, at: number, most: number): Queued[] {
  const due: Queued[] = [];
  for (const place of list) {
    if (place.releaseBy <= at) due.push(place);
    if (due.length === most) break;
  }
  return due;
}
