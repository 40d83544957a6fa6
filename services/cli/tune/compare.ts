import { costOf, delaysOf, medianOf, optimalSides, policies, type Series, sidesOf } from '@detent/core/experiment';
import type { GivenSeries } from './read-series.ts';

const HOUR_MS = 3_600_000;
/** The policy that the engine runs. */
export const DEFAULT_POLICY = 'ladder';

/** What one policy would have cost. Costs in hours. */
export interface PolicyResult {
  readonly policy: string;
  /** Hours on the wrong side plus the price of every move. */
  readonly j: number;
  /** The least that hindsight could have reached, and how far above it this is; null where hindsight costs nothing. */
  readonly opt: number;
  readonly ratio: number | null;
  readonly switches: number;
  /** Median time in ms to follow a move of hindsight; null where it followed none. */
  readonly medianDelayMs: number | null;
}

export interface Transition {
  readonly at: string;
  readonly in: boolean;
}

export interface Comparison {
  readonly boundary: number;
  readonly priceMs: number;
  /** What J was counted against: the `truth` column, or the side on which each reading lies. */
  readonly truth: 'column' | 'readings';
  readonly readings: number;
  readonly from: string;
  readonly to: string;
  /** Median time between readings: the unit of policies that count readings. */
  readonly gapMs: number;
  readonly repeated: number;
  readonly outOfOrder: number;
  /** The default policy, with every move. */
  readonly default: PolicyResult & { readonly initial: boolean; readonly transitions: readonly Transition[] };
  readonly hindsight: { readonly j: number; readonly switches: number };
  readonly policies: readonly PolicyResult[];
}

/**
 * Runs every policy of the experiment over a series: inside is `x ≥ boundary`, a move costs `priceMs`. A reading stands
 * until the next, for ten median gaps at most; the last for one.
 */
export function comparePolicies(given: GivenSeries, boundary: number, priceMs: number): Comparison {
  const gapMs = medianOf(given.times.slice(1).map((t, i) => t - given.times[i]!))!;
  const start = given.times[0]!;
  const series: Series = {
    name: '',
    threshold: boundary,
    times: Float64Array.from(given.times, (t) => (t - start) / gapMs),
    values: Float64Array.from(given.values),
    truth: Uint8Array.from(given.truth ?? given.values.map((x) => Number(x >= boundary))),
  };
  const price = priceMs / gapMs;
  const hours = (cost: number) => (cost * gapMs) / HOUR_MS;
  const optimal = optimalSides(series, price);
  const hindsight = costOf(series, price, optimal);
  let chosen = new Uint8Array();
  const results = Object.entries(policies).map(([policy, make]): PolicyResult => {
    const sides = sidesOf(series, make(boundary, price));
    if (policy === DEFAULT_POLICY) chosen = sides as Uint8Array<ArrayBuffer>;
    const { cost, switches } = costOf(series, price, sides);
    const delay = medianOf(delaysOf(series, sides, optimal));
    return {
      policy,
      j: hours(cost),
      opt: hours(hindsight.cost),
      ratio: hindsight.cost > 0 ? cost / hindsight.cost : null,
      switches,
      medianDelayMs: delay === undefined ? null : delay * gapMs,
    };
  });
  const iso = (i: number) => new Date(given.times[i]!).toISOString();
  const transitions = given.times.flatMap((_, i) =>
    i > 0 && chosen[i] !== chosen[i - 1] ? [{ at: iso(i), in: chosen[i] === 1 }] : [],
  );
  return {
    boundary,
    priceMs,
    truth: given.truth === undefined ? 'readings' : 'column',
    readings: given.times.length,
    from: iso(0),
    to: iso(given.times.length - 1),
    gapMs,
    repeated: given.repeated,
    outOfOrder: given.outOfOrder,
    default: { ...results.find(({ policy }) => policy === DEFAULT_POLICY)!, initial: chosen[0] === 1, transitions },
    hindsight: { j: hours(hindsight.cost), switches: hindsight.switches },
    policies: results,
  };
}
