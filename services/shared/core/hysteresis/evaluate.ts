import type { Readings } from '../conditions/tree.ts';
import { bounded, noiseOf } from './bank.ts';
import { NO_DECIDER } from './layout.ts';
import type { ClauseNode, CompiledNode } from './program.ts';

/** Just outside: what an outside margin of 0 (`>` at equality) counts as, so that the sign alone tells the side. */
const BARELY_OUT = -Number.MIN_VALUE;

/** What decided the last `evaluate`: 0 nothing, clause + 1, or −(gate + 1); and where its statistics lie (−1 nowhere). */
export const last = { decider: NO_DECIDER, at: -1 };

/**
 * What a condition comes to: ±Infinity when stated clauses alone decide, NaN when something missing leaves it open, else
 * the distance of the deciding measured clause from its boundary, inside when ≥ 0. Distances are in units of the
 * clause's noise; in the margin's own unit where it keeps no statistics (its sign is then all that counts).
 * A margin of ±Infinity counts as stated.
 */
export function evaluate(node: CompiledNode, nums: Float64Array, base: number, readings: Readings): number {
  switch (node.op) {
    case 'clause': {
      last.decider = node.index + 1;
      last.at = node.at;
      return distanceOf(node, nums, base, readings);
    }
    case 'gate': {
      last.decider = -(node.index + 1);
      last.at = -1;
      const gate = readings.gates[node.index]!;
      return gate === 1 ? Infinity : gate === 0 ? -Infinity : Number.NaN;
    }
    default: {
      // `any` is `all` mirrored, so one loop serves both: the value furthest towards −sign wins, −sign·∞ beats missing.
      const sign = node.op === 'all' ? 1 : -1;
      const { nodes } = node;
      let result = sign * Infinity;
      let decider = NO_DECIDER;
      let at = -1;
      let missing = false;
      for (let i = 0; i < nodes.length; i++) {
        const value = evaluate(nodes[i]!, nums, base, readings);
        if (Number.isNaN(value)) {
          // The first missing one decides, unless a stated one settles it below.
          if (!missing) {
            missing = true;
            decider = last.decider;
            at = last.at;
          }
          continue;
        }
        const settles = value === -sign * Infinity;
        if (settles || (!missing && (decider === NO_DECIDER || sign * value < sign * result))) {
          result = value;
          decider = last.decider;
          at = last.at;
        }
        if (settles) {
          missing = false;
          break;
        }
      }
      last.decider = decider;
      last.at = at;
      return missing ? Number.NaN : result;
    }
  }
}

/** Signed distance of a measured clause, as `evaluate` says. */
export function distanceOf(node: ClauseNode, nums: Float64Array, base: number, readings: Readings): number {
  const margin = readings.margins[node.index]!;
  if (!Number.isFinite(margin)) return margin;
  const inside = node.strict ? margin > 0 : margin >= 0;
  if (node.unitVotes) return inside ? 1 : -1;
  const distance = node.at < 0 ? bounded(margin) : bounded(margin) / noiseOf(nums, base + node.at);
  return inside ? distance : Math.min(distance, BARELY_OUT);
}
