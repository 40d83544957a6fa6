import type { LinkTarget } from '../engine/state.ts';
import type { Value } from '../engine/types.ts';

/** What an attribute of the kind `gain` reads through a link. */
export interface GainPlan {
  /** Position in the link's `reads`. */
  readonly ref: number;
  /** The word that holds the attribute. */
  readonly at: number;
}

/** Numbers that a target keeps for `gains` attributes: since when it is linked, and two of each. */
export function gainWords(gains: number): number {
  return gains === 0 ? 0 : 1 + 2 * gains;
}

/** Of a target through whose link nothing is gained: one for all of them. */
export const NO_GAINS: number[] = [];

/** Of a target that is linked since `since` (epoch ms) and has not answered. */
export function newGains(gains: number, since: number): number[] {
  return gains === 0 ? NO_GAINS : [since, ...Array<number>(2 * gains).fill(NaN)];
}

/** What a target says of its total. */
export interface Gained {
  readonly plan: GainPlan;
  /** Position of the plan among those of the link. */
  readonly nth: number;
  readonly target: LinkTarget;
  /** Null: it has no value, so that its total begins at 0. */
  readonly value: Value | null;
  /** As of then, epoch ms. */
  readonly at: number;
}

/**
 * Takes what a target says of its total. What it had when it was linked is not gained, and what it says of the time before that puts this right. Where others are linked
 * beside it, a stretch counts by the one that gained most: the sum grows by at least what each of them gained between two of
 * its own answers. Never below 0.
 */
export function takeGain(nums: Float64Array, { plan, nth, target, value, at }: Gained): void {
  const { gains } = target;
  const before = 1 + 2 * nth;
  const mark = before + 1;
  const isKnown = !Number.isNaN(nums[plan.at]!);
  const sum = isKnown ? nums[plan.at]! : 0;
  const isBegun = typeof value === 'number' && !Number.isNaN(gains[before]!) && at > gains[0]!;
  let next = sum;
  if (isBegun) {
    const gained = value - gains[before]!;
    next = Math.max(0, sum === gains[mark]! ? sum + gained : Math.max(sum, gains[mark]! + gained));
  }
  if (isKnown || typeof value === 'number') nums[plan.at] = next;
  gains[before] = typeof value === 'number' ? value : 0;
  gains[mark] = next;
}
