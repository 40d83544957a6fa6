import type { Readings } from '../conditions/tree.ts';
import { NO_DECIDER } from './layout.ts';
import type { ClauseNode, CompiledNode, LeafNode, TreeNode } from './program.ts';
import { bounded, noiseOf } from './statistics.ts';

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
  return node.op === 'clause' || node.op === 'gate'
    ? leaf(node, nums, base, readings)
    : combine(node, nums, base, readings);
}

/** Apart from `combine`, so that the engine can inline it: most nodes are leaves. */
function leaf(node: LeafNode, nums: Float64Array, base: number, readings: Readings): number {
  if (node.op === 'clause') {
    last.decider = node.index + 1;
    last.at = node.at;
    return distanceOf(node, nums, base, readings);
  }
  last.decider = -(node.index + 1);
  last.at = -1;
  const gate = readings.gates[node.index]!;
  return gate === 1 ? Infinity : gate === 0 ? -Infinity : Number.NaN;
}

function combine(node: TreeNode, nums: Float64Array, base: number, readings: Readings): number {
  // `any` is `all` mirrored, so one loop serves both: the value furthest towards −sign wins, −sign·∞ beats missing.
  const sign = node.op === 'all' ? 1 : -1;
  const { nodes } = node;
  let result = sign * Infinity;
  let decider = NO_DECIDER;
  let at = -1;
  let missing = false;
  for (let i = 0; i < nodes.length; i++) {
    const child = nodes[i]!;
    const value =
      child.op === 'clause' || child.op === 'gate'
        ? leaf(child, nums, base, readings)
        : combine(child, nums, base, readings);
    if (value === -sign * Infinity) return value;
    if (missing) continue;
    if (Number.isNaN(value)) missing = true;
    else if (decider !== NO_DECIDER && sign * value >= sign * result) continue;
    result = value;
    decider = last.decider;
    at = last.at;
  }
  last.decider = decider;
  last.at = at;
  return result;
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
