import type { Effects } from '@detent/pipeline';
import { type AssignmentBudget, type AssignmentProblem, assign } from '../assignment/index.ts';
import { leastOf } from '../book/index-of.ts';
import type { Assignment, OrderState } from '../book/states.ts';
import type { Desk } from '../offers/desk.ts';
import { isOffer, type Offer, type Rejection, round } from '../offers/offer.ts';
import { giveTo } from './giving.ts';

/** Small, for a step of the service waits for it; a lane's orders are a hundred at most. */
const BUDGET: AssignmentBudget = { steps: 80, every: 10, looks: 40_000 };
/** An order that nobody takes costs so much more than any offer. */
const UNSERVED = 10_000;
/** Giving room to an order that has none counts dearer by so much: never at the cost of one that has. */
const NEW = UNSERVED / 2;

interface Entry {
  order: OrderState;
  current: Assignment | null;
  results: (Offer | Rejection)[];
  offers: Offer[];
  /** The offer that is what it holds. */
  same: Offer | undefined;
}

/**
 * Assigns the orders of a lane anew, all together: near each cutoff, and when the capacity that is left takes an order no
 * more. An order changes its carrier only where all together save more than their changes cost. A lane is balanced once in
 * `balanceEveryMs` and at its cutoffs, and so many orders at most, so that a shortage costs the same however many it meets.
 */
export class Balancing {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /**
   * Seeks room for an order that finds none. `given`: it was found at once. `waits`: the order waits for the next balance
   * of its lane, which comes before the first of the cutoffs that it could make (`handoverBy`, epoch ms). `none`: a balance
   * was of no use just now, or so many wait already that it could not look at one more.
   */
  seekRoom(
    order: OrderState,
    laneId: string,
    handoverBy: number,
    at: number,
    effects: Effects,
  ): 'given' | 'waits' | 'none' {
    const { book, config } = this.#desk;
    const lastAt = book.balances.get(laneId)?.lastAt ?? null;
    const next = lastAt === null ? at : Math.max(at, lastAt + config.balanceEveryMs);
    const dueAt = Math.min(next, Math.max(at, handoverBy - config.tenderMs));
    if (dueAt > at) {
      const key = `room:${laneId}`;
      if (book.waiting.size(key) >= config.balanceMost / 2) return 'none';
      order.waitingSince = null;
      book.waitFor(order, key);
      book.expectBalance(laneId, dueAt, at, effects);
      effects.note('waits-for-room');
      return 'waits';
    }
    if (lastAt === at) return 'none';
    this.#balance(laneId, [order], at, effects);
    return order.assignment === null ? 'none' : 'given';
  }

  /**
   * The instant of a lane's balance has come: whoever waits for it, can still change, or could not be taken by anybody, is
   * looked at. Returns those that waited and found no room again.
   */
  due(laneId: string, at: number, effects: Effects): OrderState[] {
    const { book, config } = this.#desk;
    const waited = book.waiting.take(`room:${laneId}`).map((orderId) => book.orders.get(orderId)!);
    for (const order of waited) order.waitsFor = null;
    const stranded = leastOf(this.#strandedOn(laneId, at), config.balanceMost / 2 - waited.length, bySoonest);
    this.#balance(laneId, [...waited, ...stranded], at, effects);
    let next = Number.POSITIVE_INFINITY;
    for (const { assignment } of this.#assignedOn(laneId)) {
      const dueAt = assignment!.handoverBy - config.tenderMs;
      if (dueAt > at) next = Math.min(next, dueAt);
    }
    if (next < Number.POSITIVE_INFINITY) book.expectBalance(laneId, next, at, effects);
    return waited.filter(({ assignment }) => assignment === null);
  }

  /** Escalated orders that capacity might still help. */
  *#strandedOn(laneId: string, at: number): Iterable<OrderState> {
    const { book } = this.#desk;
    for (const orderId of book.waiting.unsorted(`lane:${laneId}`)) {
      const order = book.orders.get(orderId)!;
      if (order.escalation !== null && order.promisedAt > at && this.#desk.lacking(order) === null) yield order;
    }
  }

  *#assignedOn(laneId: string): Iterable<OrderState> {
    const { book } = this.#desk;
    for (const orderId of book.assignedOn.unsorted(laneId)) {
      const order = book.orders.get(orderId)!;
      if (!order.closed && order.assignment!.load === null) yield order;
    }
  }

  /** Orders whose goods need not be handed over just now. */
  *#openOn(laneId: string, at: number): Iterable<OrderState> {
    const from = at + this.#desk.config.tenderMs;
    for (const order of this.#assignedOn(laneId)) if (order.assignment!.handoverBy >= from) yield order;
  }

  #balance(laneId: string, unserved: readonly OrderState[], at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    book.balanced(laneId, at, effects);
    // Whose goods must be handed over now stays; the next to be handed over come first, and who is beyond is left alone.
    const open = leastOf(this.#openOn(laneId, at), config.balanceMost - unserved.length, byHandover);
    const orders = [...unserved, ...open];
    if (orders.length === 0) return;
    const before = orders.map(({ assignment }) => assignment);
    for (const order of orders) book.unassign(order, false, effects);
    const asked = orders.map((order, i) => this.#ask(order, before[i]!, laneId, at));
    // Who could not be given again what it holds is left alone with it.
    for (const { order, current, same } of asked) if (current && !same) book.assign(order, current, effects);
    const entries = asked.filter(({ current, same }) => current === null || same !== undefined);
    const problem = this.#problemOf(entries);
    const { chosen } = assign(problem, BUDGET);
    const offerOf = (i: number) => (chosen[i]! < 0 ? undefined : entries[i]!.offers[chosen[i]!]);
    const total = problem.options.reduce((sum, of, i) => sum + (chosen[i]! < 0 ? UNSERVED : of[chosen[i]!]!.cost), 0);
    const now = entries.reduce((sum, { same }) => sum + (same?.score ?? UNSERVED), 0);
    // Who has a carrier is not left without one, whoever could go instead.
    const isLeft = entries.some(({ current }, i) => current !== null && chosen[i]! < 0);
    const isBetter = !isLeft && total < now - 1e-6;
    const more = entries.filter(({ current }, i) => current === null && chosen[i]! >= 0).length;
    const gain =
      more > 0 ? `takes ${more} more of its orders` : `serves it better: all changes save ${round(now - total)}`;
    const moves: number[] = [];
    for (const [i, { order, current, same }] of entries.entries()) {
      const offer = offerOf(i);
      const isKept = current !== null && (!isBetter || offer === undefined || offer === same);
      if (isKept) book.assign(order, current, effects);
      else if (isBetter && offer) moves.push(i);
    }
    for (const i of moves) {
      const { order, current, same, results } = entries[i]!;
      const offer = offerOf(i)!;
      if (current === null) book.stopWaiting(order);
      giveTo(
        this.#desk,
        {
          ...{ order, offer, results, cause: order.cause! },
          supersedes: current?.actionId ?? order.escalation,
          was:
            current && same
              ? {
                  what: `${current.carrierId}/${current.serviceId} as before`,
                  rejectedBecause: `the capacity of the lane, given otherwise, ${gain}`,
                  value: round(same.score),
                  unit: config.currency,
                }
              : undefined,
          change: same ? { ...(more > 0 ? {} : { saving: now - total }), cost: config.changeCost } : undefined,
        },
        at,
        effects,
      );
      book.saveOrder(order, at, effects);
    }
    if (moves.length > 0) effects.note('balanced');
  }

  #ask(order: OrderState, current: Assignment | null, laneId: string, at: number): Entry {
    const results = this.#desk.ask(laneId, this.#desk.demandOf(order, laneId, at));
    const offers = results.filter(isOffer);
    return {
      order,
      current,
      results,
      offers,
      same: current ? offers.find((offer) => isSame(offer, current)) : undefined,
    };
  }

  #problemOf(entries: readonly Entry[]): AssignmentProblem {
    const { book, config } = this.#desk;
    const index = new Map<string, number>();
    const capacity: number[] = [];
    const options = entries.map(({ current, same, offers }) => {
      return offers.map((offer) => {
        const margin =
          current === null
            ? NEW
            : same && offer !== same
              ? Math.max(config.changeCost, same.score * config.switchShare)
              : 0;
        return {
          cost: offer.score + margin,
          uses: offer.uses.flatMap(({ key, amount }) => {
            const left = book.leftOf(key, offer);
            if (left === undefined) return [];
            if (!index.has(key)) {
              index.set(key, capacity.length);
              capacity.push(Math.max(0, left));
            }
            return [{ resource: index.get(key)!, amount }];
          }),
        };
      });
    });
    return { options, capacity, unservedCost: UNSERVED };
  }
}

function isSame(offer: Offer, current: Assignment): boolean {
  const { carrierId, serviceId, laneId, departure } = offer;
  return (
    carrierId === current.carrierId &&
    serviceId === current.serviceId &&
    laneId === current.laneId &&
    departure.departAt === current.departAt
  );
}

/** Who is promised first. */
function bySoonest(a: OrderState, b: OrderState): number {
  return a.promisedAt - b.promisedAt || (a.orderId < b.orderId ? -1 : 1);
}

function byHandover(a: OrderState, b: OrderState): number {
  return a.assignment!.handoverBy - b.assignment!.handoverBy || (a.orderId < b.orderId ? -1 : 1);
}
