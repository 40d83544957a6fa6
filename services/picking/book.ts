import type { Cause, Effects, OnHand, Standings } from '@detent/pipeline';
import { compareQueued, type Queued } from './batch.ts';
import type { LaneKind } from './config.ts';
import type { Zone } from './lane.ts';

/** A line of an order that is still to be picked. */
export interface OrderLine {
  lineId: string;
  skuId: string;
  quantity: number;
}

/** Where an order stands in picking. */
export interface OrderState {
  orderId: string;
  /** False until the order itself was seen: its changes may come first. */
  known: boolean;
  version: number;
  siteId: string | null;
  /** Lines still to be picked. */
  lines: OrderLine[];
  /** Lines that were picked by others, or cancelled: a later version of the order does not bring them back. */
  started: string[];
  promisedAt: number;
  shipBy: number | null;
  standings: Standings;
  /** The last change that may command; an order without one is left alone. */
  cause: Cause | null;
  /** Its queue and its place in it, while it waits. */
  queue: string | null;
  place: Queued | null;
  queuedAt: number;
  /** The change that decided its lane. */
  laneCause: Cause | null;
  /** Id and count of its `enqueue` actions. */
  enqueueAction: string | null;
  enqueued: number;
  released: boolean;
}

/** A micro-queue: orders of one site that are picked and packed together. */
export interface Queue {
  key: string;
  siteId: string;
  lane: LaneKind;
  zoneId: string | null;
  /** Batches released so far; numbers the next. */
  batches: number;
}

/** What lies of one SKU at one site, by location. */
export interface StockState {
  at: Record<string, OnHand>;
}

/** All that picking knows, in memory, with what is derived from it. */
export class Book {
  readonly orders = new Map<string, OrderState>();
  readonly stock = new Map<string, StockState>();
  readonly #zones = new Map<string, Zone>();
  readonly #zonesBySite = new Map<string, Zone[]>();
  readonly #queues = new Map<string, Queue>();
  /** Orders by queue, in the order of picking, and their units. */
  readonly #waiting = new Map<string, { list: Queued[]; units: number }>();
  /** Orders that wait for the zones of a site; the empty key: for a site at all. */
  readonly #stalled = new Map<string, Set<string>>();

  restore(key: string, value: object): void {
    const id = key.slice(key.indexOf(':') + 1);
    if (key.startsWith('order:')) this.orders.set(id, value as OrderState);
    else if (key.startsWith('zone:')) this.#keepZone(value as Zone);
    else if (key.startsWith('queue:')) this.#queues.set(id, value as Queue);
    else if (key.startsWith('stock:')) this.stock.set(id, value as StockState);
  }

  /** Puts waiting orders back into their queues once everything is restored. */
  restored(): void {
    for (const order of this.orders.values()) if (order.queue && order.place) this.insert(order.queue, order.place);
  }

  putZone(zone: Zone, effects: Effects): void {
    this.#keepZone(zone);
    effects.save(`zone:${zone.zoneId}`, zone);
  }

  zonesOf(siteId: string): readonly Zone[] {
    return this.#zonesBySite.get(siteId) ?? [];
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

  /** Takes the orders that waited for this site, in the order of their ids. */
  unstall(siteId: string): string[] {
    const orders = [...(this.#stalled.get(siteId) ?? [])].sort();
    this.#stalled.delete(siteId);
    return orders;
  }

  queue(siteId: string, lane: LaneKind, zoneId: string | undefined, label: string): Queue {
    const key = `${siteId}/${lane}/${zoneId ?? '-'}/${label || '-'}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = { key, siteId, lane, zoneId: zoneId ?? null, batches: 0 };
      this.#queues.set(key, queue);
    }
    return queue;
  }

  queueAt(key: string): Queue | undefined {
    return this.#queues.get(key);
  }

  /** Queues of a site whose orders may now find a better lane. */
  queuesOf(siteId: string): Queue[] {
    return [...this.#queues.values()]
      .filter((queue) => queue.siteId === siteId)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  waiting(key: string): { readonly list: readonly Queued[]; readonly units: number } {
    return this.#waiting.get(key) ?? { list: [], units: 0 };
  }

  /** Inserts in the order of picking. */
  insert(key: string, place: Queued): void {
    let queue = this.#waiting.get(key);
    if (queue === undefined) {
      queue = { list: [], units: 0 };
      this.#waiting.set(key, queue);
    }
    let low = 0;
    for (let high = queue.list.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (compareQueued(queue.list[middle]!, place) < 0) low = middle + 1;
      else high = middle;
    }
    queue.list.splice(low, 0, place);
    queue.units += place.units;
  }

  /** Takes an order out of its queue. */
  remove(key: string, orderId: string): void {
    const queue = this.#waiting.get(key);
    const index = queue?.list.findIndex((place) => place.orderId === orderId) ?? -1;
    if (queue === undefined || index < 0) return;
    queue.units -= queue.list[index]!.units;
    queue.list.splice(index, 1);
    if (queue.list.length === 0) this.#waiting.delete(key);
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
