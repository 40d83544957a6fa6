import type { Rates, RoutingConfig, Weights } from '../config.ts';
import type { Consignment } from '../goods/consignment.ts';

/** What an offer is worth beside its price. */
export interface Merit {
  lateShare: number;
  damagedShare: number;
  /** Null where the lane's length or the mode's factor is not known: then it does not count. */
  kgCo2e: number | null;
  /** All of it, in the currency of comparison. */
  counts: number;
}

const HOUR = 3_600_000;
/** A cost that a playbook gives no weight still tells equals apart. */
const LEAST_COST = 0.001;
/** An hour of goods that are nearly over counts so many times as usual, at most. */
const MOST_OF_LIFE = 20;

/** How much each thing counts by a playbook, beside what it usually does: 1 is as usual, and so is what is left out. */
export interface CarrierWeights {
  cost?: number;
  time?: number;
  reliability?: number;
  emissions?: number;
  damage?: number;
}

/** The usual weights in the proportions of a playbook. The price always counts as it is, so all others are taken by its weight. */
export function inProportion(usual: Weights, wanted: CarrierWeights): Weights {
  const { cost = 1, time = 1, reliability = 1, emissions = 1, damage = 1 } = wanted;
  const beside = (weight: number) => weight / Math.max(LEAST_COST, cost);
  return {
    late: usual.late * beside(reliability),
    damaged: usual.damaged * beside(damage),
    hour: usual.hour * beside(time),
    perishableHour: usual.perishableHour * beside(time),
    kgCo2e: usual.kgCo2e * beside(emissions),
  };
}

/** `lifeHours`: what is left of the life of its lots; null where none is known. */
export function meritOf(
  goods: Consignment,
  mode: string,
  distanceKm: number | null,
  hoursUntilArrival: number,
  rates: Rates,
  weights: Weights,
  { emissionFactors, longLifeHours }: Pick<RoutingConfig, 'emissionFactors' | 'longLifeHours'>,
  lifeHours: number | null,
): Merit {
  const factor = emissionFactors[mode];
  const kgCo2e = factor === undefined || distanceKm === null ? null : (goods.weightG / 1e6) * distanceKm * factor;
  const isPerishable = goods.temperature.minC !== undefined || goods.temperature.maxC !== undefined;
  // An hour is the larger a share of its life, the less of that is left.
  const ofLife = lifeHours === null ? 0 : Math.min(MOST_OF_LIFE, longLifeHours / Math.max(1, lifeHours));
  const hour = weights.hour + weights.perishableHour * Math.max(isPerishable ? 1 : 0, ofLife);
  const counts =
    rates.late * weights.late +
    rates.damaged * weights.damaged +
    hoursUntilArrival * hour +
    (kgCo2e ?? 0) * weights.kgCo2e;
  return { lateShare: rates.late, damagedShare: rates.damaged, kgCo2e, counts };
}

/** Hours between two instants, epoch ms. */
export function hoursBetween(from: number, to: number): number {
  return (to - from) / HOUR;
}
