import { type Cause, membershipsOf, type PlaybookChoice, type PlaybookFor } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import type { Book, Queue } from '../book.ts';
import { endCall } from '../calls.ts';
import { type PickingConfig, type Urgency, urgencies } from '../config.ts';
import { Batches } from '../floor/batches.ts';
import type { Effects } from '../metrics.ts';
import { type OrderState, restOf } from '../order-state.ts';
import type { Packing } from '../packing/packing.ts';
import type { Hands } from './company.ts';
import { joinRunning } from './hurrying.ts';
import { chooseLane, type LaneChoice } from './lane.ts';
import type { Queued } from './queued.ts';
import { Releasing } from './releasing.ts';
import { takeUrgency } from './urgency.ts';

/** What the picking decider is made from. */
export interface PickingOptions {
  config: PickingConfig;
  playbookFor: PlaybookFor;
  /** Dimensions of `order` that must be known before an order is queued: those of handling, climate and urgency that the model has. */
  needs(): readonly string[];
}

/** Puts orders into queues, and brings them to where their facts and segments put them. */
export class Queueing {
  readonly batches: Batches;
  readonly releasing: Releasing;
  readonly #hands: Hands;
  readonly #book: Book;
  readonly #options: PickingOptions;

  constructor(book: Book, options: PickingOptions, packing: Packing) {
    this.#book = book;
    this.#options = options;
    this.batches = new Batches(book, options.config, options.playbookFor, packing);
    this.#hands = { book, config: options.config, batches: this.batches };
    this.releasing = new Releasing(this.#hands);
  }

  /** Takes an order out of its queue, if it is in one. */
  leave(order: OrderState, effects: Effects): void {
    const queue = order.queue === null ? undefined : this.#book.queueAt(order.queue);
    this.#book.leave(order);
    if (queue) this.#book.saveQueue(queue, effects);
  }

  /** True while an order cannot be queued yet; one that lacks nothing but its site's zones is noted to wait for those. */
  stallIfReady(order: OrderState): boolean {
    if (!order.known || order.cause === null || !this.#isPlaced(order)) return true;
    const siteId = order.siteId ?? this.#book.onlySite();
    if (siteId !== null && this.#book.zonesOf(siteId).length > 0) return false;
    this.#book.stall(siteId ?? '', order.orderId);
    return true;
  }

  /** An order that need not be shipped by some hour does not wait to be told how urgent it is. */
  #isPlaced({ standings, shipBy, isUrgencyOpen = false }: OrderState): boolean {
    const isSpared = shipBy === null && isUrgencyOpen;
    return this.#options
      .needs()
      .every((dimension) => standings[dimension] !== undefined || (isSpared && dimension === 'urgency'));
  }

  /** Brings an order to where its facts and segments put it now, and releases what that fills. */
  settle(order: OrderState, at: number, effects: Effects): void {
    if (restOf(order).length === 0 || order.waitsForStock || this.stallIfReady(order)) {
      if (order.waitsForStock) this.#book.awaitStock(order);
      else if (restOf(order).length > 0) effects.note('waits-for-facts');
      this.leave(order, effects);
      this.releasing.saveOrder(order, at, effects);
      return;
    }
    this.#book.unstall(order);
    this.releasing.shortages.forget(order, at);
    const queue = this.#place(order, at, effects);
    this.releasing.saveOrder(order, at, effects);
    this.releasing.run(queue, at, effects);
  }

  /** A zone's segment changed: its queues are held, or go on. */
  zoneChanged(change: SegmentChanged, at: number, effects: Effects): void {
    if (!this.#book.holds.changed(change, this.#options.playbookFor, effects)) return;
    const siteId = this.#book.zone(change.entityId)?.siteId ?? '';
    for (const queue of this.#book.queuesOf(siteId)) {
      if (queue.zoneId === change.entityId) this.releasing.run(queue, at, effects);
    }
  }

  /** Puts orders that must wait again back into their queues; their age counts anew, so that nobody asks for them at once. */
  waitAgain(orders: readonly OrderState[], at: number, effects: Effects): void {
    for (const order of orders) {
      order.queuedAt = at;
      this.settle(order, at, effects);
    }
  }

  #place(order: OrderState, at: number, effects: Effects): Queue {
    const { config } = this.#options;
    order.siteId ??= this.#book.onlySite()!;
    const { siteId, level: before } = order;
    const segments: Record<string, string> = {};
    for (const dimension in order.standings) segments[dimension] = order.standings[dimension]!.segment;
    const urgency = takeUrgency(order, segments['urgency'], at, config);
    if (segments['urgency'] !== undefined) segments['urgency'] = urgency;
    const playbook = this.#options.playbookFor(membershipsOf('order', order.standings));
    const choice = chooseLane(segments, siteId, this.#book.zonesOf(siteId));
    let queue = this.#book.queue(siteId, choice.lane, choice.zoneId, String(playbook?.do['lane'] ?? ''));
    if (order.queue !== null && order.queue !== queue.key && choice.decidedBy !== 'climate') {
      if (order.moves >= config.maxMoves) queue = this.#book.queueAt(order.queue)!;
      else order.moves += 1;
    }
    const isNew = order.queue !== queue.key;
    this.#book.leave(order);
    order.queuedAt ||= at;
    order.queue = queue.key;
    order.place = this.#placeOf(order, urgency, playbook?.do['priority'], queue, at);
    this.#book.waitingOf(queue.key).insert(order.place);
    if (isNew) this.#enqueue(order, queue, choice, playbook, at, effects);
    else effects.note('reordered');
    if (urgency === 'late' && (isNew || before !== order.level)) this.#hurry(order, queue, at, effects);
    return queue;
  }

  #hurry(order: OrderState, queue: Queue, at: number, effects: Effects): void {
    // Nobody is to make room for what is not there.
    if (this.#book.isHeld(queue) || this.releasing.shortages.of(order, at).length > 0) return;
    const out = joinRunning(order, queue, this.#hands, at, effects);
    if (out === undefined) return;
    this.#book.leave(order);
    if (order.enqueueAction !== null) effects.done(order.enqueueAction);
    this.waitAgain(out, at, effects);
  }

  #placeOf(order: OrderState, urgency: Urgency, priority: unknown, queue: Queue, at: number): Queued {
    const { config } = this.#options;
    const rules = config.lanes[queue.lane];
    const byAge = order.queuedAt + rules.maxAgeMs[urgency];
    const cutoffAt = (order.shipBy ?? order.promisedAt) - rules.leadMs;
    return {
      orderId: order.orderId,
      rank: urgencies.indexOf(urgency),
      priority: typeof priority === 'number' ? priority : 0,
      promisedAt: order.promisedAt,
      releaseBy: Math.max(at, order.queuedAt + config.settleMs, Math.min(byAge, cutoffAt)),
      cutoffAt,
      units: restOf(order).reduce((sum, line) => sum + line.quantity, 0),
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
    endCall(order, 'the order is queued anew', effects);
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
        lines: restOf(order).length,
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
}

/** The change that decided the lane, where it may command; else the last that may. */
function causeOf(order: OrderState, decidedBy: string): Cause {
  const standing = order.standings[decidedBy];
  if (!standing?.commands) return order.cause!;
  return { ...standing, entityType: 'order', entityId: order.orderId, dimension: decidedBy };
}
