import type { Readings } from '../conditions/tree.ts';
import { bounded, foldReading, LOWEST_PRICE, priceOf, SEEN, votesAt } from './bank.ts';
import { distanceOf, evaluate, last } from './evaluate.ts';
import {
  EVIDENCE,
  EVIDENCE_SINCE,
  FLIP_BAND,
  FLIP_EVIDENCE,
  FLIP_GATE,
  FLIP_MISSING,
  IN,
  OUT,
  SIDE,
  UNKNOWN,
} from './layout.ts';
import type { Condition, DimensionProgram, SegmentProgram } from './program.ts';
import { setSide } from './sides.ts';

/** Folds what an observation read into the statistics and leaves each one's vote weight in the scratch. */
export function foldReadings(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
  votes: boolean,
): void {
  const { statistics, scratch } = program;
  for (let i = 0; i < statistics.length; i++) {
    const { clause, at, switchCost } = statistics[i]!;
    const margin = readings.margins[clause]!;
    scratch.weight[i] =
      votes && readings.folded[clause] === 1 && Number.isFinite(margin)
        ? foldReading(nums, base + at, t, bounded(margin), switchCost)
        : 0;
  }
}

/** Evaluates every condition and lets its bank vote. What flipped, and why, is left in the scratch. */
export function voteBanks(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
): void {
  const { segments } = program;
  for (let s = 0; s < segments.length - 1; s++) voteBank(program, segments[s]!, s, nums, base, readings, t);
  applyCuts(program, nums, base);
}

function voteBank(
  program: DimensionProgram,
  segment: SegmentProgram,
  s: number,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
): void {
  const { scratch } = program;
  const bank = base + segment.bank;
  const side = nums[bank + SIDE]!;
  const condition = side === IN && segment.stay ? segment.stay : segment.enter!;
  const result = evaluate(condition.root, nums, base, readings);
  const decider = last.decider;
  const at = last.at;
  scratch.result[s] = result;
  scratch.flip[s] = 0;
  scratch.decider[s] = decider;
  scratch.deciderAt[s] = at;
  const plain = condition === segment.enter ? result : evaluate(segment.enter!.root, nums, base, readings);
  // Missing leaves the plain side where the bank stands.
  scratch.raw[s] = Number.isNaN(plain) ? Number(side === IN) : Number(plain >= 0);
  if (Number.isNaN(result)) return;

  const inside = result >= 0;
  const stated = result === Infinity || result === -Infinity;
  if (stated || side === UNKNOWN || !segment.knobs.evidence) {
    nums[bank + SIDE] = inside ? IN : OUT;
    nums[bank + EVIDENCE] = 0;
    nums[bank + EVIDENCE_SINCE] = 0;
    if (inside === (side === IN)) return;
    scratch.flip[s] = stated ? FLIP_GATE : segment.knobs.evidence ? FLIP_MISSING : FLIP_BAND;
    scratch.flipOf[s] = s;
    scratch.evidence[s] = 0;
    scratch.price[s] = 0;
    scratch.since[s] = t;
    return;
  }

  const weight = weightOf(program, condition, at, nums, base, readings);
  if (weight === 0) return;
  const before = nums[bank + EVIDENCE]!;
  const votes = votesAt(result);
  const evidence = Math.max(0, before + weight * (inside === (side === IN) ? -votes : votes));
  if (evidence === 0) {
    nums[bank + EVIDENCE] = 0;
    nums[bank + EVIDENCE_SINCE] = 0;
    return;
  }
  if (before === 0) nums[bank + EVIDENCE_SINCE] = t;
  nums[bank + EVIDENCE] = evidence;
  // Most readings leave the bank far below any price: the logarithm is saved.
  if (evidence < segment.knobs.patience * LOWEST_PRICE) return;
  const price = priceOfCondition(segment, condition, nums, base);
  if (evidence < price) return;
  scratch.flip[s] = FLIP_EVIDENCE;
  scratch.flipOf[s] = s;
  scratch.evidence[s] = evidence;
  scratch.price[s] = price;
  scratch.since[s] = nums[bank + EVIDENCE_SINCE]!;
  nums[bank + SIDE] = inside ? IN : OUT;
  nums[bank + EVIDENCE] = 0;
  nums[bank + EVIDENCE_SINCE] = 0;
}

/**
 * Weight of this step's vote: that of the deciding clause where it votes now, else of the clause of the condition whose
 * own vote is the strongest now, else 0.
 */
function weightOf(
  program: DimensionProgram,
  condition: Condition,
  deciderAt: number,
  nums: Float64Array,
  base: number,
  readings: Readings,
): number {
  const { scratch } = program;
  let best = 0;
  let strongest = 0;
  for (let i = 0; i < condition.measured.length; i++) {
    const { statistic, node } = condition.measured[i]!;
    const weight = scratch.weight[statistic]!;
    if (weight === 0) continue;
    if (node.at === deciderAt) return weight;
    const strength = weight * votesAt(distanceOf(node, nums, base, readings));
    if (strength > strongest) {
      strongest = strength;
      best = weight;
    }
  }
  return best;
}

/** Votes that a flip of this condition costs: the largest among its measured clauses, 0 before any can be priced. */
export function priceOfCondition(
  segment: SegmentProgram,
  condition: Condition,
  nums: Float64Array,
  base: number,
): number {
  let price = 0;
  for (let i = 0; i < condition.measured.length; i++) {
    const at = base + condition.measured[i]!.node.at;
    if (nums[at + SEEN]! < 2) continue;
    price = Math.max(price, priceOf(nums, at, segment.knobs.switchCostMs, segment.knobs.patience));
  }
  return price;
}

/** A cut that flips in takes the cuts below with it, one that flips out those above. */
function applyCuts(program: DimensionProgram, nums: Float64Array, base: number): void {
  const { segments, scratch } = program;
  for (let s = 0; s < segments.length - 1; s++) {
    if (scratch.flip[s] === 0 || scratch.flipOf[s] !== s) continue;
    const segment = segments[s]!;
    const inside = nums[base + segment.bank + SIDE] === IN;
    const others = inside ? segment.below : segment.above;
    for (let i = 0; i < others.length; i++) {
      const other = others[i]!;
      if (setSide(program, nums, base, other, inside ? IN : OUT)) {
        scratch.flip[other] = scratch.flip[s]!;
        scratch.flipOf[other] = s;
      }
    }
  }
}
