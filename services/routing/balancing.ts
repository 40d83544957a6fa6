import type { Effects } from '@detent/pipeline';
import { type AssignmentBudget, type AssignmentProblem, assign } from './assignment/index.ts';
import type { Assignment, OrderState } from './book.ts';
import type { Desk } from './desk.ts';
import { giveTo } from './giving.ts';
import { isOffer, type Offer, type Rejection, round } from './offer.ts';

/** Small, for a step of the service waits for it; a lane's orders are a hundred at most. */
const BUDGET: AssignmentBudget = { steps: 80, every: 10 };
/** An order that nobody takes costs so much more than any offer. */
const UNSERVED = 10_000;

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
 * more. An order changes its carrier only where all together save more than their changes cost.
 */
export class Balancing {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Makes room for an order that finds none. False, and nothing is changed, where that is not possible. */
  makeRoom(order: OrderState, laneId: string, at: number, effects: Effects): boolean {
    this.#balance(laneId, [order], at, effects);
    return order.assignment !== null;
  }

  /** The cutoff of a lane is near: whoever can still change is looked at, also those that nobody could take. */
  cutoff(laneId: string, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    book.cutoffs.delete(laneId);
    effects.drop(`cutoff:${laneId}`);
    const stranded = book.waiting.of(`lane:${laneId}`).map((orderId) => book.orders.get(orderId)!);
    this.#balance(
      laneId,
      stranded.filter((order) => order.escalation !== null && this.#desk.lacking(order) === null),
      at,
      effects,
    );
    for (const { assignment } of this.#assignedOn(laneId)) {
      book.expectCutoff(laneId, assignment!.handoverBy - config.tenderMs, at, effects);
    }
  }

  #assignedOn(laneId: string): OrderState[] {
    const { book } = this.#desk;
    const orders = book.assignedOn.of(laneId).map((orderId) => book.orders.get(orderId)!);
    return orders.filter(({ closed, assignment }) => !closed && assignment!.load === null);
  }

  #balance(laneId: string, unserved: readonly OrderState[], at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    // Whose goods must be handed over now stays; the next to be handed over come first.
    const open = this.#assignedOn(laneId)
      .filter(({ assignment }) => assignment!.handoverBy >= at + config.tenderMs)
      .sort((a, b) => a.assignment!.handoverBy - b.assignment!.handoverBy || (a.orderId < b.orderId ? -1 : 1));
    const orders = [...unserved, ...open].slice(0, config.balanceMost);
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
    const isBetter = total < now - 1e-6;
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
                  rejectedBecause: `its capacity serves the lane better otherwise: all changes save ${round(now - total)} with their cost`,
                  value: round(same.score),
                  unit: config.currency,
                }
              : undefined,
          change: same ? { saving: now - total, cost: config.changeCost } : undefined,
        },
        at,
        effects,
      );
      effects.save(`order:${order.orderId}`, order, at + config.retentionMs);
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
    const options = entries.map(({ order, same, offers }) => {
      const goods = this.#desk.goodsOf(order);
      return offers.map((offer) => {
        const { uses } = this.#desk.assignmentOf(offer, goods, offer.cost, null);
        const margin = same && offer !== same ? Math.max(config.changeCost, same.score * config.switchShare) : 0;
        return {
          cost: offer.score + margin,
          uses: uses.flatMap(({ key, amount }) => {
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
