import { causeAfter, type Decider, type Fact, type PlaybookFor, type StatusNews, takeChange } from '@detent/pipeline';
import type {
  Action,
  CustomerErased,
  CustomerProfiled,
  LocationDescribed,
  LotReceived,
  OrderCancelled,
  OrderChanged,
  OrderLineStatusChanged,
  OrderPlaced,
  PickChecked,
  SegmentChanged,
  SkuDescribed,
  StockChanged,
  TaskCompleted,
  ZoneDescribed,
} from '@detent/schemas';
import { Book } from './book.ts';
import { callPeople, endCall } from './calls.ts';
import type { BatchState } from './floor/floor.ts';
import { Picked } from './floor/picked.ts';
import type { Place } from './floor/places.ts';
import { LotNews } from './lots/index.ts';
import type { Effects } from './metrics.ts';
import { type OrderState, restOf } from './order-state.ts';
import { Packing } from './packing/packing.ts';
import { type PickingOptions, Queueing } from './queues/queueing.ts';
import { Sweeping, type SweepState } from './queues/sweeping.ts';

/** Dimensions of an order that say how it is picked. */
export const laneDimensions: ReadonlySet<string> = new Set(['handling', 'climate', 'urgency']);

/** Queues orders for picking, releases batches, and follows them until they are picked. See README.md for the rules. */
export class PickingDecider implements Decider {
  readonly book: Book;
  readonly #playbookFor: PlaybookFor;
  readonly #packing: Packing;
  readonly #queueing: Queueing;
  readonly #sweeping: Sweeping;
  readonly #picked: Picked;
  readonly #lots: LotNews;
  readonly #rules: Readonly<Record<string, (value: never, at: number, effects: Effects) => void>> = {
    'detent.segments.SegmentChanged': (value: SegmentChanged, at, effects) => this.#change(value, at, effects),
    'detent.orders.OrderPlaced': (value: OrderPlaced, at, effects) => this.#order(value, at, effects),
    'detent.orders.OrderChanged': (value: OrderChanged, at, effects) => this.#order(value, at, effects),
    'detent.orders.OrderCancelled': (value: OrderCancelled, at, effects) => this.#cancel(value, at, effects),
    'detent.orders.OrderLineStatusChanged': (value: OrderLineStatusChanged, at, effects) =>
      this.#line(value, at, effects),
    'detent.sites.ZoneDescribed': (value: ZoneDescribed, at, effects) => this.#zone(value, at, effects),
    'detent.sites.LocationDescribed': (value: LocationDescribed, _at, effects) => this.#location(value, effects),
    'detent.inventory.SkuDescribed': (value: SkuDescribed, _at, effects) => {
      this.#packing.learn(value, effects);
      this.#lots.described(value, effects);
    },
    'detent.inventory.LotReceived': (value: LotReceived, at, effects) => this.#lots.received(value, at, effects),
    'detent.customers.CustomerProfiled': ({ customerId, minRemainingLifeHours }: CustomerProfiled, _at, effects) =>
      this.book.putAsked(customerId, minRemainingLifeHours ?? null, effects),
    'detent.customers.CustomerErased': ({ customerId }: CustomerErased, _at, effects) =>
      this.book.putAsked(customerId, null, effects),
    'detent.inventory.StockChanged': (value: StockChanged, at, effects) => this.#picked.stock(value, at, effects),
    'detent.warehouse.TaskCompleted': (value: TaskCompleted, at, effects) => this.#picked.task(value, at, effects),
    'detent.outcomes.PickChecked': (value: PickChecked, at, effects) => this.#picked.checked(value, at, effects),
  };

  constructor(options: PickingOptions) {
    this.book = new Book(options.config.layout);
    this.#playbookFor = options.playbookFor;
    this.#packing = new Packing(options.config, options.playbookFor);
    this.#queueing = new Queueing(this.book, options, this.#packing);
    this.#sweeping = new Sweeping(this.book, options.config, (order, at, effects) =>
      this.#queueing.settle(order, at, effects),
    );
    this.#picked = new Picked(this.book, this.#queueing, this.#sweeping);
    this.#lots = new LotNews(this.book, options.config, options.playbookFor, this.#sweeping);
  }

  restore(key: string, value: object): void {
    if (key.startsWith('sku:') || key.startsWith('pack:')) this.#packing.restore(key, value);
    else if (key.startsWith('sweep:')) this.#sweeping.restore(key.slice('sweep:'.length), value as SweepState);
    else this.book.restore(key, value);
  }

  restored(): void {
    this.book.restored();
    for (const order of this.book.orders.values()) {
      if (order.queue !== null || restOf(order).length === 0 || order.waitsForStock) continue;
      const siteId = order.siteId ?? this.book.onlySite();
      if (!this.#queueing.stallIfReady(order) && siteId !== null && this.#sweeping.isYetTo(`zone:${siteId}`, order))
        this.book.stall(siteId, order.orderId);
    }
  }

  decide({ name, value, at }: Fact, effects: Effects): void {
    this.#rules[name]?.(value as never, at, effects);
  }

  due(key: string, at: number, effects: Effects): void {
    const id = key.slice(key.indexOf(':') + 1);
    if (key.startsWith('order:')) this.#wake(id, at, effects);
    else if (key.startsWith('pack:')) this.#pack(id, at, effects);
    else if (key.startsWith('batch:')) this.#batchDue(id, at, effects);
    else if (key.startsWith('lot:')) this.#lots.due(id, at, effects);
    else if (key.startsWith('sweep:')) this.#sweeping.due(id, at, effects);
    else if (key.startsWith('queue:')) {
      const queue = this.book.queueAt(id);
      if (queue) this.#queueing.releasing.run(queue, at, effects);
    }
  }

  status(news: StatusNews, action: Action, effects: Effects): void {
    if (action.type === 'release-batch') this.#batchStatus(news, action, effects);
    else if (news.status === 'failed' || news.status === 'rejected') this.#refused(news, action, effects);
  }

  /** What an order was to be done with is not: its cartons are others, or people are called. */
  #refused(news: StatusNews, action: Action, effects: Effects): void {
    const order = this.book.orders.get(action.target.entityId);
    if (order === undefined) return;
    if (action.type === 'pack') {
      if (!this.#packing.refused(order, action, news, effects)) return;
    } else if (action.type === 'enqueue' && order.enqueueAction === action.actionId && order.queue !== null) {
      const so = 'it keeps its place, and goes with its batch unless somebody prevents it';
      callPeople(order, action, news, so, this.#playbookFor, effects);
    } else return;
    this.#queueing.releasing.saveOrder(order, news.at, effects);
  }

  /** A batch is taken up, done, or gives its orders back because it will not be picked. */
  #batchStatus({ status, at }: StatusNews, { actionId }: Action, effects: Effects): void {
    const batch = this.book.floor.byAction(actionId);
    if (batch === undefined) return;
    if (status === 'accepted' || status === 'partial' || status === 'done') {
      batch.begun = true;
      if (status === 'done') for (const task of batch.tasks) task.done = true;
      this.#queueing.batches.finish(batch, at, effects);
      return;
    }
    // It is worked on, and may only have been due early, for one of its orders.
    if (status === 'expired' && batch.begun && this.#queueing.batches.mayGoOn(batch, at)) {
      batch.overdue = true;
      this.#queueing.batches.save(batch, at, effects);
    } else this.#giveBack(batch, at, effects);
  }

  #batchDue(batchId: string, at: number, effects: Effects): void {
    const batch = this.book.floor.batches.get(batchId);
    if (batch?.overdue && !batch.closed) this.#giveBack(batch, at, effects);
    else this.#queueing.batches.forget(batchId, effects);
  }

  /** What was not picked of a batch waits again. */
  #giveBack(batch: BatchState, at: number, effects: Effects): void {
    effects.note('batch-not-picked');
    const orders = new Set<OrderState>();
    for (const task of batch.tasks.filter(({ done }) => !done)) {
      const order = this.book.orders.get(task.orderId);
      if (order === undefined) continue;
      orders.add(order);
      this.#queueing.batches.cut(batch, order, task, task.quantity);
    }
    batch.closed = true;
    this.#queueing.batches.save(batch, at, effects);
    this.#queueing.waitAgain([...orders], at, effects);
  }

  #change(change: SegmentChanged, at: number, effects: Effects): void {
    if (change.entityType === 'zone') this.#queueing.zoneChanged(change, at, effects);
    if (change.entityType === 'lot') this.#lots.changed(change, at, effects);
    if (change.entityType !== 'order' || !laneDimensions.has(change.dimension)) return;
    if (!this.book.orders.has(change.entityId) && (change.to === null || change.to === undefined)) return;
    const order = this.book.orderOf(change.entityId);
    const taken = takeChange(order.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
    } else if (taken === 'ended') {
      effects.note('order-ended');
      this.#end(order, 'the order has ended', at, effects);
    } else {
      order.cause = causeAfter(order.cause, change, order.standings);
      order.isUrgencyOpen = isLeftOpen('urgency', change.microSegment);
      this.#queueing.settle(order, at, effects);
    }
  }

  #order(placed: OrderPlaced | OrderChanged, at: number, effects: Effects): void {
    const order = this.book.orderOf(placed.orderId);
    if (order.known && placed.version <= order.version) {
      effects.note('order-version-seen-before');
      return;
    }
    order.known = true;
    order.version = placed.version;
    // What is in batches of a site stays there.
    if (Object.keys(order.given).length === 0) order.siteId = placed.siteId ?? order.siteId;
    order.promisedAt = placed.promisedAt;
    order.customerId = placed.customerId;
    order.shipBy = placed.shipBy ?? null;
    order.lines = placed.lines
      .filter(({ lineId, quantity }) => quantity > 0 && !order.started.includes(lineId))
      .map(({ lineId, skuId, quantity }) => ({ lineId, skuId, quantity }));
    order.waitsForStock = false;
    if (order.lines.length === 0) {
      effects.note('order-started-elsewhere');
      this.#end(order, `nothing is left to be picked of order ${order.orderId} as it was changed`, at, effects);
      return;
    }
    this.#takeExcess(order, `order ${order.orderId} was changed`, at, effects);
    this.#queueing.settle(order, at, effects);
  }

  #cancel({ orderId, reason }: OrderCancelled, at: number, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (order === undefined) return;
    effects.note('order-ended');
    const why = reason ? `: ${reason}` : '';
    this.#end(order, `order ${orderId} is cancelled${why}`, at, effects);
  }

  #line({ orderId, lineId, status }: OrderLineStatusChanged, at: number, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (!order?.known || status === 'allocated' || status === 'unknown') return;
    if (order.given[lineId] !== undefined && status !== 'cancelled') {
      if (status !== 'released') this.#picked.line(order, lineId, at, effects);
      return;
    }
    const left = order.lines.filter((line) => line.lineId !== lineId);
    if (left.length === order.lines.length) return;
    order.lines = left;
    order.started.push(lineId);
    if (left.length === 0) {
      effects.note(status === 'cancelled' ? 'order-ended' : 'order-started-elsewhere');
      const because =
        status === 'cancelled'
          ? `the last line of order ${orderId} is cancelled`
          : `the floor picks order ${orderId} by itself: the last of its lines (${lineId}) was told to be ${status}`;
      this.#end(order, because, at, effects);
      return;
    }
    this.#takeExcess(order, `line ${lineId} of order ${orderId} is cancelled`, at, effects);
    this.#queueing.settle(order, at, effects);
  }

  #zone(zone: ZoneDescribed, at: number, effects: Effects): void {
    const { zoneId, siteId, kind, capabilities, capacityPerHour } = zone;
    this.book.putZone({ zoneId, siteId, kind, capabilities, capacityPerHour: capacityPerHour ?? null }, effects);
    this.#sweeping.begin(`zone:${siteId}`, at, effects);
  }

  #location({ locationId, siteId, zoneId, aisle, bay, travelM }: LocationDescribed, effects: Effects): void {
    const place: Place = {
      locationId,
      siteId,
      zoneId,
      aisle: aisle ?? null,
      bay: bay ?? null,
      travelM: travelM ?? null,
    };
    this.book.places.keep(place);
    effects.save(`place:${locationId}`, place);
  }

  #pack(orderId: string, at: number, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (this.#packing.due(order, orderId, at, effects)) this.#queueing.releasing.saveOrder(order!, at, effects);
  }

  /** Takes out of batches what is more than ordered. */
  #takeExcess(order: OrderState, because: string, at: number, effects: Effects): void {
    const excess = new Map<string, number>();
    for (const [lineId, given] of Object.entries(order.given)) {
      const line = order.lines.find((each) => each.lineId === lineId);
      if (given > (line?.quantity ?? 0)) excess.set(lineId, given - (line?.quantity ?? 0));
    }
    if (excess.size > 0) this.#queueing.batches.takeBack(order, excess, because, at, effects);
  }

  #wake(orderId: string, at: number, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (order === undefined) return;
    if (order.wakeAt !== null && order.wakeAt <= at) {
      order.wakeAt = null;
      order.waitsForStock = false;
      this.#queueing.settle(order, at, effects);
      return;
    }
    // Nothing was heard of it for the whole retention: it is over, or never will be.
    effects.note('order-forgotten');
    this.#end(order, 'nothing was heard of the order for long', at, effects);
  }

  /** Ends an order: it leaves its queue and the batches that it is in. */
  #end(order: OrderState, because: string, at: number, effects: Effects): void {
    if (order.queue !== null && order.enqueueAction !== null) effects.withdraw(order.enqueueAction, because);
    endCall(order, because, effects);
    this.#queueing.leave(order, effects);
    this.#queueing.batches.takeBack(order, new Map(Object.entries(order.given)), because, at, effects);
    this.book.orders.delete(order.orderId);
    effects.drop(`order:${order.orderId}`);
  }
}

/** Whether an entity that stands so has no segment yet on a dimension: no change of it is on its way. */
function isLeftOpen(dimension: string, microSegment: string): boolean {
  return microSegment !== '' && !microSegment.split('|').some((part) => part.startsWith(`${dimension}=`));
}
