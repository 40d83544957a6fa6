import type { DimensionPlan } from './dimension-plan.ts';
import type { Layout, LayoutGroup } from './layout.ts';
import { positionIn } from './positions.ts';
import { type EntityState, HEAD_DEFAULTS } from './state.ts';
import type { TypePlan } from './type-plan.ts';

/** What carrying a state over to a changed model leaves to be decided. */
export interface Carried {
  /** Dimensions that are new or changed, and where the entity stood on them: null for nowhere. */
  readonly decide: readonly {
    readonly plan: DimensionPlan;
    readonly stood: string | null;
    readonly since: number;
    /** A person's pin, which goes on where the segment still has its name: until when, epoch ms, and the pin's text. */
    readonly pin: { readonly to: string; readonly until: number; readonly text: string } | null;
  }[];
  /** Dimensions that are no more, and where the entity stood on them. `sequenceAt`: the word that keeps their last number. */
  readonly left: readonly { readonly dimension: string; readonly stood: string; readonly sequenceAt: number }[];
  /** Attributes whose definition is new or changed: what was told of them is no longer so. */
  readonly anew: ReadonlySet<string>;
}

/**
 * Carries a state over to the layout of a changed model: attributes whose definition is the same keep their words, and
 * so do dimensions; all else starts at its default. Numbers of changes go on, also those of dimensions that are no more,
 * for they may come back. Links whose reads changed are left to the caller.
 */
export function migrate(state: EntityState, plan: TypePlan, from: EntityState, old: Layout): Carried {
  const groups = new Map(old.groups.map((group) => [group.name, group]));
  const decide: Carried['decide'][number][] = [];
  const left: Carried['left'][number][] = [];
  const anew = new Set<string>();
  state.epoch = from.epoch;
  for (let i = 0; i < HEAD_DEFAULTS.length; i++) state.nums[i] = from.nums[i]!;
  for (const group of plan.layout.groups) {
    const was = groups.get(group.name);
    const [kind, name] = group.name.split(':') as [string, string];
    if (was?.identity === group.identity) copy(group, was, state, from);
    else if (kind === 'attribute') anew.add(name);
    else if (kind === 'retired') {
      const dimension = groups.get(`dimension:${name}`);
      if (dimension === undefined) continue;
      const stood = stoodIn(dimension, from);
      state.nums[group.at] = from.nums[dimension.at]!;
      if (stood !== null) left.push({ dimension: name, stood: stood.segment, sequenceAt: group.at });
    } else if (kind === 'dimension') {
      const dimension = plan.dimensions.find((each) => each.name === name)!;
      const before = was ?? groups.get(`retired:${name}`);
      // Of both the first word is the last number given out.
      if (before !== undefined) state.nums[dimension.sequenceAt] = from.nums[before.at]!;
      const stood = was === undefined ? null : stoodIn(was, from);
      const pin = was === undefined ? null : pinIn(was, from);
      decide.push({ plan: dimension, stood: stood?.segment ?? null, since: stood?.since ?? 0, pin });
    }
  }
  plan.layout.links.forEach((link, i) => {
    const was = old.links.findIndex(
      ({ relation, identity }) => relation === link.relation && identity === link.identity,
    );
    if (was >= 0) state.links[i] = from.links[was];
  });
  return { decide, left, anew };
}

function copy(group: LayoutGroup, was: LayoutGroup, state: EntityState, from: EntityState): void {
  state.nums.set(from.nums.subarray(was.at, was.at + was.size), group.at);
  for (let i = 0; i < group.texts; i++) state.texts[group.textAt + i] = from.texts[was.textAt + i];
}

/** Words of a dimension before those of hysteresis: the last number given out, and when it is due. */
const DIMENSION_HEAD = 2;

function stoodIn(group: LayoutGroup, from: EntityState): { segment: string; since: number } | null {
  const { segment, since } = positionIn(from.nums, group.at + DIMENSION_HEAD);
  const name = group.segments?.[segment];
  return name === undefined ? null : { segment: name, since };
}

function pinIn(group: LayoutGroup, from: EntityState): Carried['decide'][number]['pin'] {
  const text = group.texts === 0 ? undefined : from.texts[group.textAt];
  if (text === undefined) return null;
  const { pinned, pinnedUntil } = positionIn(from.nums, group.at + DIMENSION_HEAD);
  const to = group.segments?.[pinned];
  return to === undefined ? null : { to, until: pinnedUntil, text };
}
