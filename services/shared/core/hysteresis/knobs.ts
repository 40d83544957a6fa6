import { costOfMove } from './costs.ts';
import { budgetFreeAt, calmAt } from './flaps.ts';
import {
  CAUSE_DECIDER,
  CAUSE_EVIDENCE,
  CAUSE_KIND,
  CAUSE_NOISE,
  CAUSE_PRICE,
  CAUSE_SEGMENT,
  CAUSE_SINCE,
  CLOCK_ENTER,
  CLOCK_LEAVE,
  CLOCKS,
  COOLDOWN_UNTIL,
  CURRENT,
  ENTER_FROM,
  EVIDENCE,
  EVIDENCE_SINCE,
  FLIP_BAND,
  FLIP_EVIDENCE,
  FLIP_GATE,
  LEAVE_FROM,
  TARGET,
  TARGET_SINCE,
  UNEARNED,
} from './layout.ts';
import { pinDue } from './pin.ts';
import type { DimensionProgram } from './program.ts';
import { noiseOf } from './statistics.ts';
import { isConfirmed } from './targets.ts';
import type { HeldReason } from './types.ts';
import { priceOfBank } from './vote.ts';

/** Follows where the banks point: notes a new target and its cause, and starts the clocks once it is confirmed. */
export function track(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  current: number,
  target: number,
  t: number,
): void {
  if (target === current) {
    if (nums[base + TARGET] !== 0) clearPending(nums, base);
    return;
  }
  if (nums[base + TARGET] !== target + 1) {
    nums[base + TARGET] = target + 1;
    nums[base + TARGET_SINCE] = t;
    nums[base + CLOCKS] = nums[base + CLOCKS]! & CLOCK_LEAVE;
    nums[base + ENTER_FROM] = 0;
    noteCause(program, nums, base, current, target, t);
  }
  const unearned = program.scratch.unearned[costOfMove(program, current, target)] === 1 ? UNEARNED : 0;
  nums[base + CLOCKS] = (nums[base + CLOCKS]! & ~UNEARNED) | unearned;
  if (nums[base + CLOCKS]! & CLOCK_ENTER) return;
  const { knobs, confirmed } = program.segments[target]!;
  if (knobs.confirm && !isConfirmed(nums[base + confirmed]!, knobs.confirm)) return;
  const left = program.segments[current]!;
  if (left.knobs.leaveConfirm && !isConfirmed(nums[base + left.leaveConfirmed]!, left.knobs.leaveConfirm)) return;
  nums[base + ENTER_FROM] = t;
  if (!(nums[base + CLOCKS]! & CLOCK_LEAVE)) nums[base + LEAVE_FROM] = t;
  nums[base + CLOCKS] = CLOCK_ENTER | CLOCK_LEAVE | unearned;
}

/** Whether the pending move waits for its cost to come within its horizon. */
export function isUnearned(nums: Float64Array, base: number): boolean {
  return (nums[base + CLOCKS]! & UNEARNED) !== 0;
}

/**
 * The instant (epoch ms) at which a wait or a pin ends, provided nothing else happens before; Infinity when nothing waits
 * for time. It may lie in the past just after a bypass: the next step is then due at once.
 */
export function nextDue(program: DimensionProgram, nums: Float64Array, base: number): number {
  return Math.min(pinDue(nums, base), waitEnd(program, nums, base));
}

/**
 * When all knobs let the pending target through, epoch ms; Infinity while none is pending, it is not confirmed, or does
 * not earn what it costs.
 */
export function waitEnd(program: DimensionProgram, nums: Float64Array, base: number): number {
  if (!(nums[base + CLOCKS]! & CLOCK_ENTER) || isUnearned(nums, base)) return Infinity;
  const target = program.segments[nums[base + TARGET]! - 1]!;
  const current = program.segments[nums[base + CURRENT]! - 1]!;
  return Math.max(
    nums[base + ENTER_FROM]! + target.knobs.enterAfterMs,
    nums[base + LEAVE_FROM]! + current.knobs.leaveAfterMs,
    nums[base + COOLDOWN_UNTIL]!,
    budgetFreeAt(program, nums, base),
    calmAt(program, nums, base),
  );
}

/** Which knob holds the pending target back at `t`. */
export function holdingKnob(program: DimensionProgram, nums: Float64Array, base: number, t: number): HeldReason {
  if (!(nums[base + CLOCKS]! & CLOCK_ENTER)) return 'confirm';
  const target = program.segments[nums[base + TARGET]! - 1]!;
  const current = program.segments[nums[base + CURRENT]! - 1]!;
  if (t < nums[base + ENTER_FROM]! + target.knobs.enterAfterMs) return 'enterAfter';
  if (t < nums[base + LEAVE_FROM]! + current.knobs.leaveAfterMs) return 'leaveAfter';
  if (t < nums[base + COOLDOWN_UNTIL]!) return 'cooldown';
  if (t < calmAt(program, nums, base)) return 'quarantine';
  return t < budgetFreeAt(program, nums, base) ? 'flapBudget' : 'switchCost';
}

/** Forgets the pending target. */
export function clearPending(nums: Float64Array, base: number): void {
  const cooldown = nums[base + COOLDOWN_UNTIL]!;
  nums.fill(0, base + TARGET, base + CAUSE_NOISE + 1);
  nums[base + COOLDOWN_UNTIL] = cooldown;
}

/** Keeps what made the target the target: the flip of its bank, else that of the current one, else how it stands. */
function noteCause(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  current: number,
  target: number,
  t: number,
): void {
  const { segments, scratch } = program;
  const fallback = segments.length - 1;
  let s = target < fallback ? target : current;
  if (scratch.flip[s] === 0 && current < fallback && scratch.flip[current] !== 0) s = current;
  const flip = scratch.flip[s]!;
  if (flip !== 0) {
    s = scratch.flipOf[s]!;
    nums[base + CAUSE_KIND] = flip;
    nums[base + CAUSE_EVIDENCE] = scratch.evidence[s]!;
    nums[base + CAUSE_PRICE] = scratch.price[s]!;
    nums[base + CAUSE_SINCE] = scratch.since[s]!;
  } else {
    const segment = segments[s]!;
    const { evidence } = segment.knobs;
    const stated = Math.abs(scratch.result[s]!) === Infinity;
    nums[base + CAUSE_KIND] = stated ? FLIP_GATE : evidence ? FLIP_EVIDENCE : FLIP_BAND;
    nums[base + CAUSE_EVIDENCE] = nums[base + segment.bank + EVIDENCE]!;
    nums[base + CAUSE_PRICE] = evidence && !stated ? priceOfBank(program, segment, segment.enter!, nums, base) : 0;
    nums[base + CAUSE_SINCE] = nums[base + segment.bank + EVIDENCE_SINCE]! || t;
  }
  const at = scratch.deciderAt[s]!;
  nums[base + CAUSE_SEGMENT] = s + 1;
  nums[base + CAUSE_DECIDER] = scratch.decider[s]!;
  nums[base + CAUSE_NOISE] = at < 0 ? 0 : noiseOf(nums, base + at);
}
