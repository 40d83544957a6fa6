import { type Cause, type Effects, type OnHand, type Standings, Timers } from '@detent/pipeline';
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

/** The orders in a queue, in the order of picking. */
interface Waiting {
  list: Queued[];
  units: number;
  /** When each must be released. */
  release: Timers;
}

/** All that picking knows, in memory, with what is derived from it. */
export class Book {
  readonly orders = new Map<string, OrderState>();
  readonly stock = new Map<string, StockState>();
  readonly #zones = new Map<string, Zone>();
  readonly #zonesBySite = new Map<string, Zone[]>();
  readonly #queues = new Map<string, Queue>();
  readonly #waiting = new Map<string, Waiting>();
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

  /** When the next order of a queue must be released, epoch ms; null when it is empty. */
  nextRelease(key: string): number | null {
    return this.#waiting.get(key)?.release.next() ?? null;
  }

  /** Inserts in the order of picking. */
  insert(key: string, place: Queued): void {
    let queue = this.#waiting.get(key);
    if (queue === undefined) {
      queue = { list: [], units: 0, release: new Timers() };
      this.#waiting.set(key, queue);
    }
    queue.list.splice(indexOf(queue.list, place), 0, place);
    queue.units += place.units;
    queue.release.set(place.orderId, place.releaseBy);
  }

  /** Takes an order out of its queue; `place` as it was inserted. */
  remove(key: string, place: Queued): void {
    const queue = this.#waiting.get(key);
    if (queue === undefined) return;
    const index = indexOf(queue.list, place);
    if (queue.list[index]?.orderId !== place.orderId) return;
    queue.units -= place.units;
    queue.list.splice(index, 1);
    queue.release.set(place.orderId, null);
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

/** Where a place stands, or belongs, in the order of picking. */
function indexOf(list: readonly Queued[], place: Queued): number {
  let low = 0;
  for (let high = list.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (compareQueued(list[middle]!, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
