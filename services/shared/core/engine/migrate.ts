import { pinDimension, resumeDimension } from '../hysteresis/index.ts';
import { positionIn } from './evaluator.ts';
import type { Layout, LayoutGroup } from './layout.ts';
import { CLOCK_AT, DUE_AT, ENDED_AT, type EntityState, HEAD_DEFAULTS } from './state.ts';
import type { TypePlan } from './type-plan.ts';

/**
 * Carries a state over to the layout of a changed model: attributes whose definition is the same keep their words,
 * dimensions their state, or, where they changed, the segment of the same name. All else starts at its default; links
 * whose reads changed are known again when they are next observed.
 */
export function migrate(state: EntityState, plan: TypePlan, from: EntityState, old: Layout): EntityState {
  const groups = new Map(old.groups.map((group) => [group.name, group]));
  state.epoch = from.epoch;
  for (let i = 0; i < HEAD_DEFAULTS.length; i++) state.nums[i] = from.nums[i]!;
  for (const group of plan.layout.groups) {
    const was = groups.get(group.name);
    if (was?.identity === group.identity) {
      copy(group, was, state, from);
      continue;
    }
    if (group.segments === undefined) continue;
    if (was !== undefined) resume(group, was, state, plan, from);
    lookSoon(group, state, plan);
  }
  plan.layout.links.forEach((link, i) => {
    const was = old.links.findIndex(
      ({ relation, identity }) => relation === link.relation && identity === link.identity,
    );
    if (was >= 0) state.links[i] = from.links[was];
  });
  return state;
}

function copy(group: LayoutGroup, was: LayoutGroup, state: EntityState, from: EntityState): void {
  state.nums.set(from.nums.subarray(was.at, was.at + was.size), group.at);
  for (let i = 0; i < group.texts; i++) state.texts[group.textAt + i] = from.texts[was.textAt + i];
}

function resume(group: LayoutGroup, was: LayoutGroup, state: EntityState, plan: TypePlan, from: EntityState): void {
  const dimension = plan.dimensions.find(({ name }) => `dimension:${name}` === group.name)!;
  const offset = was.at - group.at;
  state.nums[dimension.sequenceAt] = from.nums[dimension.sequenceAt + offset]!;
  const { segment, since, pinned, pinnedUntil } = positionIn(from.nums, dimension.base + offset);
  const indexOf = (old: number) => group.segments!.indexOf(was.segments?.[old] ?? '');
  const [index, pin] = [indexOf(segment), indexOf(pinned)];
  if (index >= 0) resumeDimension(dimension.program, state.nums, dimension.base, index, since);
  if (pin < 0) return;
  pinDimension(dimension.program, state.nums, dimension.base, pin, pinnedUntil);
  state.texts[group.textAt] = from.texts[was.textAt];
}

/** A dimension that is new or changed is evaluated at the next chance. */
function lookSoon(group: LayoutGroup, state: EntityState, plan: TypePlan): void {
  const { nums } = state;
  if (!state.isBorn || !Number.isNaN(nums[ENDED_AT]!)) return;
  const dimension = plan.dimensions.find(({ name }) => `dimension:${name}` === group.name)!;
  nums[dimension.dueAt] = nums[CLOCK_AT]! + 1;
  nums[DUE_AT] = Math.min(nums[DUE_AT]!, nums[dimension.dueAt]!);
}
