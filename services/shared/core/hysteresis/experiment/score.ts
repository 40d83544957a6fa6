import type { Series } from './series.ts';

/** A rule that sees one reading after the other and says on which side the entity stands. */
export type Policy = (t: number, x: number) => boolean;

export interface Score {
  /** Time on the wrong side plus `switchCost` per switch. */
  readonly cost: number;
  readonly switches: number;
}

/** Weight of each sample: the time until the next, 10 at most; 1 for the last. */
export function weightsOf(series: Series): Float64Array {
  const { times } = series;
  return times.map((t, i) => (i + 1 < times.length ? Math.min(times[i + 1]! - t, 10) : 1));
}

/** Where a policy stands after each reading: 1 inside. */
export function sidesOf(series: Series, policy: Policy): Uint8Array {
  return Uint8Array.from(series.times, (t, i) => Number(policy(t, series.values[i]!)));
}

/** What standing there costs. The first side is free. */
export function costOf(series: Series, switchCost: number, sides: Uint8Array): Score {
  const weights = weightsOf(series);
  let cost = 0;
  let switches = 0;
  for (let i = 0; i < weights.length; i++) {
    if (i > 0 && sides[i] !== sides[i - 1]) switches++;
    if (sides[i] !== series.truth[i]) cost += weights[i]!;
  }
  return { cost: cost + switchCost * switches, switches };
}

/** Runs a policy over a series. */
export function scoreOf(series: Series, switchCost: number, policy: Policy): Score {
  return costOf(series, switchCost, sidesOf(series, policy));
}

/** The least cost that hindsight can reach. */
export function optimumOf(series: Series, switchCost: number): Score {
  return costOf(series, switchCost, optimalSides(series, switchCost));
}

/**
 * Where hindsight would have stood, by dynamic programming over the two sides; among equal costs, the one with fewer
 * switches.
 */
export function optimalSides(series: Series, switchCost: number): Uint8Array {
  const weights = weightsOf(series);
  const count = weights.length;
  /** For each reading and side: did the best way there come over from the other side? */
  const crossed = [new Uint8Array(count), new Uint8Array(count)] as const;
  let best: readonly [Score, Score] = [
    { cost: 0, switches: 0 },
    { cost: 0, switches: 0 },
  ];
  for (let i = 0; i < count; i++) {
    best = [0, 1].map((side) => {
      const stayed = best[side]!;
      const other = best[1 - side]!;
      const came = { cost: other.cost + switchCost, switches: other.switches + 1 };
      const crosses = i > 0 && isLess(came, stayed);
      crossed[side as 0 | 1][i] = Number(crosses);
      const { cost, switches } = crosses ? came : stayed;
      return { cost: cost + (series.truth[i] === side ? 0 : weights[i]!), switches };
    }) as [Score, Score];
  }
  const sides = new Uint8Array(count);
  let side = isLess(best[1], best[0]) ? 1 : 0;
  for (let i = count - 1; i >= 0; i--) {
    sides[i] = side;
    if (crossed[side as 0 | 1][i]) side = 1 - side;
  }
  return sides;
}

function isLess(a: Score, b: Score): boolean {
  return a.cost < b.cost || (a.cost === b.cost && a.switches < b.switches);
}

/**
 * How long a policy took to follow each switch of hindsight: the time until it stands there, 0 when it stood there
 * already. Those that it had not followed when hindsight switched again are left out.
 */
export function delaysOf(series: Series, sides: Uint8Array, optimal: Uint8Array): number[] {
  const { times } = series;
  const delays: number[] = [];
  let since = -1;
  for (let i = 1; i < sides.length; i++) {
    if (optimal[i] !== optimal[i - 1]) since = i;
    if (since < 0 || sides[i] !== optimal[i]) continue;
    delays.push(times[i]! - times[since]!);
    since = -1;
  }
  return delays;
}

/** The middle value, or undefined of none. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return undefined;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1]! + sorted[half]!) / 2;
}
