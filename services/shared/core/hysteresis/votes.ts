import { readingsPerMove, wanderOf } from './statistics.ts';

const FEWEST = 0.3;
const MOST = 2.5;
const MOST_WANDER = Math.sqrt(10);

/** Votes that one reading is worth at a distance (in units of noise, sign ignored): 0.3 to 2.5. */
export function votesAt(distance: number): number {
  let a = Math.abs(distance);
  if (a > 1) a *= Math.sqrt(a);
  return Math.max(FEWEST, Math.min(MOST, a));
}

/**
 * Votes by distance that a flip is worth before anything is learned: what tells a level from white noise so surely that
 * being wrong costs less than a move (Lorden: ln of the odds), more where readings wander, up to the readings within a
 * move's price.
 */
export function plainPrice(nums: Float64Array, at: number, switchCost: number): number {
  const cn = readingsPerMove(nums, at, switchCost);
  const least = Math.log(10 * cn * cn);
  const wander = Math.min(Math.max(wanderOf(nums, at), 1), MOST_WANDER);
  return Math.max(least, Math.min(least * wander, cn));
}
