import type { Readings } from '../conditions/tree.ts';
import { evaluate, last } from './evaluate.ts';
import { CURRENT, IN, NO_DECIDER, OUT, RAW, SIDE, SINCE } from './layout.ts';
import { pinnedTo } from './pin.ts';
import type { DimensionProgram } from './program.ts';
import { enterBank } from './sides.ts';
import { noiseOf } from './statistics.ts';
import { bypassOf, rawTargetOf } from './targets.ts';
import { createStepOutcome, type StepOutcome } from './types.ts';

/**
 * Decides a dimension of a changed model for an entity that stands in `stands` since `since` (epoch ms): at once, by the
 * plain sides of the conditions, for what hysteresis had gathered was gathered for another rule. `stay` holds the segment
 * that it stands in. A condition with something missing counts as outside and is placed by its first value. With `hold`,
 * for what the change itself has made missing, that of the segment that it stands in holds it. The slice must be zero, as `initDimensionState` leaves it, but for a
 * pin: pinned it stays where it is pinned, unless a bypass leads above that.
 */
export function redecideDimension(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
  stands: number,
  since: number,
  hold: boolean,
  out: StepOutcome,
): void {
  const { segments, scratch } = program;
  const fallback = segments.length - 1;
  Object.assign(out, createStepOutcome(), { from: stands, kind: 'edit', since: t });
  let to = fallback;
  let left = NO_DECIDER;
  let entered = NO_DECIDER;
  for (let s = fallback - 1; s >= 0; s--) {
    const { enter, stay, bank } = segments[s]!;
    const result = evaluate((s === stands && stay ? stay : enter!).root, nums, base, readings);
    const decider = last.decider;
    const at = last.at;
    scratch.raw[s] = Number(evaluate(enter!.root, nums, base, readings) >= 0);
    const missing = Number.isNaN(result);
    if (missing && !(hold && s === stands)) continue;
    const inside = missing || result >= 0;
    nums[base + bank + SIDE] = inside ? IN : OUT;
    if (!inside) {
      if (s === stands) left = decider;
      continue;
    }
    to = s;
    entered = missing ? NO_DECIDER : decider;
    out.noise = missing || at < 0 ? 0 : noiseOf(nums, base + at);
  }
  const bypass = program.bypasses ? bypassOf(program, nums, base, readings, false) : -1;
  if (bypass >= 0 && bypass < to) {
    to = bypass;
    entered = last.decider;
    out.noise = 0;
  }
  const pinned = pinnedTo(nums, base);
  if (pinned >= 0 && !(bypass >= 0 && bypass < pinned)) {
    to = pinned;
    entered = NO_DECIDER;
    out.noise = 0;
  } else enterBank(program, nums, base, to);
  nums[base + RAW] = rawTargetOf(program) + 1;
  nums[base + CURRENT] = to + 1;
  nums[base + SINCE] = to === stands ? since : t;
  out.moved = to !== stands;
  out.to = to;
  out.segment = entered === NO_DECIDER ? stands : to;
  const decider = entered === NO_DECIDER ? left : entered;
  out.clause = decider > 0 ? decider - 1 : -1;
  out.gate = decider < 0 ? -decider - 1 : -1;
}
