import type { LaneKind, LayoutRules } from './config.ts';
import { type BatchState, Floor } from './floor/floor.ts';
import { type Place, Places } from './floor/places.ts';
import { StockBook, type StockState } from './floor/stock.ts';
import { type LotState, Lots } from './lots/index.ts';
import type { Effects } from './metrics.ts';
import { newOrder, type OrderState, restOf } from './order-state.ts';
import { type HoldState, Holds } from './queues/holds.ts';
import type { Zone } from './queues/lane.ts';
import type { AwaitedFact } from './queues/sweeping.ts';
import { Waiting } from './queues/waiting.ts';

/** A micro-queue: orders of one site that are picked and packed together. */
export interface Queue {
  key: string;
  siteId: string;
  lane: LaneKind;
  zoneId: string | null;
  /** Batches released so far; numbers the next. */
  batches: number;
  /** When packing has room again for what could go now, epoch ms; null when nothing waits for that. */
  retryAt: number | null;
  /** Until when it releases nothing more after a release, epoch ms. */
  pausedUntil?: number;
}

const NOTHING = new Waiting();

/** All that picking knows, in memory, with what is derived from it. */
export class Book {
  readonly orders = new Map<string, OrderState>();
  readonly lots = new Lots();
  readonly stock = new StockBook(this.lots);
  readonly floor = new Floor(this.stock);
  readonly places: Places;
  readonly holds = new Holds();
  /** Life that goods must have left on delivery by customer, hours; of those who ask for any. */
  readonly #asked = new Map<string, number>();
  readonly #zones = new Map<string, Zone>();
  readonly #zonesBySite = new Map<string, Zone[]>();
  readonly #queues = new Map<string, Queue>();
  readonly #queuesBySite = new Map<string, Queue[]>();
  readonly #waiting = new Map<string, Waiting>();
  /** Until when packing has work, by who shares it, epoch ms. */
  readonly #busy = new Map<string, number>();
  /** Orders that wait for the zones of a site; the empty key: for a site at all. */
  readonly #stalled = new Map<string, Set<string>>();
  /** Orders that wait for stock, by site and SKU. */
  readonly #short = new Map<string, Set<string>>();

  constructor(layout: LayoutRules) {
    this.places = new Places(layout);
  }

  restore(key: string, value: object): void {
    const id = key.slice(key.indexOf(':') + 1);
    if (key.startsWith('order:')) this.orders.set(id, value as OrderState);
    else if (key.startsWith('zone:')) this.#keepZone(value as Zone);
    else if (key.startsWith('standing:')) this.holds.restore(value as HoldState);
    else if (key.startsWith('queue:')) this.#keepQueue(value as Queue);
    else if (key.startsWith('stock:')) this.stock.restore(id, value as StockState);
    else if (key.startsWith('lot:')) this.lots.restore(id, value as LotState);
    else if (key.startsWith('life:')) this.lots.putShelfLife(id, (value as { hours: number }).hours);
    else if (key.startsWith('asks:')) this.#asked.set(id, (value as { hours: number }).hours);
    else if (key.startsWith('place:')) this.places.keep(value as Place);
    else if (key.startsWith('batch:')) this.floor.add(value as BatchState);
    else if (key.startsWith('busy:')) this.#busy.set(id, (value as { until: number }).until);
  }

  /** Puts waiting orders back to where they wait once everything is restored. */
  restored(): void {
    for (const order of this.orders.values()) {
      if (order.queue && order.place) this.waitingOf(order.queue).insert(order.place);
      if (order.waitsForStock) this.awaitStock(order);
    }
  }

  orderOf(orderId: string): OrderState {
    let order = this.orders.get(orderId);
    if (order === undefined) {
      order = newOrder(orderId);
      this.orders.set(orderId, order);
    }
    return order;
  }

  putZone(zone: Zone, effects: Effects): void {
    this.#keepZone(zone);
    effects.save(`zone:${zone.zoneId}`, zone);
  }

  zonesOf(siteId: string): readonly Zone[] {
    return this.#zonesBySite.get(siteId) ?? [];
  }

  zone(zoneId: string): Zone | undefined {
    return this.#zones.get(zoneId);
  }

  /** The site of orders that name none: the only one, if there is but one. */
  onlySite(): string | null {
    return this.#zonesBySite.size === 1 ? (this.#zonesBySite.keys().next().value as string) : null;
  }

  /** Notes that an order waits for the zones of a site (`''`: for its site to become clear). */
  stall(siteId: string, orderId: string): void {
    let orders = this.#stalled.get(siteId);
    if (orders === undefined) {
      orders = new Set();
      this.#stalled.set(siteId, orders);
    }
    orders.add(orderId);
  }

  /** Notes that an order waits for the zones of its site no more. */
  unstall({ siteId, orderId }: OrderState): void {
    for (const key of [siteId ?? '', '']) this.#stalled.get(key)?.delete(orderId);
  }

  /** Notes that an order waits for stock of what is left of it. */
  awaitStock(order: OrderState): void {
    for (const { skuId } of restOf(order)) {
      const id = StockBook.idOf(order.siteId!, skuId);
      const orders = this.#short.get(id) ?? new Set();
      this.#short.set(id, orders.add(order.orderId));
    }
  }

  /** Orders that may be elsewhere now that what they await is told: zones of a site, or stock. */
  awaiting(of: AwaitedFact): string[] {
    const id = of.slice(of.indexOf(':') + 1);
    if (of.startsWith('stock:')) {
      return [...(this.#short.get(id) ?? [])].filter((orderId) => {
        const order = this.orders.get(orderId);
        return order?.waitsForStock && isShortOf(order, id);
      });
    }
    const orderIds = new Set([...(this.#stalled.get(id) ?? []), ...(this.#stalled.get('') ?? [])]);
    for (const { key, lane } of this.queuesOf(id)) {
      // Only these lanes depend on what zones can do.
      if (lane === 'express') continue;
      for (const { orderId } of this.waiting(key)) orderIds.add(orderId);
    }
    return [...orderIds];
  }

  /** Notes that an order awaits this no more. Returns whether it is to be looked at. */
  unawait(of: AwaitedFact, order: OrderState): boolean {
    const id = of.slice(of.indexOf(':') + 1);
    if (of.startsWith('zone:')) return true;
    const short = this.#short.get(id);
    if (short?.delete(order.orderId) && short.size === 0) this.#short.delete(id);
    if (!order.waitsForStock || !isShortOf(order, id)) return false;
    order.waitsForStock = false;
    return true;
  }

  /** Keeps what life a customer asks for, hours; nothing where it is null. */
  putAsked(customerId: string, hours: number | null, effects: Effects): void {
    if (hours !== null && hours > 0) {
      this.#asked.set(customerId, hours);
      effects.save(`asks:${customerId}`, { hours });
    } else if (this.#asked.delete(customerId)) {
      effects.drop(`asks:${customerId}`);
    }
  }

  /** Until when goods of an order must be good, epoch ms: its promise, and the life that its customer asks for beyond. */
  goodUntil({ promisedAt, customerId }: OrderState, at: number): number {
    const hours = customerId === undefined ? 0 : (this.#asked.get(customerId) ?? 0);
    return Math.max(at, promisedAt) + hours * 3_600_000;
  }

  /** Until when packing has work, epoch ms. */
  busyUntil(sharedBy: string): number {
    return this.#busy.get(sharedBy) ?? 0;
  }

  setBusy(sharedBy: string, until: number, effects: Effects): void {
    this.#busy.set(sharedBy, until);
    effects.save(`busy:${sharedBy}`, { until });
  }

  queue(siteId: string, lane: LaneKind, zoneId: string | undefined, label: string): Queue {
    const key = `${siteId}/${lane}/${zoneId ?? '-'}/${label || '-'}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = { key, siteId, lane, zoneId: zoneId ?? null, batches: 0, retryAt: null };
      this.#keepQueue(queue);
    }
    return queue;
  }

  queueAt(key: string): Queue | undefined {
    return this.#queues.get(key);
  }

  /** Queues of a site, by key. */
  queuesOf(siteId: string): readonly Queue[] {
    return this.#queuesBySite.get(siteId) ?? [];
  }

  waiting(key: string): Pick<Waiting, 'size' | 'units' | 'first' | typeof Symbol.iterator> {
    return this.#waiting.get(key) ?? NOTHING;
  }

  /** Where the orders of a queue wait, to be changed. */
  waitingOf(key: string): Waiting {
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      waiting = new Waiting();
      this.#waiting.set(key, waiting);
    }
    return waiting;
  }

  /** Takes an order out of its queue, if it is in one. */
  leave(order: OrderState): void {
    if (order.queue !== null && order.place) this.waitingOf(order.queue).remove(order.place);
    order.queue = null;
    order.place = null;
  }

  isHeld({ zoneId }: Queue): boolean {
    return this.holds.isHeld(zoneId);
  }

  /** Keeps a queue with the time at which it is to be looked at; one that is held has none. */
  saveQueue(queue: Queue, effects: Effects): void {
    const next = this.#waiting.get(queue.key)?.next() ?? null;
    const { retryAt, pausedUntil = Number.NEGATIVE_INFINITY } = queue;
    const wakeAt = next === null || retryAt === null ? (next ?? retryAt) : Math.min(next, retryAt);
    effects.save(
      `queue:${queue.key}`,
      queue,
      wakeAt === null || this.isHeld(queue) ? null : Math.max(wakeAt, pausedUntil),
    );
  }

  #keepQueue(queue: Queue): void {
    this.#queues.set(queue.key, queue);
    const list = [...this.queuesOf(queue.siteId).filter(({ key }) => key !== queue.key), queue];
    this.#queuesBySite.set(
      queue.siteId,
      list.sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
  }

  #keepZone(zone: Zone): void {
    const before = this.#zones.get(zone.zoneId);
    if (before) {
      const list = this.#zonesBySite.get(before.siteId)!;
      list.splice(list.indexOf(before), 1);
      if (list.length === 0) this.#zonesBySite.delete(before.siteId);
    }
    this.#zones.set(zone.zoneId, zone);
    const list = this.#zonesBySite.get(zone.siteId);
    if (list) list.push(zone);
    else this.#zonesBySite.set(zone.siteId, [zone]);
  }
}

function isShortOf(order: OrderState, id: string): boolean {
  return restOf(order).some(({ skuId }) => StockBook.idOf(order.siteId!, skuId) === id);
}
