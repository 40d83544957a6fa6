import { LADDER_WORDS, lean, turnLadder, voteLadder } from './ladder.ts';
import { bounded, folded, foldReading, noiseOf, readingsPerMove, SEEN, STATISTIC_WORDS } from './statistics.ts';
import { plainPrice, votesAt } from './votes.ts';

/** One boundary by itself, as the experiment and `detent tune` run it: what a segment with one measured clause does. */
export interface Boundary {
  readonly inside: boolean;
  /** Votes gathered for a flip, and what it cost at the last reading. */
  readonly evidence: number;
  readonly price: number;
  /** Folds a finite reading and returns the side after it. */
  observe(t: number, x: number): boolean;
}

/** The default policy. Outside until the first reading places it. `switchCost` in the unit of `t`. */
export function createBoundary(threshold: number, switchCost: number, patience = 1): Boundary {
  const nums = new Float64Array(STATISTIC_WORDS + LADDER_WORDS);
  const ballot = { across: false, weight: 0, votes: 0, share: 0, earlier: 0 };
  const rate = { plain: 0, readings: 0, patience, moves: 1 };
  let inside = false;
  let evidence = 0;
  return {
    get inside() {
      return inside;
    },
    get evidence() {
      return evidence;
    },
    get price() {
      return lean.price;
    },
    observe(t, x) {
      const reading = bounded(x);
      if (nums[SEEN] === 0) inside = reading >= threshold;
      ballot.weight = foldReading(nums, 0, t, reading, switchCost);
      if (ballot.weight === 0) return inside;
      ballot.across = reading >= threshold !== inside;
      ballot.votes = votesAt((reading - threshold) / noiseOf(nums, 0));
      ballot.share = folded.share;
      ballot.earlier = nums[SEEN]! - 1;
      rate.plain = plainPrice(nums, 0, switchCost);
      rate.readings = readingsPerMove(nums, 0, switchCost);
      voteLadder(nums, STATISTIC_WORDS, ballot, rate, rate);
      const votes = ballot.weight * ballot.votes ** lean.power;
      evidence = Math.max(0, evidence + (ballot.across ? votes : -votes));
      if (ballot.across && evidence >= lean.price) {
        inside = !inside;
        evidence = 0;
        turnLadder(nums, STATISTIC_WORDS);
      }
      return inside;
    },
  };
}
