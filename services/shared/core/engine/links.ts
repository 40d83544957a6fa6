import { type Gained, newGains } from '../attributes/gain.ts';
import type { Effects } from './effects.ts';
import { type EntityState, type LinkTarget, REF_COUNTER } from './state.ts';
import type { LinkPlan } from './type-plan.ts';
import type { ObservedLink, ReferenceValued, Value } from './types.ts';

const NONE: readonly LinkTarget[] = [];

/**
 * Replaces the targets of a relation. What a target that stays has answered is kept; owners of the others are told.
 * False when the targets and what the link carries are as they were. `since`: when they came to be linked, epoch ms.
 */
export function replaceLinks(
  plan: LinkPlan,
  index: number,
  state: EntityState,
  observed: ObservedLink['targets'],
  since: number,
  effects: Effects,
): boolean {
  const { target: targetType, values, reads } = plan.model;
  const former = state.links[index];
  if (former !== undefined && isSame(plan, former, observed)) return false;
  const known = new Map<string, LinkTarget>();
  for (const target of former ?? NONE) known.set(target.entityId, target);
  const targets: LinkTarget[] = [];
  for (const { entityType, entityId, values: carried } of observed) {
    if (entityType !== targetType) continue;
    const old = known.get(entityId);
    const target: LinkTarget = {
      entityId,
      refVersion: old?.refVersion ?? 0,
      targetSequence: old?.targetSequence ?? 0,
      values: values.map((name) => carriedValue(carried[name])),
      refs: old ? [...old.refs] : reads.map(() => undefined),
      gains: old && old.gains.length > 0 ? [...old.gains] : newGains(plan.gains.length, since),
    };
    if (old === undefined && reads.length > 0) {
      target.refVersion = ++state.nums[REF_COUNTER]!;
      tell(plan, state, target, false, since, effects);
    }
    known.set(entityId, target);
    targets.push(target);
  }
  state.links[index] = targets;
  if (former === undefined || reads.length === 0) return true;
  const kept = new Set(targets.map(({ entityId }) => entityId));
  for (const target of former) {
    if (kept.has(target.entityId)) continue;
    kept.add(target.entityId);
    tell(plan, state, target, true, since, effects);
  }
  return true;
}

/** Most observations name the links that are known already: that must cost little. */
function isSame({ model }: LinkPlan, former: readonly LinkTarget[], observed: ObservedLink['targets']): boolean {
  if (former.length !== observed.length) return false;
  for (let i = 0; i < former.length; i++) {
    const { entityId, values } = former[i]!;
    const other = observed[i]!;
    if (other.entityId !== entityId || other.entityType !== model.target) return false;
    for (let j = 0; j < values.length; j++)
      if (!Object.is(values[j], carriedValue(other.values[model.values[j]!]))) return false;
  }
  return true;
}

function carriedValue(value: Value | undefined): number {
  return typeof value === 'number' ? value : NaN;
}

/** Forgets all targets and tells their owners. */
export function endLinks(plans: readonly LinkPlan[], state: EntityState, now: number, effects: Effects): void {
  plans.forEach((plan, index) => {
    if (state.links[index] !== undefined) replaceLinks(plan, index, state, [], now, effects);
    state.links[index] = undefined;
  });
}

/**
 * Notes an answer. Returns the index of the relation it belongs to, or −1 when it is of a link that is no more, old, or nothing
 * new. What is gained by it is left in `gained`, to be taken at its instant.
 */
export function noteAnswer(
  plans: readonly LinkPlan[],
  state: EntityState,
  answer: ReferenceValued,
  gained: Gained[],
): number {
  for (let index = 0; index < plans.length; index++) {
    const { gains, model } = plans[index]!;
    const { target, reads } = model;
    const ref = reads.indexOf(answer.attribute);
    if (ref < 0 || target !== answer.target.entityType) continue;
    let isNew = false;
    for (const link of state.links[index] ?? []) {
      if (link.entityId !== answer.target.entityId || link.refVersion !== answer.refVersion) continue;
      if (answer.targetSequence < link.targetSequence) continue;
      link.targetSequence = answer.targetSequence;
      if (link.refs[ref] === answer.value) continue;
      isNew = true;
      link.refs[ref] = answer.value;
      for (let nth = 0; nth < gains.length; nth++) {
        const plan = gains[nth]!;
        if (plan.ref === ref) gained.push({ plan, nth, target: link, value: answer.value, at: answer.occurredAt });
      }
    }
    if (isNew) return index;
  }
  return -1;
}

function tell(
  plan: LinkPlan,
  state: EntityState,
  target: LinkTarget,
  end: boolean,
  now: number,
  effects: Effects,
): void {
  effects.referenced.push({
    target: { entityType: plan.model.target, entityId: target.entityId },
    referrer: { entityType: state.entityType, entityId: state.entityId },
    relation: plan.model.relation,
    refVersion: target.refVersion,
    attributes: plan.model.reads,
    end,
    occurredAt: now,
  });
}
