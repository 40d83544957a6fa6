import { valueAt } from '../changes/wording.ts';
import type { Effects } from './effects.ts';
import { CLOCK_AT, ENDED_AT, type EntityState, REFERRERS, TARGET_SEQUENCE } from './state.ts';
import type { TypePlan } from './type-plan.ts';
import type { Value } from './types.ts';

/** An attribute's value at `now` (epoch ms); null when missing or not of the model. */
export function attributeValue(plan: TypePlan, state: EntityState, attribute: string, now: number): Value | null {
  const compiled = plan.attributes.get(attribute);
  return compiled === undefined ? null : valueAt(compiled.value, state, now);
}

/** The value of an attribute for other entities: its default where nothing was observed yet, missing after the end. */
export function referencedValue(plan: TypePlan, state: EntityState, attribute: string, now: number): Value | null {
  return Number.isNaN(state.nums[ENDED_AT]!) ? attributeValue(plan, state, attribute, now) : null;
}

/** Notes what attributes are, of which others count what they gain. */
export function remember({ remembered }: TypePlan, state: EntityState, now: number): void {
  // Of most types nothing is: not even an iterator is made then.
  if (remembered.size === 0) return;
  for (const { history, value } of remembered.values()) {
    const known = value(state, now);
    if (!Number.isNaN(known)) history.note(state.nums, now, known);
  }
}

/**
 * What to tell who has come to refer to the entity as of `since` (epoch ms): the value of an attribute, and to who counts what
 * it gains first what it was then.
 */
export function valuesSince(
  plan: TypePlan,
  state: EntityState,
  attribute: string,
  referrer: string,
  since: number,
): { value: Value | null; occurredAt: number }[] {
  const now = Math.max(since, state.nums[CLOCK_AT]!);
  const value = referencedValue(plan, state, attribute, since);
  const remembered = plan.remembered.get(attribute);
  if (value === null || !remembered?.by.has(referrer)) return [{ value, occurredAt: since }];
  const was = remembered.history.valueAt(state.nums, since);
  if (was === value || Number.isNaN(was)) return [{ value, occurredAt: since }];
  return [
    { value: was, occurredAt: since },
    { value, occurredAt: now },
  ];
}

/** What referrers have been told; undefined where there are none. */
export function toldOf(plan: TypePlan, state: EntityState, now: number): (Value | null)[] | undefined {
  if (state.nums[REFERRERS] === 0) return undefined;
  return plan.referenced.map(({ model }) => referencedValue(plan, state, model.name, now));
}

/** Tells referrers what is not as it was `before`, by `toldOf`. */
export function tellChanged(
  plan: TypePlan,
  state: EntityState,
  before: readonly (Value | null)[] | undefined,
  now: number,
  effects: Effects,
): void {
  if (before === undefined) return;
  plan.referenced.forEach(({ model }, i) => {
    const value = referencedValue(plan, state, model.name, now);
    if (value !== before[i]) effects.valued.push({ attribute: model.name, value });
  });
  closeTelling(state, now, effects);
}

/** Tells those who read an attribute whose definition has changed. */
export function tellAnew(
  plan: TypePlan,
  state: EntityState,
  anew: ReadonlySet<string>,
  now: number,
  effects: Effects,
): void {
  if (state.nums[REFERRERS] === 0) return;
  for (const { model, sources } of plan.referenced) {
    if (![...sources].some((name) => anew.has(name))) continue;
    effects.valued.push({ attribute: model.name, value: referencedValue(plan, state, model.name, now) });
  }
  closeTelling(state, now, effects);
}

function closeTelling(state: EntityState, now: number, effects: Effects): void {
  if (effects.valued.length === 0) return;
  effects.valuedAt = now;
  state.nums[TARGET_SEQUENCE]!++;
}
