import { explainMove, noteMove } from '../changes/because.ts';
import type { Because, Cause, HysteresisNote, Origin, SegmentChange } from '../changes/types.ts';
import { valueAt } from '../changes/wording.ts';
import type { Leaf } from '../conditions/table.ts';
import type { Readings } from '../conditions/tree.ts';
import {
  createStepOutcome,
  decideMissing,
  initDimensionState,
  nextDue,
  pinDimension,
  redecideDimension,
  type StepOutcome,
  stepDimension,
} from '../hysteresis/index.ts';
import type { DimensionPlan } from './dimension-plan.ts';
import type { Effects } from './effects.ts';
import type { Carried } from './migrate.ts';
import { pinOf, positionIn, positionOf } from './positions.ts';
import { CLOCK_AT, DUE_AT, type EntityState, EVALUATIONS, FIRST_AT, NEWEST_AT } from './state.ts';
import type { TypePlan } from './type-plan.ts';
import type { Edit } from './types.ts';

function isPinned(nums: Float64Array, base: number): boolean {
  return positionIn(nums, base).pinned >= 0;
}

/** Runs the dimensions of one entity type: reads their conditions, steps hysteresis, tells what moved. */
export class Evaluator {
  readonly #plan: TypePlan;
  readonly #modelVersion: string;
  readonly #readings: Readings;
  readonly #out = createStepOutcome();
  #marked = false;

  constructor(plan: TypePlan, modelVersion: string) {
    this.#plan = plan;
    this.#modelVersion = modelVersion;
    const clauses = plan.readClause.length;
    this.#readings = {
      margins: new Float64Array(clauses),
      folded: new Uint8Array(clauses),
      gates: new Float64Array(plan.readGate.length),
      costs: new Float64Array(Math.max(0, ...plan.dimensions.map(({ prices }) => prices.length))),
    };
  }

  /** Marks clauses that an observation has just folded; `evaluate` takes the marks away. */
  mark(clauses: readonly number[]): void {
    const { folded } = this.#readings;
    for (let i = 0; i < clauses.length; i++) folded[clauses[i]!] = 1;
    this.#marked ||= clauses.length > 0;
  }

  /** Steps the dimensions whose bits are set, at `now`, never before an earlier one. */
  evaluate(state: EntityState, dimensions: number, now: number, votes: boolean, cause: Cause, effects: Effects): void {
    const plans = this.#plan.dimensions;
    const before = effects.changes.length;
    for (let rest = dimensions; rest !== 0; rest &= rest - 1)
      this.#step(plans[31 - Math.clz32(rest & -rest)]!, state, now, votes, cause, effects);
    if (this.#marked) this.#readings.folded.fill(0);
    this.#marked = false;
    if (effects.changes.length > before) this.#closeEvaluation(state, before, effects);
    this.#scheduleEntity(state);
  }

  /**
   * When the entity ends by itself, epoch ms: so long after the newest observation, or after it last moved, whichever
   * came later. Infinity for types that do not.
   */
  expiresAt({ nums }: EntityState): number {
    const { dimensions, entity } = this.#plan;
    if (entity.expireAfterMs === Infinity) return Infinity;
    let last = nums[NEWEST_AT]!;
    for (const { base } of dimensions) {
      const { segment, since } = positionIn(nums, base);
      if (segment >= 0 && since > last) last = since;
    }
    return last + entity.expireAfterMs;
  }

  /** Takes the entity out of every segment; `text` says why. */
  end(state: EntityState, now: number, cause: Cause, text: string, effects: Effects): void {
    const before = effects.changes.length;
    for (const plan of this.#plan.dimensions) {
      const { segment, heldFlips } = positionOf(plan, state);
      if (segment >= 0) {
        const because = { text, clause: '', values: [], failed: null };
        const note = { kind: 'ended', evidence: null, price: null, since: null, heldFlips };
        this.#emit(plan, state, segment, -1, now, cause, because, note, effects);
      }
      initDimensionState(plan.program, state.nums, plan.base);
      state.nums[plan.dueAt] = Infinity;
      state.texts[plan.pinText] = undefined;
    }
    if (effects.changes.length > before) this.#closeEvaluation(state, before, effects);
  }

  /** Decides what a changed model brought or altered, at once, and takes the entity out of what it no longer has. */
  edit(state: EntityState, { decide, left, anew }: Carried, now: number, edit: Edit, effects: Effects): void {
    const before = effects.changes.length;
    for (const each of decide) {
      const hold = [...each.plan.sources].some((name) => anew.has(name));
      this.#redecide(each, state, hold, now, edit, effects);
    }
    for (const { dimension, stood, sequenceAt } of left) {
      const because = { text: `${wordsOf(edit)}: it has no ${dimension}`, clause: '', values: [], failed: null };
      const change = { dimension, sequenceAt, from: stood, to: null, attributes: {} };
      this.#publish(state, change, now, 'edit', because, NO_NOTE, effects);
    }
    if (effects.changes.length > before) this.#closeEvaluation(state, before, effects);
    this.#scheduleEntity(state);
  }

  #redecide(
    { plan, stood, since, pin }: Carried['decide'][number],
    state: EntityState,
    hold: boolean,
    now: number,
    edit: Edit,
    effects: Effects,
  ): void {
    const { program, base, sequenceAt, name } = plan;
    const { nums } = state;
    const out = this.#out;
    const readings = this.#read(plan, state, now);
    const stands = plan.model.segments.findIndex((segment) => segment.name === stood);
    const deadline = nums[FIRST_AT]! + this.#plan.entity.undecidedAfterMs;
    const pinned = plan.model.segments.findIndex((segment) => segment.name === pin?.to);
    if (pin !== null && pinned >= 0) {
      pinDimension(program, nums, base, pinned, pin.until);
      state.texts[plan.pinText] = pin.text;
    }
    if (stands >= 0) redecideDimension(program, nums, base, readings, now, stands, since, hold, out);
    else {
      stepDimension(program, nums, base, readings, now, false, out);
      // Where its segment is gone there is nothing to hold it until all is known.
      if (out.to < 0 && (stood !== null || now >= deadline)) decideMissing(program, nums, base, readings, now, out);
    }
    if (out.moved) {
      const because = explainMove(plan, out, this.#deciderOf(out), state, now, pinOf(plan, state));
      const change = {
        dimension: name,
        sequenceAt,
        from: stood,
        to: plan.model.segments[out.to]!.name,
        attributes: attributesOf(plan, state, now),
      };
      const text = `${wordsOf(edit)}: ${because.text}`;
      this.#publish(state, change, now, 'edit', { ...because, text }, { ...noteMove(out), kind: 'edit' }, effects);
    }
    nums[plan.dueAt] = out.to < 0 ? deadline : this.#nextWake(plan, state, now);
  }

  #read(plan: DimensionPlan, state: EntityState, now: number): Readings {
    const { program } = plan;
    const readings = this.#readings;
    const { readClause, readGate } = this.#plan;
    for (let i = 0; i < program.readsClauses.length; i++) {
      const clause = program.readsClauses[i]!;
      readings.margins[clause] = readClause[clause]!(state, now);
    }
    for (let i = 0; i < program.readsGates.length; i++) {
      const gate = program.readsGates[i]!;
      readings.gates[gate] = readGate[gate]!(state, now);
    }
    for (let i = 0; i < plan.prices.length; i++) readings.costs[i] = plan.prices[i]!.read(state, now);
    return readings;
  }

  #deciderOf({ clause, gate }: StepOutcome): Leaf<EntityState> | undefined {
    const { clauseLeaves, gateLeaves } = this.#plan.conditions;
    return clause >= 0 ? clauseLeaves[clause] : gateLeaves[gate];
  }

  #step(plan: DimensionPlan, state: EntityState, now: number, votes: boolean, cause: Cause, effects: Effects): void {
    const { program, base } = plan;
    const { nums } = state;
    const out = this.#out;
    const readings = this.#read(plan, state, now);
    const { entity } = this.#plan;
    stepDimension(program, nums, base, readings, now, votes, out);
    const deadline = nums[FIRST_AT]! + entity.undecidedAfterMs;
    if (out.to < 0 && now >= deadline) decideMissing(program, nums, base, readings, now, out);
    if (out.moved) {
      const because = explainMove(plan, out, this.#deciderOf(out), state, now, pinOf(plan, state));
      this.#emit(plan, state, out.from, out.to, now, cause, because, noteMove(out), effects);
    }
    if (state.texts[plan.pinText] !== undefined && !isPinned(nums, base)) {
      state.texts[plan.pinText] = undefined;
      effects.pinnedAt = now;
    }
    if (out.held !== undefined)
      effects.held.push({ dimension: plan.name, reason: out.held, to: plan.model.segments[out.heldTo]!.name, at: now });
    nums[plan.dueAt] = out.to < 0 ? deadline : this.#nextWake(plan, state, now);
  }

  #nextWake(plan: DimensionPlan, state: EntityState, now: number): number {
    const { wakes } = plan;
    let due = nextDue(plan.program, state.nums, plan.base);
    for (let i = 0; i < wakes.length; i++) {
      const at = wakes[i]!(state, now);
      if (at < due) due = at;
    }
    // Time must go on: what was due by now has just been looked at.
    return due > now ? due : now + 1;
  }

  #scheduleEntity(state: EntityState): void {
    const { dimensions } = this.#plan;
    let due = Infinity;
    for (let i = 0; i < dimensions.length; i++) {
      const at = state.nums[dimensions[i]!.dueAt]!;
      if (at < due) due = at;
    }
    // As long as time alone may still move it, it is not forgotten.
    if (due === Infinity) {
      const clock = state.nums[CLOCK_AT]!;
      due = this.expiresAt(state);
      if (due <= clock) due = clock + 1;
    }
    state.nums[DUE_AT] = due;
  }

  #emit(
    plan: DimensionPlan,
    state: EntityState,
    from: number,
    to: number,
    now: number,
    cause: Cause,
    because: Because,
    hysteresis: HysteresisNote,
    effects: Effects,
  ): void {
    const { segments } = plan.model;
    const change = {
      dimension: plan.name,
      sequenceAt: plan.sequenceAt,
      from: segments[from]?.name ?? null,
      to: segments[to]?.name ?? null,
      attributes: attributesOf(plan, state, now),
    };
    this.#publish(state, change, now, cause, because, hysteresis, effects);
  }

  #publish(
    state: EntityState,
    { dimension, sequenceAt, from, to, attributes }: Change,
    now: number,
    cause: Cause,
    because: Because,
    hysteresis: HysteresisNote,
    effects: Effects,
  ): void {
    const { entityType, entityId, epoch, nums } = state;
    const sequence = ++nums[sequenceAt]!;
    effects.changes.push({
      changeId: `${entityType}:${entityId}:${dimension}:${epoch}:${sequence}`,
      entityType,
      entityId,
      dimension,
      from,
      to,
      microSegment: '',
      evaluationId: `${entityType}:${entityId}:${epoch}:${nums[EVALUATIONS]! + 1}`,
      sequence,
      epoch,
      modelVersion: this.#modelVersion,
      occurredAt: now,
      origin: this.#originOf(from, cause, effects),
      because,
      hysteresis,
      attributes,
    });
  }

  #originOf(from: string | null, cause: Cause, effects: Effects): Origin {
    if (effects.replay) return 'replay';
    // What a person wants is acted on, first placement or not.
    if (cause === 'manual') return cause;
    return from === null && !this.#plan.entity.transient ? 'initial' : cause;
  }

  #closeEvaluation(state: EntityState, from: number, effects: Effects): void {
    state.nums[EVALUATIONS]!++;
    const parts: string[] = [];
    for (const plan of this.#plan.dimensions) {
      const { segment } = positionOf(plan, state);
      if (segment >= 0) parts.push(plan.labels[segment]!);
    }
    const microSegment = parts.join('|');
    for (let i = from; i < effects.changes.length; i++) effects.changes[i]!.microSegment = microSegment;
  }
}

/** A change as far as its dimension tells it. */
interface Change extends Pick<SegmentChange, 'dimension' | 'from' | 'to' | 'attributes'> {
  /** The word of the last number given out. */
  readonly sequenceAt: number;
}

const NO_NOTE: HysteresisNote = { kind: 'edit', evidence: null, price: null, since: null, heldFlips: 0 };

function wordsOf({ from, to }: Edit): string {
  return from === to ? `the model ${to} has changed` : `model ${from} → ${to}`;
}

function attributesOf(plan: DimensionPlan, state: EntityState, now: number): SegmentChange['attributes'] {
  const values: Record<string, ReturnType<typeof valueAt>> = {};
  for (const { model, value } of plan.attributes) values[model.name] = valueAt(value, state, now);
  return values;
}
