import type { Effects } from './effects.ts';
import type { Layout } from './layout.ts';
import { replaceLinks } from './links.ts';
import type { EntityState } from './state.ts';
import type { LinkPlan } from './type-plan.ts';
import type { ObservedLink, Value } from './types.ts';

/**
 * Takes up the links that a state had under an older layout where what is read through them has changed: owners of the
 * targets are told what to answer from now on, or that nothing is read any more. Relations that no attribute followed
 * before are known when they are next observed.
 */
export function relink(
  plans: readonly LinkPlan[],
  state: EntityState,
  from: EntityState,
  old: Layout,
  now: number,
  effects: Effects,
): void {
  const { entityType, entityId } = state;
  old.links.forEach(({ relation, identity }, was) => {
    const targets = from.links[was];
    if (targets === undefined) return;
    const [target, values, reads] = JSON.parse(identity) as [string, string[], string[]];
    const index = plans.findIndex(({ model }) => model.relation === relation && model.target === target);
    if (index >= 0 && state.links[index] !== undefined) return;
    if (index >= 0) {
      const observed = targets.map((each): ObservedLink['targets'][number] => ({
        entityType: target,
        entityId: each.entityId,
        values: carriedOf(values, each.values),
      }));
      replaceLinks(plans[index]!, index, state, observed, now, effects);
      if (plans[index]!.model.reads.length > 0) return;
    }
    if (reads.length === 0) return;
    const told = new Set<string>();
    for (const each of targets) {
      if (told.has(each.entityId)) continue;
      told.add(each.entityId);
      effects.referenced.push({
        target: { entityType: target, entityId: each.entityId },
        referrer: { entityType, entityId },
        relation,
        refVersion: each.refVersion,
        attributes: reads,
        end: true,
        occurredAt: now,
      });
    }
  });
}

function carriedOf(names: readonly string[], values: readonly number[]): Record<string, Value> {
  const carried: Record<string, Value> = {};
  names.forEach((name, i) => {
    const value = values[i];
    if (value !== undefined && !Number.isNaN(value)) carried[name] = value;
  });
  return carried;
}
