import type { Readings } from '../conditions/tree.ts';
import { evaluate } from './evaluate.ts';
import { CURRENT, IN, OUT, RAW, SIDE, TARGET } from './layout.ts';
import type { DimensionProgram, SegmentProgram } from './program.ts';

/** True where nothing but its conditions moves a dimension: no evidence, no histories to count, no bypass. */
export function isPlain(program: Pick<DimensionProgram, 'statistics' | 'counts' | 'bypasses'>): boolean {
  return program.statistics.length === 0 && !program.counts && !program.bypasses;
}

/**
 * True where a step of a plain, decided dimension would leave its state as it is: nothing waits, every bank stays on its
 * side, and the plain conditions point where they did. So it is nearly always, and finding it out costs a third of the
 * step. Changes nothing, not even the scratch.
 */
export function isQuiet(program: DimensionProgram, nums: Float64Array, base: number, readings: Readings): boolean {
  if (nums[base + TARGET] !== 0) return false;
  const { segments } = program;
  const fallback = segments.length - 1;
  let target = fallback;
  let raw = fallback;
  for (let s = fallback - 1; s >= 0; s--) {
    const segment = segments[s]!;
    const side = nums[base + segment.bank + SIDE]!;
    const plain = evaluate(segment.enter!.root, nums, base, readings);
    if (!staysOn(side, segment, plain, nums, base, readings)) return false;
    if (side === IN) target = s;
    if (plain >= 0) raw = s;
  }
  return target + 1 === nums[base + CURRENT] && raw + 1 === nums[base + RAW];
}

function staysOn(
  side: number,
  { stay }: SegmentProgram,
  plain: number,
  nums: Float64Array,
  base: number,
  readings: Readings,
): boolean {
  // Missing is left to the full step.
  if (Number.isNaN(plain)) return false;
  if (side === OUT) return plain < 0;
  if (side !== IN) return false;
  return (stay === undefined ? plain : evaluate(stay.root, nums, base, readings)) >= 0;
}
