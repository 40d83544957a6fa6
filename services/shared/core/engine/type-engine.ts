import type { Cause, Membership } from '../changes/types.ts';
import { valueAt } from '../changes/wording.ts';
import { pinDimension, unpinDimension } from '../hysteresis/index.ts';
import { didYouMean } from '../model/problems.ts';
import type { EntityModel, InputType } from '../model/types.ts';
import type { Distribution } from '../populations/distribution.ts';
import { StateCodec } from './codec.ts';
import type { Effects } from './effects.ts';
import { Evaluator, pinOf, positionOf } from './evaluator.ts';
import type { Layout } from './layout.ts';
import { endLinks, noteAnswer, replaceLinks } from './links.ts';
import { migrate } from './migrate.ts';
import { relink } from './relink.ts';
import {
  CLOCK_AT,
  DUE_AT,
  ENDED_AT,
  type EntityState,
  FIRST_AT,
  NEWEST_AT,
  REF_COUNTER,
  REFERRERS,
  TARGET_SEQUENCE,
} from './state.ts';
import type { Concern, InputPlan, TypePlan } from './type-plan.ts';
import type { Edit, Observation, ObserveResult, ReferenceValued, SegmentPin, Value } from './types.ts';

const DAY_MS = 86_400_000;

/** Where an entity stands on a dimension. Segments by name, null while undecided. */
export interface Position {
  readonly dimension: string;
  readonly segment: string | null;
  /** Where the plain conditions pointed when last looked at, without any hysteresis. */
  readonly raw: string | null;
  /** When anything was last evaluated, epoch ms. */
  readonly at: number;
}

/** How an attribute is spread over the population, as last counted; undefined when it was not yet. */
export type PopulationView = (attribute: string) => Distribution | undefined;

/** Everything that happens to entities of one type. */
export class TypeEngine {
  readonly plan: TypePlan;
  readonly codec: StateCodec;
  readonly #evaluator: Evaluator;
  readonly #modelVersion: string;
  readonly #graceMs: number;
  readonly #touched: InputPlan[] = [];
  readonly #touchedValues: Value[] = [];

  constructor(plan: TypePlan, modelVersion: string, graceMs: number) {
    this.plan = plan;
    this.codec = new StateCodec(plan.layout);
    this.#evaluator = new Evaluator(plan, modelVersion);
    this.#modelVersion = modelVersion;
    this.#graceMs = graceMs;
  }

  get entity(): EntityModel {
    return this.plan.entity;
  }

  observe(state: EntityState, observation: Observation, effects: Effects): ObserveResult {
    const { nums } = state;
    const { observedAt: t, ended } = observation;
    if (t < nums[NEWEST_AT]! - this.#graceMs) return 'late';
    const used = this.#gather(observation);
    if (used === undefined) {
      effects.problem = this.problemOf(observation) ?? '';
      return 'mismatched';
    }
    if (!used && !(ended && state.isBorn)) return 'unused';
    const before = this.#referenced(state, t);
    this.advance(state, t, effects);
    if (!Number.isNaN(nums[ENDED_AT]!)) {
      // A transient entity lives once: what comes after its end is an afterthought, not a new life.
      if (t < nums[ENDED_AT]! + (this.entity.transient ? this.entity.retentionMs : 0)) return 'ended';
      this.#reset(state);
    }
    if (!state.isBorn) this.#bear(state, observation);
    const isLate = t < nums[NEWEST_AT]!;
    if (!isLate) nums[NEWEST_AT] = t;
    const now = this.#moveClock(state, t);
    const dimensions = this.#fold(state, observation, isLate, now, effects);
    if (ended) this.#end(state, now, 'live', `the ${state.entityType} ended`, effects);
    else this.#evaluator.evaluate(state, dimensions, now, !isLate, 'live', effects);
    this.#compareReferenced(state, before, now, effects);
    return 'folded';
  }

  /** Takes answers of one instant together, so that an order of thirty lines is evaluated once and not for each of them. */
  applyReferences(state: EntityState, answers: readonly ReferenceValued[], effects: Effects): boolean {
    if (!this.#isAlive(state)) return false;
    let relations = 0;
    for (const answer of answers) {
      const relation = noteAnswer(this.plan.links, state, answer);
      if (relation >= 0) relations |= 1 << relation;
    }
    if (relations === 0) return false;
    const { occurredAt } = answers[0]!;
    this.advance(state, occurredAt, effects);
    if (!this.#isAlive(state)) return true;
    const before = this.#referenced(state, occurredAt);
    const now = this.#moveClock(state, occurredAt);
    let dimensions = 0;
    for (let i = 0; i < this.plan.links.length; i++) {
      if ((relations >> i) & 1) dimensions |= this.#refresh(state, i, true);
    }
    this.#evaluator.evaluate(state, dimensions, now, true, 'reference', effects);
    this.#compareReferenced(state, before, now, effects);
    return true;
  }

  /** Lets time pass: everything due up to `until` happens at its own instant. */
  advance(state: EntityState, until: number, effects: Effects): void {
    const { nums } = state;
    for (let due = nums[DUE_AT]!; due <= until; due = nums[DUE_AT]!) {
      if (!Number.isNaN(nums[ENDED_AT]!)) {
        // Who still refers to it has been told that its values are missing, and a new life must be told against that.
        if (nums[REFERRERS] === 0) this.#reset(state);
        else nums[DUE_AT] = Infinity;
        return;
      }
      let dimensions = 0;
      this.plan.dimensions.forEach(({ dueAt }, i) => {
        if (nums[dueAt]! <= due) dimensions |= 1 << i;
      });
      const now = this.#moveClock(state, due);
      if (dimensions === 0 && this.#evaluator.expiresAt(state) <= due) this.#expire(state, now, effects);
      else this.#evaluator.evaluate(state, dimensions, now, false, 'timer', effects);
    }
  }

  /**
   * A person pins the entity on a dimension, or lets it go (no `segment`). Timers up to that instant fire first. Returns
   * why it cannot be done; then nothing has changed.
   */
  pin(state: EntityState, pin: SegmentPin, effects: Effects): string | undefined {
    const { entityType, entityId, nums } = state;
    const index = this.plan.dimensions.findIndex(({ name }) => name === pin.dimension);
    const plan = this.plan.dimensions[index];
    if (plan === undefined) {
      const names = this.plan.dimensions.map(({ name }) => name);
      return `${entityType} has no dimension ${pin.dimension}${didYouMean(pin.dimension, names)}`;
    }
    const segment = plan.model.segments.findIndex(({ name }) => name === pin.segment);
    if (pin.segment !== null && segment < 0) {
      const names = plan.model.segments.map(({ name }) => name);
      return `dimension ${pin.dimension} has no segment ${pin.segment}${didYouMean(pin.segment, names)}`;
    }
    if (pin.segment !== null && pin.until === null)
      return 'a pin needs an end: set until, and pin again if it must last';
    if (!this.#isAlive(state)) return `nothing is known of ${entityType} ${entityId}, or it has ended`;
    this.advance(state, pin.occurredAt, effects);
    if (!this.#isAlive(state)) return `${entityType} ${entityId} has ended`;
    const now = Math.max(pin.occurredAt, nums[CLOCK_AT]!);
    if (pin.until !== null && pin.segment !== null && pin.until <= now)
      return `the pin was over before it came: until ${new Date(pin.until).toISOString()}`;
    this.#moveClock(state, now);
    const before = this.#referenced(state, now);
    if (pin.segment === null) unpinDimension(nums, plan.base, now);
    else {
      pinDimension(plan.program, nums, plan.base, segment, pin.until!);
      state.texts[plan.pinText] = JSON.stringify([pin.by, pin.reason]);
      effects.pinnedAt = now;
    }
    this.#evaluator.evaluate(state, 1 << index, now, false, 'manual', effects);
    this.#compareReferenced(state, before, now, effects);
    return undefined;
  }

  /**
   * Looks at where the entity stands in its population at an instant: timers up to it fire first. Returns the values that
   * the population is counted by, in the order of the plan's standings; undefined when the entity is not alive.
   */
  visit(state: EntityState, at: number, population: PopulationView, effects: Effects): number[] | undefined {
    this.advance(state, at, effects);
    if (!this.#isAlive(state)) return undefined;
    const now = this.#moveClock(state, at);
    const values: number[] = [];
    let dimensions = 0;
    for (const standing of this.plan.standings) {
      const value = standing.value(state, now);
      values.push(value);
      const distribution = population(standing.of);
      if (distribution === undefined) continue;
      state.nums[standing.at] = distribution[standing.statistic](value);
      dimensions |= this.#concern(standing, true);
    }
    if (dimensions !== 0) this.#evaluator.evaluate(state, dimensions, now, true, 'timer', effects);
    return values;
  }

  /** The value of an attribute for other entities: its default where nothing was observed yet, missing after the end. */
  referencedValue(state: EntityState, attribute: string, now: number): Value | null {
    return Number.isNaN(state.nums[ENDED_AT]!) ? this.attributeValue(state, attribute, now) : null;
  }

  attributeValue(state: EntityState, attribute: string, now: number): Value | null {
    const compiled = this.plan.attributes.get(attribute);
    return compiled === undefined ? null : valueAt(compiled.value, state, now);
  }

  /** Positions on all decided dimensions at `occurredAt`; undefined when there are none. */
  membership(state: EntityState, occurredAt: number): Membership | undefined {
    const dimensions: Record<string, Membership['dimensions'][string]> = {};
    let any = false;
    for (const plan of this.plan.dimensions) {
      const { segment, since } = positionOf(plan, state);
      if (segment < 0) continue;
      any = true;
      const name = plan.model.segments[segment]!.name;
      const sequence = state.nums[plan.sequenceAt]!;
      dimensions[plan.name] = { segment: name, since, sequence, epoch: state.epoch, pin: pinOf(plan, state) };
    }
    if (!any) return undefined;
    const { entityType, entityId } = state;
    return { entityType, entityId, modelVersion: this.#modelVersion, dimensions, occurredAt };
  }

  /**
   * A state kept under an older layout, under this one, with what the edit brought decided: when it was next due, or at
   * `t` if that is earlier, but not before the edit.
   */
  adopt(from: EntityState, old: Layout, t: number, edit: Edit, effects: Effects): EntityState {
    const { plan } = this;
    const state = this.codec.create(from.entityType, from.entityId);
    const carried = migrate(state, plan, from, old);
    if (!this.#isAlive(state)) {
      if (state.isBorn) this.unreferenced(state);
      return state;
    }
    const now = this.#moveClock(state, Math.max(edit.at, Math.min(t, from.nums[DUE_AT]!)));
    relink(plan.links, state, from, old, now, effects);
    for (let i = 0; i < plan.links.length; i++) if (state.links[i] !== undefined) this.#refresh(state, i, false);
    this.#evaluator.edit(state, carried, now, edit, effects);
    this.#tellAnew(state, carried.anew, now, effects);
    return state;
  }

  positions(state: EntityState): Position[] {
    return this.plan.dimensions.map((plan) => {
      const { segment, raw } = positionOf(plan, state);
      const { segments } = plan.model;
      return {
        dimension: plan.name,
        segment: segments[segment]?.name ?? null,
        raw: segments[raw]?.name ?? null,
        at: state.nums[CLOCK_AT]!,
      };
    });
  }

  /** Why an observation could not be folded: a value is not of the type that the model reads it as. */
  problemOf({ values }: Observation): string | undefined {
    for (const name in values) {
      const plan = this.plan.inputs.get(name);
      if (plan !== undefined && !fits(values[name]!, plan.type))
        return `${name} is ${JSON.stringify(values[name])}, but the model reads it as a ${plan.type}`;
    }
    return undefined;
  }

  /** Finds what the model reads of it; false when nothing, undefined when a value is not of the type that it is read as. */
  #gather({ values, links }: Observation): boolean | undefined {
    const { inputs } = this.plan;
    const touched = this.#touched;
    const touchedValues = this.#touchedValues;
    touched.length = 0;
    touchedValues.length = 0;
    for (const name in values) {
      const plan = inputs.get(name);
      if (plan === undefined) continue;
      if (!fits(values[name]!, plan.type)) return undefined;
      touched.push(plan);
      touchedValues.push(values[name]!);
    }
    return (
      touched.length > 0 ||
      links.some(({ relation }) => this.plan.links.some(({ model }) => model.relation === relation))
    );
  }

  #fold(
    state: EntityState,
    { values, links, observedAt }: Observation,
    isLate: boolean,
    now: number,
    effects: Effects,
  ): number {
    let dimensions = 0;
    for (let i = 0; i < this.#touched.length; i++) {
      const { feeds } = this.#touched[i]!;
      for (let j = 0; j < feeds.length; j++) {
        const feed = feeds[j]!;
        if (feed.where !== undefined && feed.where(values, now) !== 1) continue;
        if (isLate && observedAt < state.nums[NEWEST_AT]! - feed.graceMs) {
          if (!effects.lateFor.includes(feed.attribute)) effects.lateFor.push(feed.attribute);
          continue;
        }
        feed.take(state, this.#touchedValues[i]!, observedAt);
        dimensions |= this.#concern(feed, !isLate);
      }
    }
    // An older set of targets must not replace a newer one.
    if (isLate) return dimensions;
    for (const { relation, targets } of links) {
      const index = this.plan.links.findIndex(({ model }) => model.relation === relation);
      if (index < 0) continue;
      if (replaceLinks(this.plan.links[index]!, index, state, targets, now, effects))
        dimensions |= this.#refresh(state, index, true);
    }
    return dimensions;
  }

  #refresh(state: EntityState, relation: number, votes: boolean): number {
    let dimensions = 0;
    for (const entry of this.plan.links[relation]!.refreshes) {
      entry.refresh(state);
      dimensions |= this.#concern(entry, votes);
    }
    return dimensions;
  }

  #concern({ dimensions, clauses }: Concern, votes: boolean): number {
    if (votes) this.#evaluator.mark(clauses);
    return dimensions;
  }

  #bear(state: EntityState, { observedAt, source }: Observation): void {
    const { nums } = state;
    state.epoch = `${source.topic}-${source.partition}-${source.offset}`;
    nums[FIRST_AT] = observedAt;
    const deadline = observedAt + this.entity.undecidedAfterMs;
    for (const { dueAt } of this.plan.dimensions) nums[dueAt] = deadline;
    nums[DUE_AT] = this.plan.dimensions.length > 0 ? deadline : Infinity;
  }

  #isAlive(state: EntityState): boolean {
    return state.isBorn && Number.isNaN(state.nums[ENDED_AT]!);
  }

  #expire(state: EntityState, now: number, effects: Effects): void {
    const days = Math.round((now - state.nums[NEWEST_AT]!) / DAY_MS);
    this.#end(state, now, 'timer', `the ${state.entityType} expired: nothing observed for ${days} days`, effects);
  }

  #end(state: EntityState, now: number, cause: Cause, text: string, effects: Effects): void {
    this.#evaluator.end(state, now, cause, text, effects);
    endLinks(this.plan.links, state, now, effects);
    state.nums[ENDED_AT] = now;
    state.nums[DUE_AT] = now + this.entity.retentionMs;
    effects.ended = true;
  }

  /** Back to unborn. What others hold of it stays: referrers, and numbers that must not be given out twice. */
  #reset(state: EntityState): void {
    const { nums } = state;
    const kept = [REF_COUNTER, TARGET_SEQUENCE, REFERRERS].map((word) => [word, nums[word]!] as const);
    const fresh = this.codec.create(state.entityType, state.entityId);
    nums.set(fresh.nums);
    for (const [word, value] of kept) nums[word] = value;
    state.texts.fill(undefined);
    state.links.fill(undefined);
    state.epoch = '';
  }

  #moveClock({ nums }: EntityState, t: number): number {
    if (!(t <= nums[CLOCK_AT]!)) nums[CLOCK_AT] = t;
    return nums[CLOCK_AT]!;
  }

  /** Nobody refers to it any more: what was kept for referrers' sake alone may go. */
  unreferenced({ nums }: EntityState): void {
    if (!Number.isNaN(nums[ENDED_AT]!)) nums[DUE_AT] = nums[ENDED_AT]! + this.entity.retentionMs;
  }

  /** What referrers have been told; undefined where there are none. */
  #referenced(state: EntityState, now: number): (Value | null)[] | undefined {
    if (state.nums[REFERRERS] === 0) return undefined;
    return this.plan.referenced.map(({ model }) => this.referencedValue(state, model.name, now));
  }

  /** Tells those who read an attribute whose definition has changed. */
  #tellAnew(state: EntityState, anew: ReadonlySet<string>, now: number, effects: Effects): void {
    if (state.nums[REFERRERS] === 0) return;
    for (const { model, sources } of this.plan.referenced) {
      if (![...sources].some((name) => anew.has(name))) continue;
      effects.valued.push({ attribute: model.name, value: this.referencedValue(state, model.name, now) });
    }
    if (effects.valued.length === 0) return;
    effects.valuedAt = now;
    state.nums[TARGET_SEQUENCE]!++;
  }

  #compareReferenced(
    state: EntityState,
    before: readonly (Value | null)[] | undefined,
    now: number,
    effects: Effects,
  ): void {
    if (before === undefined) return;
    this.plan.referenced.forEach(({ model }, i) => {
      const value = this.referencedValue(state, model.name, now);
      if (value !== before[i]) effects.valued.push({ attribute: model.name, value });
    });
    if (effects.valued.length === 0) return;
    effects.valuedAt = now;
    state.nums[TARGET_SEQUENCE]!++;
  }
}

function fits(value: Value, type: InputType): boolean {
  const kind = typeof value;
  if (type === 'number' || type === 'time') return kind === 'number' && Number.isFinite(value);
  return kind === type;
}
