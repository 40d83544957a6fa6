import { type Cause, type Effects, membershipsOf, type PlaybookChoice, type PlaybookFor } from '@detent/pipeline';
import { isFull, pickFrom, type Queued, splitTasks, takeCount } from './batch.ts';
import type { Book, OrderState, Queue } from './book.ts';
import { type PickingConfig, type Urgency, urgencies } from './config.ts';
import { chooseLane, type LaneChoice } from './lane.ts';
import type { Packing } from './packing.ts';

/** What the picking decider is made from. */
export interface PickingOptions {
  config: PickingConfig;
  playbookFor: PlaybookFor;
  /** Dimensions of `order` that must be known before an order is queued: those of handling, climate and urgency that the model has. */
  needs(): readonly string[];
}

/** Puts orders into queues and releases batches from them. */
export class Queueing {
  readonly #book: Book;
  readonly #options: PickingOptions;
  readonly #packing: Packing;

  constructor(book: Book, options: PickingOptions, packing: Packing) {
    this.#book = book;
    this.#options = options;
    this.#packing = packing;
  }

  /** Takes an order out of its queue, if it is in one. */
  leave(order: OrderState, effects: Effects): void {
    if (order.queue === null) return;
    if (order.place) this.#book.remove(order.queue, order.place);
    const queue = this.#book.queueAt(order.queue)!;
    order.queue = null;
    order.place = null;
    this.saveQueue(queue, effects);
  }

  /** True while an order cannot be queued yet; one that lacks nothing but its site's zones is noted to wait for those. */
  stallIfReady(order: OrderState): boolean {
    if (!order.known || order.released || order.cause === null || !this.#isPlaced(order)) return true;
    const siteId = order.siteId ?? this.#book.onlySite();
    if (siteId !== null && this.#book.zonesOf(siteId).length > 0) return false;
    this.#book.stall(siteId ?? '', order.orderId);
    return true;
  }

  #isPlaced(order: OrderState): boolean {
    return this.#options.needs().every((dimension) => order.standings[dimension] !== undefined);
  }

  /** Brings an order to where its facts and segments put it now, and releases what that fills. */
  settle(order: OrderState, at: number, effects: Effects): void {
    const { config } = this.#options;
    if (order.released || this.stallIfReady(order)) {
      if (!order.released) effects.note('waits-for-facts');
      effects.save(`order:${order.orderId}`, order, at + config.retentionMs);
      return;
    }
    order.siteId ??= this.#book.onlySite()!;
    const { siteId } = order;
    const segments: Record<string, string> = {};
    for (const dimension in order.standings) segments[dimension] = order.standings[dimension]!.segment;
    const playbook = this.#options.playbookFor(membershipsOf('order', order.standings));
    const choice = chooseLane(segments, siteId, this.#book.zonesOf(siteId));
    const queue = this.#book.queue(siteId, choice.lane, choice.zoneId, String(playbook?.do['lane'] ?? ''));

    if (order.queue !== queue.key) {
      this.leave(order, effects);
      order.queuedAt ||= at;
      order.queue = queue.key;
      order.place = this.#placeOf(order, segments['urgency'], playbook?.do['priority'], queue);
      this.#book.insert(queue.key, order.place);
      this.#enqueue(order, queue, choice, playbook, at, effects);
    } else {
      this.#book.remove(queue.key, order.place!);
      order.place = this.#placeOf(order, segments['urgency'], playbook?.do['priority'], queue);
      this.#book.insert(queue.key, order.place);
      effects.note('reordered');
    }
    effects.save(`order:${order.orderId}`, order, at + config.retentionMs);
    const rules = config.lanes[queue.lane];
    for (;;) {
      const { list, units } = this.#book.waiting(queue.key);
      if (!isFull(list, units, rules)) break;
      this.release(queue, at, 'it is full', effects);
    }
    this.saveQueue(queue, effects);
  }

  #placeOf(order: OrderState, urgency: string | undefined, priority: unknown, queue: Queue): Queued {
    const { config } = this.#options;
    const rules = config.lanes[queue.lane];
    const level: Urgency = urgencies.find((name) => name === urgency) ?? 'normal';
    const byAge = order.queuedAt + rules.maxAgeMs[level];
    const byDeadline = (order.shipBy ?? order.promisedAt) - rules.leadMs;
    return {
      orderId: order.orderId,
      rank: urgencies.indexOf(level),
      priority: typeof priority === 'number' ? priority : 0,
      promisedAt: order.promisedAt,
      releaseBy: Math.max(order.queuedAt + config.settleMs, Math.min(byAge, byDeadline)),
      units: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    };
  }

  #enqueue(
    order: OrderState,
    queue: Queue,
    choice: LaneChoice,
    playbook: PlaybookChoice | undefined,
    at: number,
    effects: Effects,
  ): void {
    const place = order.place!;
    const cause = causeOf(order, choice.decidedBy);
    order.laneCause = cause;
    order.enqueued += 1;
    const supersedes = order.enqueueAction;
    order.enqueueAction = effects.act({
      type: 'enqueue',
      target: { entityType: 'order', entityId: order.orderId },
      siteId: queue.siteId,
      cause,
      n: order.enqueued,
      because: `${cause.dimension} is ${cause.segment}: ${cause.text}`,
      details: {
        queue: queue.key,
        lane: queue.lane,
        ...(queue.zoneId === null ? {} : { zoneId: queue.zoneId }),
        units: place.units,
        lines: order.lines.length,
        releaseBy: place.releaseBy,
      },
      alternatives: choice.alternatives,
      playbook,
      validUntil: Math.max(place.releaseBy, at + this.#options.config.settleMs),
      ...(supersedes === null ? {} : { supersedes }),
      undo: { type: 'dequeue', details: { queue: queue.key } },
    });
    effects.note('queued');
  }

  /** Releases the next batch of a queue, in the order of picking. */
  release(queue: Queue, at: number, why: string, effects: Effects): void {
    const { config } = this.#options;
    const rules = config.lanes[queue.lane];
    const { list } = this.#book.waiting(queue.key);
    const places = list.slice(0, takeCount(list, rules));
    const orders = places.map(({ orderId }) => this.#book.orders.get(orderId)!);
    const tasks = orders.flatMap((order) =>
      order.lines.flatMap((line) =>
        pickFrom(order.orderId, line, this.#book.stock.get(`${queue.siteId}/${line.skuId}`)?.at),
      ),
    );
    const lead = orders[0]!;
    const playbook = this.#options.playbookFor(membershipsOf('order', lead.standings));
    const cause = lead.laneCause!;
    const parts = splitTasks(tasks, rules.maxUnits);
    for (const [index, part] of parts.entries()) {
      queue.batches += 1;
      const batchId = `${queue.key}#${queue.batches}`;
      const units = part.reduce((sum, task) => sum + task.quantity, 0);
      effects.act({
        type: 'release-batch',
        target: queue.zoneId
          ? { entityType: 'zone', entityId: queue.zoneId }
          : { entityType: 'site', entityId: queue.siteId },
        siteId: queue.siteId,
        cause,
        n: batchId,
        because: `queue ${queue.key} releases ${orders.length} order(s), ${units} units, because ${why}; first is ${lead.orderId}, whose ${cause.dimension} is ${cause.segment}: ${cause.text}`,
        details: {
          batchId,
          queue: queue.key,
          lane: queue.lane,
          orders: orders.length,
          units,
          part: index + 1,
          parts: parts.length,
        },
        tasks: part,
        alternatives: leftBehind(list, places.length, rules.maxUnits, rules.maxOrders),
        playbook,
        validUntil: at + config.batchValidMs,
        undo: { type: 'cancel-batch', details: { batchId } },
      });
      effects.note('batch-released');
    }
    for (const order of orders) {
      this.#book.remove(queue.key, order.place!);
      order.queue = null;
      order.place = null;
      order.released = true;
      this.#pack(order, queue.siteId, at, effects);
      effects.save(`order:${order.orderId}`, order, at + config.retentionMs);
    }
  }

  #pack(order: OrderState, siteId: string, at: number, effects: Effects): void {
    const playbook = this.#options.playbookFor(membershipsOf('order', order.standings));
    const validUntil = at + this.#options.config.batchValidMs;
    this.#packing.pack({ order, siteId, cause: order.laneCause!, playbook, at, validUntil }, effects);
  }

  /** Saves a queue with the instant at which its next order must go. */
  saveQueue(queue: Queue, effects: Effects): void {
    effects.save(`queue:${queue.key}`, queue, this.#book.nextRelease(queue.key));
  }
}

/** The change that decided the lane, where it may command; else the last that may. */
function causeOf(order: OrderState, decidedBy: string): Cause {
  const standing = order.standings[decidedBy];
  if (!standing?.commands) return order.cause!;
  return { ...standing, entityType: 'order', entityId: order.orderId, dimension: decidedBy };
}

/** The first order that stays, with what it would have made of the batch. */
function leftBehind(list: readonly Queued[], taken: number, maxUnits: number, maxOrders: number) {
  const next = list[taken];
  if (next === undefined) return [];
  const units = list.slice(0, taken + 1).reduce((sum, place) => sum + place.units, 0);
  const rejectedBecause =
    units > maxUnits
      ? `the batch would hold more than ${maxUnits} units`
      : `the batch would hold more than ${maxOrders} orders`;
  return [{ what: `with order ${next.orderId}`, rejectedBecause, value: units, unit: 'units' }];
}
