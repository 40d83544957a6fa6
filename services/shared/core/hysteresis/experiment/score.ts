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

/** Runs a policy over a series. The first side is free. */
export function scoreOf(series: Series, switchCost: number, policy: Policy): Score {
  const weights = weightsOf(series);
  let cost = 0;
  let switches = 0;
  let before: boolean | undefined;
  for (let i = 0; i < weights.length; i++) {
    const side = policy(series.times[i]!, series.values[i]!);
    if (before !== undefined && side !== before) switches++;
    before = side;
    if (side !== (series.truth[i] === 1)) cost += weights[i]!;
  }
  return { cost: cost + switchCost * switches, switches };
}

/** The least cost that hindsight can reach, by dynamic programming over the two sides; among equals, fewer switches. */
export function optimumOf(series: Series, switchCost: number): Score {
  const weights = weightsOf(series);
  let out: Score = { cost: 0, switches: 0 };
  let inside: Score = { cost: 0, switches: 0 };
  for (let i = 0; i < weights.length; i++) {
    const wrong = weights[i]!;
    const truth = series.truth[i] === 1;
    const toOut = better(out, after(inside, switchCost));
    const toInside = better(inside, after(out, switchCost));
    out = { cost: toOut.cost + (truth ? wrong : 0), switches: toOut.switches };
    inside = { cost: toInside.cost + (truth ? 0 : wrong), switches: toInside.switches };
  }
  return better(out, inside);
}

function after(score: Score, switchCost: number): Score {
  return { cost: score.cost + switchCost, switches: score.switches + 1 };
}

function better(a: Score, b: Score): Score {
  return b.cost < a.cost || (b.cost === a.cost && b.switches < a.switches) ? b : a;
}
