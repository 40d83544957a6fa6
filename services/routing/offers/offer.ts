import type { Alternative } from '@detent/pipeline';
import type { CapacityUse, DayCapacity } from '../book/states.ts';
import type { Rates, RoutingConfig, Weights } from '../config.ts';
import type { Expected, SendingSize } from '../costing/costing.ts';
import { hoursBetween, type Merit, meritOf } from '../costing/merit.ts';
import { priceOf, type Tariff } from '../costing/tariff.ts';
import type { Consignment } from '../goods/consignment.ts';
import { countOf } from '../goods/pieces.ts';
import type { Departure, Service, ServiceLane, Timetable } from '../timetable/schedule.ts';
import { capacityNeed, goodsFault, piecesFor } from './constraints.ts';

/** A service on a lane, with everything that bears on it now. */
export interface Candidate {
  service: Service;
  lane: ServiceLane;
  /** Undefined when not described. */
  tariff: Tariff | undefined;
  /** Segment of the carrier's reliability; undefined when it has none. */
  reliability: string | undefined;
  /** How often it was late, and goods damaged, on this lane. */
  rates: Rates;
  /** What its freight is expected to come to, in the currency of comparison; undefined while too little is known. */
  expected(): Expected | undefined;
  /** Capacities of a day, of the lane and of the whole service. */
  capacitiesOn(day: string): readonly DayCapacity[];
}

/** What is to be sent. */
export interface Demand {
  goods: Consignment;
  postcode: string;
  /** When it can be handed over, epoch ms. */
  readyAt: number;
  promisedAt: number;
  size: SendingSize;
  /** True where the lane's congestion adds hours. */
  isCongested: boolean;
  /** Services that people do not want for it, and why. */
  refused: Readonly<Record<string, string>>;
  /** Null where it was not described. */
  distanceKm: number | null;
  /** The goods must have arrived by then to have the shelf life that is asked for, epoch ms; null: no lot is known. */
  freshUntil: number | null;
  /** Hours that the first of its lots to end can still be used; null: no lot is known. */
  lifeHours: number | null;
  weights: Weights;
}

/** A service that can carry a demand within all hard constraints. */
export interface Offer {
  carrierId: string;
  serviceId: string;
  laneId: string;
  mode: string;
  pieces: number;
  /** In the currency of comparison: by its tariff, or expected. */
  cost: number;
  /** True where no tariff says it. */
  isEstimated: boolean;
  merit: Merit;
  /** Cost with the penalty for reliability and what else counts: what offers are compared by. */
  score: number;
  departure: Departure;
  /** Expected arrival, epoch ms, congestion included. */
  arriveAt: number;
  /** Capacity that it takes. */
  uses: CapacityUse[];
}

/** Why a service cannot. `lacks`: what, if it came, would change it. */
export interface Rejection extends Alternative {
  lacks?: 'tariff' | 'capacity';
  /** Latest hand-over, where only capacity stood against it, epoch ms. */
  handoverBy?: number;
  /** Arrival, where only the promise stood against it, epoch ms. */
  arriveAt?: number;
}

const HOUR = 3_600_000;

/** What one service makes of a demand: hard constraints first, then cost. */
export function evaluate(
  candidate: Candidate,
  demand: Demand,
  config: RoutingConfig,
  timetable: Timetable,
): Offer | Rejection {
  const { service, lane, tariff } = candidate;
  const { goods } = demand;
  const what = `${service.carrierId}/${service.serviceId}`;
  const no = (rejectedBecause: string, value?: number, unit?: string, lacks?: 'tariff' | 'capacity'): Rejection => ({
    what,
    rejectedBecause,
    ...(lacks === undefined ? {} : { lacks }),
    ...(value === undefined ? {} : { value: round(value), unit: unit! }),
  });

  const refused = demand.refused[what];
  if (refused !== undefined) return no(refused);
  const fault = goodsFault(service, goods, config);
  if (fault !== undefined) return no(fault.reason, fault.value, fault.unit);
  const parts = piecesFor(service, goods, config);
  const pieces = countOf(parts);
  const rate = tariff && (tariff.currency === config.currency ? 1 : config.rates[tariff.currency]);
  const price = tariff && rate !== undefined && priceOf(tariff, parts, service.dimDivisor, demand.postcode);
  if (price === null) return no(`tariff ${lane.tariffId} has no price for the weight`, goods.weightG, 'g');
  const known = typeof price === 'number' ? { cost: price * rate!, high: price * rate! } : candidate.expected();
  if (known === undefined) {
    if (tariff === undefined) return no(`tariff ${lane.tariffId} was not described`, undefined, undefined, 'tariff');
    return no(`priced in ${tariff.currency}, and no rate to ${config.currency} is set`);
  }
  const departure = timetable.next(service, lane, demand.readyAt);
  if (departure === undefined) return no('has no departure within two weeks');
  const uses: CapacityUse[] = [];
  for (const { key, left, unit } of candidate.capacitiesOn(departure.day)) {
    const amount = capacityNeed(goods, pieces, unit, config);
    if (left !== undefined && amount > left) {
      const why = `needs ${round(amount)} ${unit}, with ${round(left)} left on ${departure.day}`;
      return { ...no(why, left, unit, 'capacity'), handoverBy: departure.handoverBy };
    }
    uses.push({ key, amount });
  }
  const arriveAt = departure.arriveAt + (demand.isCongested ? config.congestedHours * HOUR : 0);
  if (arriveAt > demand.promisedAt) {
    const late = (arriveAt - demand.promisedAt) / HOUR;
    const why = demand.isCongested
      ? 'would arrive after the promise, congestion included'
      : 'would arrive after the promise';
    return { ...no(why, late, 'h late'), arriveAt };
  }
  if (demand.freshUntil !== null && arriveAt > demand.freshUntil) {
    const late = hoursBetween(demand.freshUntil, arriveAt);
    return { ...no('would arrive with too little shelf life left', late, 'h too late'), arriveAt };
  }
  const { cost, high } = known;
  const shares = config.reliabilityShares;
  const share = candidate.reliability === undefined ? 0 : (shares[candidate.reliability] ?? shares.other);
  const hours = hoursBetween(demand.readyAt, arriveAt);
  const merit = meritOf(
    goods,
    service.mode,
    demand.distanceKm,
    hours,
    candidate.rates,
    demand.weights,
    config,
    demand.lifeHours,
  );
  // What is only expected counts by the upper end of what it may come to: not knowing is no advantage.
  const score = high * (1 + share) + merit.counts;
  const { carrierId, serviceId, mode } = service;
  const isEstimated = typeof price !== 'number';
  return {
    carrierId,
    serviceId,
    laneId: lane.laneId,
    mode,
    pieces,
    cost,
    isEstimated,
    merit,
    score,
    departure,
    arriveAt,
    uses,
  };
}

export function isOffer(result: Offer | Rejection): result is Offer {
  return 'score' in result;
}

/** The offer that is best; undefined where there is none. */
export function bestOf(results: readonly (Offer | Rejection)[]): Offer | undefined {
  let best: Offer | undefined;
  for (const result of results) {
    if (isOffer(result) && (best === undefined || compareOffers(result, best) < 0)) best = result;
  }
  return best;
}

/** Cheaper first, then sooner, then by id. */
export function compareOffers(a: Offer, b: Offer): number {
  return (
    a.score - b.score ||
    a.arriveAt - b.arriveAt ||
    (a.carrierId < b.carrierId ? -1 : a.carrierId > b.carrierId ? 1 : a.serviceId < b.serviceId ? -1 : 1)
  );
}

/** Offers that lost and services that could not, as alternatives of an action. */
export function alternativesTo(best: Offer, results: readonly (Offer | Rejection)[], currency: string): Alternative[] {
  return results.flatMap((result): Alternative[] => {
    if (result === best) return [];
    if (!isOffer(result)) return [plain(result)];
    const isDearer = result.cost > best.cost;
    const rejectedBecause = isDearer
      ? `dearer than ${round(best.cost)} ${currency}`
      : result.score > best.score
        ? `counts as ${round(result.score)} ${currency}, over ${round(best.score)}: ${reasonsOf(result, best)}`
        : 'no better';
    return [
      { what: `${result.carrierId}/${result.serviceId}`, rejectedBecause, value: round(result.cost), unit: currency },
    ];
  });
}

/** What makes an offer count dearer than another one, besides its price. */
function reasonsOf(offer: Offer, best: Offer): string {
  const { merit } = offer;
  const reasons = [
    offer.score - offer.cost - merit.counts > best.score - best.cost - best.merit.counts + 1e-6
      ? offer.isEstimated
        ? 'not reliable, or its price not known'
        : 'not reliable'
      : '',
    merit.lateShare > best.merit.lateShare ? `${round(100 * merit.lateShare)} % late` : '',
    merit.damagedShare > best.merit.damagedShare ? `${round(100 * merit.damagedShare)} % damaged` : '',
    offer.arriveAt > best.arriveAt ? `${round(hoursBetween(best.arriveAt, offer.arriveAt))} h later` : '',
    (merit.kgCo2e ?? 0) > (best.merit.kgCo2e ?? 0) ? `${round(merit.kgCo2e ?? 0)} kg CO2e` : '',
  ];
  return reasons.filter((reason) => reason !== '').join(', ');
}

/** A rejection as an action states it. */
export function plain({ what, rejectedBecause, value, unit }: Rejection): Alternative {
  return { what, rejectedBecause, ...(value === undefined ? {} : { value, unit: unit! }) };
}

/** What pieces, weight and cost of an action are reckoned from, with the numbers of what was packed. */
export function basisText({ basis, parcels, weightG, volumeL }: Consignment): string {
  if (parcels === null) return basis;
  return `${basis} (${parcels.length} of ${round(weightG / 1000)} kg and ${round(volumeL)} l)`;
}

/** The same, for machines. */
export function basisDetails({ basis, parcels, volumeL }: Consignment): Record<string, number | string> {
  return { costBasis: basis, ...(parcels === null ? {} : { cartons: parcels.length, volumeL: round(volumeL) }) };
}

/** What an action says of the cost that is expected; nothing where too little is known. */
export function expectedDetails(expected: Expected | undefined): Record<string, number> {
  if (expected === undefined) return {};
  const { cost, low, high } = expected;
  return { expectedCost: round(cost), expectedCostLow: round(low), expectedCostHigh: round(high) };
}

/** To hundredths: numbers that people read. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
