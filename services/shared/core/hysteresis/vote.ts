import type { Readings } from '../conditions/tree.ts';
import { distanceOf, evaluate, last } from './evaluate.ts';
import { type Ballot, lean, leanOf, type Rate, turnLadder, voteLadder } from './ladder.ts';
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
import type { Condition, DimensionProgram, Measured, SegmentProgram } from './program.ts';
import { placeBank, setSide } from './sides.ts';
import { bounded, folded, foldReading, readingsPerMove, SEEN } from './statistics.ts';
import { plainPrice, votesAt } from './votes.ts';

/** Of the vote at hand; reused, so that a step allocates nothing. */
const ballot: Ballot = { across: false, weight: 0, votes: 0, share: 0, earlier: 0 };
const entering: Rate = { plain: 0, readings: 0, patience: 1, moves: 1 };
const leaving: Rate = { ...entering };

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
    const { clause, at, enterCost, leaveCost } = statistics[i]!;
    const margin = readings.margins[clause]!;
    scratch.weight[i] =
      votes && readings.folded[clause] === 1 && Number.isFinite(margin)
        ? foldReading(nums, base + at, t, bounded(margin), (scratch.cost[enterCost]! + scratch.cost[leaveCost]!) / 2)
        : 0;
    scratch.share[i] = folded.share;
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
    placeBank(segment, nums, base, inside ? IN : OUT);
    if (inside === (side === IN)) return;
    scratch.flip[s] = stated ? FLIP_GATE : segment.knobs.evidence ? FLIP_MISSING : FLIP_BAND;
    scratch.flipOf[s] = s;
    scratch.evidence[s] = 0;
    scratch.price[s] = 0;
    scratch.since[s] = t;
    return;
  }

  const voter = voterOf(program, condition, at, nums, base, readings);
  if (voter === undefined) return;
  const { statistic, node } = voter;
  ballot.across = inside !== (side === IN);
  ballot.weight = scratch.weight[statistic]!;
  ballot.votes = votesAt(result);
  ballot.share = scratch.share[statistic]!;
  ballot.earlier = nums[base + node.at + SEEN]! - 1;
  const own = rateOf(program, segment, side === IN, condition, nums, base);
  const back = isOneWay(segment) ? own : rateOf(program, segment, side !== IN, condition, nums, base);
  voteLadder(nums, base + segment.ladder, ballot, own, back);
  const before = nums[bank + EVIDENCE]!;
  const votes = ballot.weight * ballot.votes ** lean.power;
  const evidence = Math.max(0, before + (ballot.across ? votes : -votes));
  if (evidence === 0) {
    nums[bank + EVIDENCE] = 0;
    nums[bank + EVIDENCE_SINCE] = 0;
    return;
  }
  if (before === 0) nums[bank + EVIDENCE_SINCE] = t;
  nums[bank + EVIDENCE] = evidence;
  // A price that has fallen is met by the next vote across, never by one for the present side.
  if (!ballot.across || evidence < lean.price) return;
  scratch.flip[s] = FLIP_EVIDENCE;
  scratch.flipOf[s] = s;
  scratch.evidence[s] = evidence;
  scratch.price[s] = lean.price;
  scratch.since[s] = nums[bank + EVIDENCE_SINCE]!;
  nums[bank + SIDE] = inside ? IN : OUT;
  nums[bank + EVIDENCE] = 0;
  nums[bank + EVIDENCE_SINCE] = 0;
  turnLadder(nums, base + segment.ladder);
}

/**
 * Whose vote this step's is: that of the deciding clause where it votes now, else of the clause of the condition whose
 * own vote is the strongest now, else nobody's.
 */
function voterOf(
  program: DimensionProgram,
  condition: Condition,
  deciderAt: number,
  nums: Float64Array,
  base: number,
  readings: Readings,
): Measured | undefined {
  const { scratch } = program;
  let best: Measured | undefined;
  let strongest = 0;
  for (let i = 0; i < condition.measured.length; i++) {
    const measured = condition.measured[i]!;
    const weight = scratch.weight[measured.statistic]!;
    if (weight === 0) continue;
    if (measured.node.at === deciderAt) return measured;
    const strength = weight * votesAt(distanceOf(measured.node, nums, base, readings));
    if (strength > strongest) {
      strongest = strength;
      best = measured;
    }
  }
  return best;
}

/** Whether to come in and to leave are priced alike. */
function isOneWay({ enterCost, leaveCost, knobs }: SegmentProgram): boolean {
  return enterCost === leaveCost && knobs.patience.enter === knobs.patience.leave;
}

/**
 * The rate of a flip out of the segment (`out`) or into it: the largest plain price among the measured clauses, and the
 * most readings within its cost; 0 before any. The object is reused.
 */
function rateOf(
  program: DimensionProgram,
  segment: SegmentProgram,
  out: boolean,
  condition: Condition,
  nums: Float64Array,
  base: number,
): Rate {
  const { enterCost, leaveCost, knobs } = segment;
  const { cost } = program.scratch;
  const mine = cost[out ? leaveCost : enterCost]!;
  const rate = out ? leaving : entering;
  rate.patience = out ? knobs.patience.leave : knobs.patience.enter;
  rate.moves = enterCost === leaveCost ? 1 : (2 * mine) / (cost[enterCost]! + cost[leaveCost]!);
  rate.plain = 0;
  rate.readings = 0;
  for (let i = 0; i < condition.measured.length; i++) {
    const at = base + condition.measured[i]!.node.at;
    if (nums[at + SEEN]! < 2) continue;
    rate.plain = Math.max(rate.plain, plainPrice(nums, at, mine));
    rate.readings = Math.max(rate.readings, readingsPerMove(nums, at, mine));
  }
  return rate;
}

/** Votes that a flip of the bank costs under this condition, 0 before any reading can be priced. */
export function priceOfBank(
  program: DimensionProgram,
  segment: SegmentProgram,
  condition: Condition,
  nums: Float64Array,
  base: number,
): number {
  const rate = rateOf(program, segment, nums[base + segment.bank + SIDE] === IN, condition, nums, base);
  if (rate.plain === 0) return 0;
  leanOf(nums, base + segment.ladder, rate);
  return lean.price;
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
