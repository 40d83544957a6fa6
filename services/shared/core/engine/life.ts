import type { StateCodec } from './codec.ts';
import {
  CLOCK_AT,
  DUE_AT,
  ENDED_AT,
  type EntityState,
  FIRST_AT,
  REF_COUNTER,
  REFERRERS,
  TARGET_SEQUENCE,
} from './state.ts';
import type { TypePlan } from './type-plan.ts';
import type { Observation } from './types.ts';

/** A life begins with its first observation, which names it. */
export function bear(plan: TypePlan, state: EntityState, { observedAt, source }: Observation): void {
  const { nums } = state;
  state.epoch = `${source.topic}-${source.partition}-${source.offset}`;
  nums[FIRST_AT] = observedAt;
  const deadline = observedAt + plan.entity.undecidedAfterMs;
  for (const { dueAt } of plan.dimensions) nums[dueAt] = deadline;
  nums[DUE_AT] = plan.dimensions.length > 0 ? deadline : Infinity;
}

export function hasEnded({ nums }: EntityState): boolean {
  return !Number.isNaN(nums[ENDED_AT]!);
}

export function isAlive(state: EntityState): boolean {
  return state.isBorn && !hasEnded(state);
}

/** Moves the entity's clock to `t` (epoch ms), never back, and returns what it shows. */
export function moveClock({ nums }: EntityState, t: number): number {
  if (!(t <= nums[CLOCK_AT]!)) nums[CLOCK_AT] = t;
  return nums[CLOCK_AT]!;
}

/** Notes the end of a life at `now`: the state stays for the retention. */
export function endLife(plan: TypePlan, { nums }: EntityState, now: number): void {
  nums[ENDED_AT] = now;
  nums[DUE_AT] = now + plan.entity.retentionMs;
}

/** Nobody refers to it any more: what was kept for referrers' sake alone may go. */
export function unreferenced(plan: TypePlan, state: EntityState): void {
  if (hasEnded(state)) state.nums[DUE_AT] = state.nums[ENDED_AT]! + plan.entity.retentionMs;
}

/** Back to unborn. What others hold of it stays: referrers, and numbers that must not be given out twice. */
export function reset(codec: StateCodec, state: EntityState): void {
  const { nums } = state;
  const kept = [REF_COUNTER, TARGET_SEQUENCE, REFERRERS].map((word) => [word, nums[word]!] as const);
  const fresh = codec.create(state.entityType, state.entityId);
  nums.set(fresh.nums);
  for (const [word, value] of kept) nums[word] = value;
  state.texts.fill(undefined);
  state.links.fill(undefined);
  state.epoch = '';
}
