import { bounded, foldReading, noiseOf, readingsPerMove, SEEN, STATISTIC_WORDS, wanderOf } from '../statistics.ts';
import type { Policy } from './score.ts';

const SQRT_10 = 3.1623;

/**
 * The evidence bank, which was the default before the ladder: votes of 0.5 to 2 by distance, against one price for every
 * series. `switchCost` in the unit of time.
 */
export function bank(threshold: number, switchCost: number, patience = 1): Policy {
  const nums = new Float64Array(STATISTIC_WORDS);
  let inside = false;
  let evidence = 0;
  return (t, x) => {
    const reading = bounded(x);
    if (nums[SEEN] === 0) inside = reading >= threshold;
    const weight = foldReading(nums, 0, t, reading, switchCost);
    if (weight === 0) return inside;
    let votes = Math.abs((reading - threshold) / noiseOf(nums, 0));
    if (votes > 1) votes *= Math.sqrt(votes);
    votes = weight * Math.max(0.5, Math.min(2, votes));
    evidence = Math.max(0, evidence + (reading >= threshold === inside ? -votes : votes));
    const cn = readingsPerMove(nums, 0, switchCost);
    const least = Math.log(10 * cn * cn);
    const wander = Math.min(Math.max(wanderOf(nums, 0), 1), SQRT_10);
    if (evidence >= patience * Math.max(least, Math.min(least * wander, cn))) {
      inside = !inside;
      evidence = 0;
    }
    return inside;
  };
}
