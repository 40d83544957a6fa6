import { CURRENT, PINNED, PINNED_UNTIL } from './layout.ts';
import type { DimensionProgram } from './program.ts';

/**
 * A person pins an entity to `segment` (an index) until the instant `until` (epoch ms): the next step moves it there.
 * A pin replaces the one before.
 */
export function pinDimension(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  segment: number,
  until: number,
): void {
  if (!(segment >= 0 && segment < program.segments.length)) throw new RangeError(`There is no segment ${segment}.`);
  nums[base + PINNED] = segment + 1;
  nums[base + PINNED_UNTIL] = until;
}

/** A person lets it go: the next step at or after `t` moves it to where its evidence points. Nothing without a pin. */
export function unpinDimension(nums: Float64Array, base: number, t: number): void {
  if (nums[base + PINNED] !== 0) nums[base + PINNED_UNTIL] = Math.min(nums[base + PINNED_UNTIL]!, t);
}

/** The segment that it is pinned to, −1 for none. */
export function pinnedTo(nums: Float64Array, base: number): number {
  return nums[base + PINNED]! - 1;
}

/** Takes off a pin whose time is over at `t`. True when there was one. */
export function releaseAt(nums: Float64Array, base: number, t: number): boolean {
  if (nums[base + PINNED] === 0 || t < nums[base + PINNED_UNTIL]!) return false;
  nums[base + PINNED] = 0;
  nums[base + PINNED_UNTIL] = 0;
  return true;
}

/** When time alone ends the pin, epoch ms; Infinity without one, or while the entity is still undecided. */
export function pinDue(nums: Float64Array, base: number): number {
  return nums[base + PINNED] === 0 || nums[base + CURRENT] === 0 ? Infinity : nums[base + PINNED_UNTIL]!;
}
