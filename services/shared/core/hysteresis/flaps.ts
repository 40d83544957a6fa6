import { FLIPPED_AT, MOVED_AT, QUARANTINED_AT } from './layout.ts';
import type { DimensionProgram } from './program.ts';

/** Keeps a move at `t` in mind; one that uses up the budget puts the entity into quarantine. */
export function noteMoved({ flapBudget, moves }: DimensionProgram, nums: Float64Array, base: number, t: number): void {
  if (flapBudget === undefined) return;
  const at = base + moves;
  const first = at + MOVED_AT;
  const oldest = first + flapBudget.moves - 1;
  nums.copyWithin(first + 1, first, oldest);
  nums[first] = t;
  const spent = nums[oldest]! !== 0 && t - nums[oldest]! < flapBudget.perMs;
  nums[at + QUARANTINED_AT] = spent && flapBudget.quarantineMs > 0 ? t : 0;
}

/** The plain conditions flipped at `t`: a quarantine that was over by then is forgotten. */
export function noteFlipped(program: DimensionProgram, nums: Float64Array, base: number, t: number): void {
  if (program.moves < 0) return;
  if (t >= calmAt(program, nums, base)) nums[base + program.moves + QUARANTINED_AT] = 0;
  nums[base + program.moves + FLIPPED_AT] = t;
}

/** When the budget allows another move, epoch ms; 0 where it does already. */
export function budgetFreeAt({ flapBudget, moves }: DimensionProgram, nums: Float64Array, base: number): number {
  if (flapBudget === undefined) return 0;
  const oldest = nums[base + moves + MOVED_AT + flapBudget.moves - 1]!;
  return oldest === 0 ? 0 : oldest + flapBudget.perMs;
}

/** When a quarantine ends provided that nothing flips any more, epoch ms; 0 without one. */
export function calmAt({ flapBudget, moves }: DimensionProgram, nums: Float64Array, base: number): number {
  if (flapBudget === undefined) return 0;
  const since = nums[base + moves + QUARANTINED_AT]!;
  return since === 0 ? 0 : Math.max(since, nums[base + moves + FLIPPED_AT]!) + flapBudget.quarantineMs;
}
