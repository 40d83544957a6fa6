import { type Gained, takeGain } from '../attributes/gain.ts';
import type { Cause } from '../changes/types.ts';
import { pinDimension, unpinDimension } from '../hysteresis/index.ts';
import { didYouMean } from '../model/problems.ts';
import type { EntityModel } from '../model/types.ts';
import type { Distribution } from '../populations/distribution.ts';
import { StateCodec } from './codec.ts';
import type { Effects } from './effects.ts';
import { Evaluator } from './evaluator.ts';
import type { Layout } from './layout.ts';
import { bear, endLife, hasEnded, isAlive, moveClock, reset, unreferenced } from './life.ts';
import { endLinks, noteAnswer, replaceLinks } from './links.ts';
import { migrate } from './migrate.ts';
import { ObservationReader } from './observation-reader.ts';
import { relink } from './relink.ts';
import { CLOCK_AT, DUE_AT, ENDED_AT, type EntityState, NEWEST_AT, REFERRERS } from './state.ts';
import { remember, tellAnew, tellChanged, toldOf } from './told.ts';
import type { Concern, TypePlan } from './type-plan.ts';
import type { Edit, Observation, ObserveResult, ReferenceValued, SegmentPin } from './types.ts';

const DAY_MS = 86_400_000;

/** How an attribute is spread over the population, as last counted; undefined when it was not yet. */
export type PopulationView = (attribute: string) => Distribution | undefined;

/** Everything that happens to entities of one type. */
export class TypeEngine {
  readonly plan: TypePlan;
  readonly codec: StateCodec;
  readonly #reader: ObservationReader;
  readonly #evaluator: Evaluator;
  readonly #graceMs: number;
  readonly #gained: Gained[] = [];

  constructor(plan: TypePlan, modelVersion: string, graceMs: number) {
    this.plan = plan;
    this.codec = new StateCodec(plan.layout);
    this.#reader = new ObservationReader(plan);
    this.#evaluator = new Evaluator(plan, modelVersion);
    this.#graceMs = graceMs;
  }

  get entity(): EntityModel {
    return this.plan.entity;
  }

  /** Why an observation could not be folded; undefined when it can. */
  problemOf(observation: Observation): string | undefined {
    return this.#reader.problemOf(observation);
  }

  observe(state: EntityState, observation: Observation, effects: Effects): ObserveResult {
    const { nums } = state;
    const { observedAt: t, ended } = observation;
    if (t < nums[NEWEST_AT]! - this.#graceMs) return 'late';
    const used = this.#reader.read(observation);
    if (used === undefined) {
      effects.problem = this.#reader.problemOf(observation) ?? '';
      return 'mismatched';
    }
    if (!used && !(ended && state.isBorn)) return 'unused';
    const before = toldOf(this.plan, state, t);
    this.advance(state, t, effects);
    if (hasEnded(state)) {
      // A transient entity lives once: what comes after its end is an afterthought, not a new life.
      if (t < nums[ENDED_AT]! + (this.entity.transient ? this.entity.retentionMs : 0)) return 'ended';
      reset(this.codec, state);
    }
    if (!state.isBorn) bear(this.plan, state, observation);
    const isLate = t < nums[NEWEST_AT]!;
    if (!isLate) nums[NEWEST_AT] = t;
    const now = moveClock(state, t);
    const dimensions = this.#fold(state, observation, isLate, now, effects);
    if (ended) this.#end(state, now, 'live', `the ${state.entityType} ended`, effects);
    else this.#evaluator.evaluate(state, dimensions, now, !isLate, 'live', effects);
    remember(this.plan, state, now);
    tellChanged(this.plan, state, before, now, effects);
    return 'folded';
  }

  /** Takes answers of one instant together, so that an order of thirty lines is evaluated once and not for each of them. */
  applyReferences(state: EntityState, answers: readonly ReferenceValued[], effects: Effects): boolean {
    if (!isAlive(state)) return false;
    let relations = 0;
    this.#gained.length = 0;
    for (const answer of answers) {
      const relation = noteAnswer(this.plan.links, state, answer, this.#gained);
      if (relation >= 0) relations |= 1 << relation;
    }
    if (relations === 0) return false;
    const { occurredAt } = answers[0]!;
    this.advance(state, occurredAt, effects);
    if (!isAlive(state)) return true;
    const before = toldOf(this.plan, state, occurredAt);
    const now = moveClock(state, occurredAt);
    for (const each of this.#gained) takeGain(state.nums, each);
    let dimensions = 0;
    for (let i = 0; i < this.plan.links.length; i++) {
      if ((relations >> i) & 1) dimensions |= this.#refresh(state, i, true);
    }
    this.#evaluator.evaluate(state, dimensions, now, true, 'reference', effects);
    remember(this.plan, state, now);
    tellChanged(this.plan, state, before, now, effects);
    return true;
  }

  /** Lets time pass: everything due up to `until` happens at its own instant. */
  advance(state: EntityState, until: number, effects: Effects): void {
    const { nums } = state;
    for (let due = nums[DUE_AT]!; due <= until; due = nums[DUE_AT]!) {
      if (hasEnded(state)) {
        // Who still refers to it has been told that its values are missing, and a new life must be told against that.
        if (nums[REFERRERS] === 0) reset(this.codec, state);
        else nums[DUE_AT] = Infinity;
        return;
      }
      let dimensions = 0;
      this.plan.dimensions.forEach(({ dueAt }, i) => {
        if (nums[dueAt]! <= due) dimensions |= 1 << i;
      });
      const now = moveClock(state, due);
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
    if (!isAlive(state)) return `nothing is known of ${entityType} ${entityId}, or it has ended`;
    this.advance(state, pin.occurredAt, effects);
    if (!isAlive(state)) return `${entityType} ${entityId} has ended`;
    const now = Math.max(pin.occurredAt, nums[CLOCK_AT]!);
    if (pin.until !== null && pin.segment !== null && pin.until <= now)
      return `the pin was over before it came: until ${new Date(pin.until).toISOString()}`;
    moveClock(state, now);
    const before = toldOf(this.plan, state, now);
    if (pin.segment === null) unpinDimension(nums, plan.base, now);
    else {
      pinDimension(plan.program, nums, plan.base, segment, pin.until!);
      state.texts[plan.pinText] = JSON.stringify([pin.by, pin.reason]);
      effects.pinnedAt = now;
    }
    this.#evaluator.evaluate(state, 1 << index, now, false, 'manual', effects);
    tellChanged(this.plan, state, before, now, effects);
    return undefined;
  }

  /**
   * Looks at where the entity stands in its population at an instant: timers up to it fire first. Returns the values that
   * the population is counted by, in the order of the plan's standings; undefined when the entity is not alive.
   */
  visit(state: EntityState, at: number, population: PopulationView, effects: Effects): number[] | undefined {
    this.advance(state, at, effects);
    if (!isAlive(state)) return undefined;
    const now = moveClock(state, at);
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

  /**
   * A state kept under an older layout, under this one, with what the edit brought decided: when it was next due, or at
   * `t` if that is earlier, but not before the edit.
   */
  adopt(from: EntityState, old: Layout, t: number, edit: Edit, effects: Effects): EntityState {
    const { plan } = this;
    const state = this.codec.create(from.entityType, from.entityId);
    const carried = migrate(state, plan, from, old);
    if (!isAlive(state)) {
      if (state.isBorn) unreferenced(plan, state);
      return state;
    }
    const now = moveClock(state, Math.max(edit.at, Math.min(t, from.nums[DUE_AT]!)));
    relink(plan.links, state, from, old, now, effects);
    for (let i = 0; i < plan.links.length; i++) if (state.links[i] !== undefined) this.#refresh(state, i, false);
    this.#evaluator.edit(state, carried, now, edit, effects);
    tellAnew(this.plan, state, carried.anew, now, effects);
    return state;
  }

  #fold(
    state: EntityState,
    { values, links, observedAt }: Observation,
    isLate: boolean,
    now: number,
    effects: Effects,
  ): number {
    let dimensions = 0;
    const { inputs, values: read } = this.#reader;
    for (let i = 0; i < inputs.length; i++) {
      const { feeds } = inputs[i]!;
      for (let j = 0; j < feeds.length; j++) {
        const feed = feeds[j]!;
        if (feed.where !== undefined && feed.where(values, now) !== 1) continue;
        if (isLate && observedAt < state.nums[NEWEST_AT]! - feed.graceMs) {
          if (!effects.lateFor.includes(feed.attribute)) effects.lateFor.push(feed.attribute);
          continue;
        }
        feed.take(state, read[i]!, observedAt);
        dimensions |= this.#concern(feed, !isLate);
      }
    }
    for (const { relation, targets } of links) {
      const index = this.plan.links.findIndex(({ model }) => model.relation === relation);
      // An older set of targets must not replace a newer one.
      if (index < 0 || (isLate && state.links[index] !== undefined)) continue;
      if (replaceLinks(this.plan.links[index]!, index, state, targets, observedAt, effects))
        dimensions |= this.#refresh(state, index, !isLate);
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

  #expire(state: EntityState, now: number, effects: Effects): void {
    const days = Math.round((now - state.nums[NEWEST_AT]!) / DAY_MS);
    this.#end(state, now, 'timer', `the ${state.entityType} expired: nothing observed for ${days} days`, effects);
  }

  #end(state: EntityState, now: number, cause: Cause, text: string, effects: Effects): void {
    this.#evaluator.end(state, now, cause, text, effects);
    endLinks(this.plan.links, state, now, effects);
    endLife(this.plan, state, now);
    effects.ended = true;
  }
}
