import type { Alternative, Cause, Effects } from '@detent/pipeline';
import type { OrderState } from '../book/states.ts';
import type { Desk } from '../offers/desk.ts';
import {
  alternativesTo,
  basisDetails,
  basisText,
  expectedDetails,
  type Offer,
  type Rejection,
  round,
} from '../offers/offer.ts';

/** An order given to an offer, and why. */
export interface Giving {
  order: OrderState;
  offer: Offer;
  /** Everything that was asked; what lost is stated. */
  results: readonly (Offer | Rejection)[];
  /** The change that it answers. */
  cause: Cause;
  /** Action that it replaces. */
  supersedes: string | null;
  /** What it had before. */
  was?: Alternative | undefined;
  /** What a change of carrier saves and costs, in the currency of comparison; no saving where it makes room for others. */
  change?: { saving?: number; cost: number } | undefined;
  /** Consolidated shipment that it leaves. */
  leftLoad?: string | null;
}

/** Commands that a carrier takes an order, and takes the capacity for it. */
export function giveTo(desk: Desk, giving: Giving, at: number, effects: Effects): void {
  const { order, offer, results, cause, supersedes, was, change, leftLoad = null } = giving;
  const { book, config } = desk;
  const goods = desk.goodsOf(order);
  const { carrierId, serviceId, laneId, departure, arriveAt, merit } = offer;
  order.acted += 1;
  order.waitingSince = null;
  order.escalation = null;
  const cost = `${round(offer.cost)} ${config.currency}${offer.isEstimated ? ', as its invoices let expect' : ''}`;
  const expected = desk.expectedOf(order, goods, offer, laneId);
  const actionId = effects.act({
    type: 'assign-carrier',
    target: { entityType: 'order', entityId: order.orderId },
    siteId: order.siteId,
    cause,
    n: order.acted,
    because: `${carrierId}/${serviceId} keeps the promise for ${cost}, reckoned from ${basisText(goods)}; ${cause.dimension} is ${cause.segment}: ${cause.text}`,
    details: {
      carrierId,
      serviceId,
      laneId,
      cost: round(offer.cost),
      currency: config.currency,
      countsAs: round(offer.score),
      ...expectedDetails(expected),
      latePercent: round(100 * merit.lateShare),
      damagedPercent: round(100 * merit.damagedShare),
      ...(merit.kgCo2e === null ? {} : { kgCo2e: round(merit.kgCo2e) }),
      ...(change?.saving === undefined ? {} : { saving: round(change.saving) }),
      ...(change ? { changeCost: round(change.cost) } : {}),
      ...basisDetails(goods),
      pieces: offer.pieces,
      weightG: goods.weightG,
      weightAssumed: goods.assumed,
      handoverBy: departure.handoverBy,
      departAt: departure.departAt,
      arriveAt,
      // The load's own action stays in force for the others.
      ...(leftLoad === null ? {} : { leavesLoad: leftLoad }),
    },
    alternatives: [...(was ? [was] : []), ...alternativesTo(offer, results, config.currency)],
    playbook: desk.playbookFor(order),
    validUntil: Math.max(departure.handoverBy, at),
    ...(supersedes === null ? {} : { supersedes }),
    undo: { type: 'unassign-carrier', details: { carrierId, serviceId } },
  });
  book.assign(order, { ...desk.assignmentOf(offer, null), actionId }, effects);
  book.expectBalance(laneId, departure.handoverBy - config.tenderMs, at, effects);
  effects.note(supersedes === null && leftLoad === null ? 'assigned' : 'reassigned');
}
