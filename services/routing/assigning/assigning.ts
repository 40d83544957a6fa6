import type { Alternative, Cause, Effects } from '@detent/pipeline';
import type { Assignment, OrderState } from '../book/states.ts';
import type { Desk } from '../offers/desk.ts';
import { bestOf, compareOffers, isOffer, type Offer, plain, type Rejection, round } from '../offers/offer.ts';
import type { Balancing } from './balancing.ts';
import { giveTo } from './giving.ts';

/** Gives single orders to carriers, takes them back, and calls for people where nothing fits. */
export class Assigning {
  readonly #desk: Desk;
  readonly #balancing: Balancing;

  constructor(desk: Desk, balancing: Balancing) {
    this.#desk = desk;
    this.#balancing = balancing;
  }

  /**
   * Assigns an order to the best offer. Where capacity stands against all, room is sought, unless that was tried
   * (`isLast`); else it is escalated with every rejection. `cause`: the change that it answers.
   */
  decide(order: OrderState, cause: Cause, at: number, effects: Effects, isLast = false): void {
    const { book, config } = this.#desk;
    const lane = this.#desk.laneOf(order);
    if (lane === undefined) {
      const { country, postcode } = order.destination;
      const where = `${country} ${postcode}`;
      book.waitFor(order, `site:${order.siteId}`);
      const rejection = { what: 'any service', rejectedBecause: `no lane from site ${order.siteId} leads to ${where}` };
      this.escalate(order, cause, [rejection], at, effects);
      return;
    }
    const demand = this.#desk.demandOf(order, lane.laneId, at);
    const results = this.#desk.ask(lane.laneId, demand);
    const best = bestOf(results);
    if (best !== undefined) {
      giveTo(this.#desk, { order, offer: best, results, cause, supersedes: order.escalation }, at, effects);
      return;
    }
    const rejections = results as Rejection[];
    const handoverBy = Math.min(...rejections.map((rejection) => rejection.handoverBy ?? Number.POSITIVE_INFINITY));
    if (!isLast && handoverBy < Number.POSITIVE_INFINITY) {
      if (this.#balancing.seekRoom(order, lane.laneId, handoverBy, at, effects) !== 'none') return;
    }
    if (rejections.some(({ lacks }) => lacks !== undefined)) book.waitFor(order, `lane:${lane.laneId}`);
    if (rejections.some(({ lacks }) => lacks === 'tariff') && order.escalation === null) {
      order.waitingSince ??= at;
      if (at < order.waitingSince + config.factsWaitMs) {
        effects.note('waits-for-facts');
        return;
      }
    }
    this.escalate(order, cause, rejections.map(plain), at, effects, { fast: fastest(rejections) });
  }

  /**
   * Looks at an assigned order again. It moves if its carrier can no longer keep a hard constraint, or if another is
   * better by the stated margin; else it stays, without a word. A breach (life of its lots lost for good) needs no margin;
   * where nobody brings it with the life that is asked for any more, or takes it as it was packed, it is taken back and a person
   * is asked.
   */
  reconsider(order: OrderState, cause: Cause, at: number, effects: Effects, isBreach = false): void {
    const { book, config } = this.#desk;
    const current = order.assignment!;
    if (current.departAt <= at) {
      effects.note('kept-departed');
      return;
    }
    const lane = this.#desk.laneOf(order);
    const { laneId } = lane ?? current;
    book.unassign(order, false, effects);
    const demand = this.#desk.demandOf(order, laneId, at);
    const results = this.#desk.ask(laneId, demand);
    const best = bestOf(results);
    const same = results.filter(isOffer).find((offer) => isSame(offer, current));
    const isBetter = (than: Offer, offer: Offer) =>
      isBreach ? compareOffers(offer, than) < 0 : this.#desk.isEarned(than, offer);
    const isWorthIt = best !== undefined && (!same || isBetter(same, best));
    const isStale = demand.freshUntil !== null && current.arriveAt > demand.freshUntil;
    if (best === undefined && (isStale || this.#desk.misfitOf(order, current) !== undefined)) {
      this.#takeBack(order, current, cause, results as Rejection[], at, effects);
      return;
    }
    if (best === undefined || !isWorthIt) {
      book.assign(order, current, effects);
      effects.note(best === undefined ? 'kept-without-alternative' : 'kept');
      return;
    }
    const { carrierId, serviceId } = current;
    const was = same
      ? {
          what: `${carrierId}/${serviceId} as before`,
          rejectedBecause: `counts as ${round(same.score)}; the change saves ${round(same.score - best.score)} and costs ${config.changeCost}`,
          value: round(same.score),
          unit: config.currency,
        }
      : undefined;
    const { load } = current;
    const supersedes = load === null ? current.actionId : null;
    const change = same ? { saving: same.score - best.score, cost: config.changeCost } : undefined;
    giveTo(this.#desk, { order, offer: best, results, cause, supersedes, was, change, leftLoad: load }, at, effects);
  }

  /** It must not go as it would: whoever has it hears so from the call for a person that replaces the command. */
  #takeBack(
    order: OrderState,
    current: Assignment,
    cause: Cause,
    rejections: readonly Rejection[],
    at: number,
    effects: Effects,
  ): void {
    this.#desk.book.waitFor(order, `lane:${current.laneId}`);
    this.escalate(order, cause, rejections.map(plain), at, effects, { fast: fastest(rejections), current });
    effects.note('taken-back');
  }

  /**
   * Calls for a person; once, until the order is assigned after all. `current`: what it held until now, which the call
   * replaces; `fast`: what would be the least late.
   */
  escalate(
    order: OrderState,
    cause: Cause,
    alternatives: Alternative[],
    at: number,
    effects: Effects,
    { fast, current }: { fast?: Late | undefined; current?: Assignment } = {},
  ): void {
    const { config } = this.#desk;
    order.waitingSince = null;
    if (order.escalation !== null) {
      effects.note('still-escalated');
      return;
    }
    const { text, refused } = lackOf(order, alternatives);
    order.acted += 1;
    order.escalation = effects.act({
      type: 'escalate',
      target: { entityType: 'order', entityId: order.orderId },
      siteId: order.siteId,
      cause,
      n: order.acted,
      because: `${text}; ${cause.dimension} is ${cause.segment}: ${cause.text}`,
      details: {
        services: alternatives.length,
        ...(refused > 0 ? { refusedServices: refused } : {}),
        ...(fast ? { fastestService: fast.service, fastestHoursLate: fast.hoursLate } : {}),
        // The load's own action stays in force for the others.
        ...(current?.load ? { leavesLoad: current.load } : {}),
      },
      alternatives,
      playbook: this.#desk.playbookFor(order),
      validUntil: Math.max(order.promisedAt, at + config.escalationMs),
      ...(current?.load === null ? { supersedes: current.actionId } : {}),
      undo: { type: 'close-escalation', details: {} },
    });
    effects.note('escalated');
  }
}

/** What an order lacks, for people: a carrier that can take it, or one that will. `refused`: how many could and would not. */
function lackOf({ refused = {} }: OrderState, alternatives: readonly Alternative[]): { text: string; refused: number } {
  const asked = alternatives.filter(({ what }) => refused[what] !== undefined);
  const cannot = 'can take the order within its constraints';
  if (asked.length === 0) return { text: `no carrier ${cannot}`, refused: 0 };
  const said = asked.map(({ what }) => `${what} (${refused[what]})`).join(', ');
  const others = asked.length < alternatives.length ? `, and no other carrier ${cannot}` : '';
  return { text: `the order was given to ${said}${others}`, refused: asked.length };
}

function isSame(offer: Offer, { carrierId, serviceId, laneId }: Assignment): boolean {
  return offer.carrierId === carrierId && offer.serviceId === serviceId && offer.laneId === laneId;
}

/** A service, and how late it would be. */
interface Late {
  service: string;
  hoursLate: number;
}

/** The service that would be the least late, where only time stood against it. */
function fastest(rejections: readonly Rejection[]): Late | undefined {
  const late = rejections.filter(({ arriveAt }) => arriveAt !== undefined).sort((a, b) => a.arriveAt! - b.arriveAt!)[0];
  return late && { service: late.what, hoursLate: late.value! };
}
