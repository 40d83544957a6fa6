import { type Decider, type Effects, type Fact, takeChange, takeStockChange } from '@detent/pipeline';
import type {
  OrderCancelled,
  OrderChanged,
  OrderLineStatusChanged,
  OrderPlaced,
  SegmentChanged,
  SkuDescribed,
  StockChanged,
  ZoneDescribed,
} from '@detent/schemas';
import { Book, type OrderState } from './book.ts';
import { Packing } from './packing.ts';
import { type PickingOptions, Queueing } from './queueing.ts';

/** Dimensions of an order that say how it is picked. */
export const laneDimensions: ReadonlySet<string> = new Set(['handling', 'climate', 'urgency']);

/** Queues orders for picking and releases batches. See README.md for the rules. */
export class PickingDecider implements Decider {
  readonly book = new Book();
  readonly #packing: Packing;
  readonly #queueing: Queueing;

  constructor(options: PickingOptions) {
    this.#packing = new Packing(options.config.packing);
    this.#queueing = new Queueing(this.book, options, this.#packing);
  }

  restore(key: string, value: object): void {
    if (key.startsWith('sku:')) this.#packing.restore(key.slice('sku:'.length), value);
    else this.book.restore(key, value);
  }

  restored(): void {
    this.book.restored();
    for (const order of this.book.orders.values()) if (order.queue === null) this.#queueing.stallIfReady(order);
  }

  decide(fact: Fact, effects: Effects): void {
    const { value, at } = fact;
    if (fact.name === 'detent.segments.SegmentChanged') this.#change(value as SegmentChanged, at, effects);
    else if (fact.name === 'detent.orders.OrderPlaced') this.#order(value as OrderPlaced, at, effects);
    else if (fact.name === 'detent.orders.OrderChanged') this.#order(value as OrderChanged, at, effects);
    else if (fact.name === 'detent.orders.OrderCancelled') this.#cancel(value as OrderCancelled, effects);
    else if (fact.name === 'detent.orders.OrderLineStatusChanged')
      this.#line(value as OrderLineStatusChanged, at, effects);
    else if (fact.name === 'detent.sites.ZoneDescribed') this.#zone(value as ZoneDescribed, at, effects);
    else if (fact.name === 'detent.inventory.SkuDescribed') this.#packing.learn(value as SkuDescribed, effects);
    else if (fact.name === 'detent.inventory.StockChanged') this.#stock(value as StockChanged, effects);
  }

  due(key: string, at: number, effects: Effects): void {
    if (key.startsWith('order:')) {
      // Nothing was heard of it for the whole retention: it is over, or never will be.
      effects.note('order-forgotten');
      this.#end(key.slice('order:'.length), effects);
      return;
    }
    const queue = this.book.queueAt(key.slice('queue:'.length));
    if (queue === undefined) return;
    for (;;) {
      const next = this.book.nextRelease(queue.key);
      if (next === null || next > at) break;
      this.#queueing.release(queue, at, 'its time has come', effects);
    }
    this.#queueing.saveQueue(queue, effects);
  }

  #change(change: SegmentChanged, at: number, effects: Effects): void {
    if (change.entityType !== 'order' || !laneDimensions.has(change.dimension)) return;
    let order = this.book.orders.get(change.entityId);
    if (order === undefined) {
      if (change.to === null || change.to === undefined) return;
      order = this.#newOrder(change.entityId);
    }
    const taken = takeChange(order.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
    } else if (taken === 'ended') {
      effects.note('order-ended');
      this.#end(order.orderId, effects);
    } else {
      const standing = order.standings[change.dimension];
      const { entityType, entityId, dimension } = change;
      if (standing?.commands) order.cause = { ...standing, entityType, entityId, dimension };
      this.#queueing.settle(order, at, effects);
    }
  }

  #order(placed: OrderPlaced | OrderChanged, at: number, effects: Effects): void {
    const order = this.book.orders.get(placed.orderId) ?? this.#newOrder(placed.orderId);
    if (order.known && placed.version <= order.version) {
      effects.note('order-version-seen-before');
      return;
    }
    order.known = true;
    order.version = placed.version;
    order.siteId = placed.siteId ?? order.siteId;
    order.promisedAt = placed.promisedAt;
    order.shipBy = placed.shipBy ?? null;
    order.lines = placed.lines
      .filter(({ lineId, quantity }) => quantity > 0 && !order.started.includes(lineId))
      .map(({ lineId, skuId, quantity }) => ({ lineId, skuId, quantity }));
    if (order.lines.length > 0) {
      this.#queueing.settle(order, at, effects);
    } else {
      effects.note('order-started-elsewhere');
      this.#end(order.orderId, effects);
    }
  }

  #cancel(cancelled: OrderCancelled, effects: Effects): void {
    if (!this.book.orders.has(cancelled.orderId)) return;
    effects.note('order-ended');
    this.#end(cancelled.orderId, effects);
  }

  #line(changed: OrderLineStatusChanged, at: number, effects: Effects): void {
    const order = this.book.orders.get(changed.orderId);
    if (!order?.known || order.released) return;
    const left = order.lines.filter(({ lineId }) => lineId !== changed.lineId);
    if (left.length === order.lines.length || changed.status === 'allocated' || changed.status === 'unknown') return;
    order.lines = left;
    order.started.push(changed.lineId);
    if (left.length > 0) {
      this.#queueing.settle(order, at, effects);
    } else {
      effects.note(changed.status === 'cancelled' ? 'order-ended' : 'order-started-elsewhere');
      this.#end(order.orderId, effects);
    }
  }

  #zone(zone: ZoneDescribed, at: number, effects: Effects): void {
    const { zoneId, siteId, kind, capabilities, capacityPerHour } = zone;
    this.book.putZone({ zoneId, siteId, kind, capabilities, capacityPerHour: capacityPerHour ?? null }, effects);
    const orderIds = [...this.book.unstall(siteId), ...this.book.unstall('')];
    for (const { key, lane } of this.book.queuesOf(siteId)) {
      // Only these lanes depend on what zones can do.
      if (lane === 'express') continue;
      for (const { orderId } of this.book.waiting(key).list) orderIds.push(orderId);
    }
    for (const orderId of orderIds) {
      const order = this.book.orders.get(orderId);
      if (order) this.#queueing.settle(order, at, effects);
    }
  }

  #stock(changed: StockChanged, effects: Effects): void {
    if (changed.status !== 'available') return;
    const id = `${changed.siteId}/${changed.skuId}`;
    const stock = this.book.stock.get(id) ?? { at: {} };
    const onHand = stock.at[changed.locationId] ?? {};
    takeStockChange(onHand, changed);
    if (Object.keys(onHand).length > 0) stock.at[changed.locationId] = onHand;
    else delete stock.at[changed.locationId];
    if (Object.keys(stock.at).length > 0) {
      this.book.stock.set(id, stock);
      effects.save(`stock:${id}`, stock);
    } else {
      this.book.stock.delete(id);
      effects.drop(`stock:${id}`);
    }
  }

  #newOrder(orderId: string): OrderState {
    const order: OrderState = {
      orderId,
      known: false,
      version: 0,
      siteId: null,
      lines: [],
      started: [],
      promisedAt: 0,
      shipBy: null,
      standings: {},
      cause: null,
      queue: null,
      place: null,
      queuedAt: 0,
      laneCause: null,
      enqueueAction: null,
      enqueued: 0,
      released: false,
    };
    this.book.orders.set(orderId, order);
    return order;
  }

  /** Ends an order: it leaves its queue, if it still waits. */
  #end(orderId: string, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (order === undefined) return;
    this.#queueing.leave(order, effects);
    this.book.orders.delete(orderId);
    effects.drop(`order:${orderId}`);
  }
}
