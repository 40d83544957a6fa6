import {
  type Edit,
  Engine,
  type Observation,
  type ObserveResult,
  type Referenced,
  type ReferenceValued,
  type SegmentPin,
} from '@detent/core';
import {
  type InputRecord,
  murmur2Partition,
  type ProcessContext,
  type Processor,
  type States,
  type Step,
  type Wanted,
} from '@detent/pipeline';
import { accept, MODEL_SWITCHED, OBSERVATION, PINNED, REFERENCED } from './accept.ts';
import { EntityStep, type Observed } from './entity-step.ts';
import { bucketKeyFor, entityKey, entityOf, kindOf, layoutKey, SWEEP_KEY, statisticsKey } from './keys.ts';
import { ModelKeeper } from './model-keeper.ts';
import { ModelLibrary } from './model-library.ts';
import { type PopulationCounted, Populations } from './populations.ts';
import { Reorder } from './reorder.ts';
import { decodeState, encodeState, recycleState } from './state-codec.ts';
import { modelSwitchesTopic, POPULATION_COUNTED, segmenterOutputs, segmenterSources } from './topology.ts';

/** A segmenter, which knows whether its model came by the log. */
export interface SegmenterProcessor extends Processor {
  /** Once it has begun: a promoted model is in force, so that the file it was started with decides nothing. */
  isPromoted(): boolean;
}

/**
 * The segmenter service: observations in, changes of segment and memberships out. `models` may serve many tasks; its seed
 * is in force where nothing was ever promoted.
 */
export function createSegmenterProcessor(models: ModelLibrary | Engine): SegmenterProcessor {
  const segmenter = new Segmenter(models instanceof Engine ? ModelLibrary.of(models) : models);
  return {
    service: 'segmenter',
    sources: segmenterSources,
    barriers: [modelSwitchesTopic],
    get outputs() {
      return segmenterOutputs(segmenter.engine);
    },
    partitioning: 'per-partition',
    accept,
    keysOf: (record) => segmenter.keysOf(record),
    encodeState: (key, value) => encodeState(segmenter.engine, key, value),
    decodeState: (key, bytes) => decodeState(segmenter.engine, key, bytes),
    recycleState: (_, value) => recycleState(segmenter.engine, value),
    isPromoted: () => segmenter.isPromoted,
    begin: (states) => segmenter.begin(states),
    process: (batch, context, final) => segmenter.process(batch, context, final),
    onDue: (due, until, context) => segmenter.onDue(due, until, context),
  };
}

/** One batch at work. */
interface Work {
  readonly step: EntityStep;
  readonly context: ProcessContext;
  readonly results: Map<ObserveResult, number>;
}

/** One task's segmenter, from assignment to revocation. */
class Segmenter {
  readonly #model: ModelKeeper;
  #engine: Engine;
  #edit: Edit;
  #reorder: Reorder | undefined;
  /** How far timers lag behind stream time, so that what is put into order still comes before them. */
  #lagMs = 0;
  #populations: Populations;
  /** Newest event time seen: what waits for order is released by it. */
  #streamTime = -Infinity;
  #isOwn: ((id: string) => boolean) | undefined;
  #ready = false;

  constructor(models: ModelLibrary) {
    this.#model = new ModelKeeper(models);
    this.#engine = this.#model.engine;
    this.#edit = this.#model.edit;
    this.#populations = new Populations(this.#engine, 0);
  }

  get engine(): Engine {
    return this.#engine;
  }

  get isPromoted(): boolean {
    return this.#model.isPromoted;
  }

  /** Takes up the model in force. */
  *begin(states: States): Step {
    yield* this.#model.restore(states);
    this.#engine = this.#model.engine;
    this.#edit = this.#model.edit;
    const { reorderMs } = this.#engine.model;
    this.#reorder = reorderMs === undefined ? undefined : new Reorder(reorderMs);
    this.#lagMs = this.#reorder?.lagMs ?? 0;
    this.#populations = new Populations(this.#engine, this.#lagMs);
    this.#ready = false;
  }

  keysOf(record: InputRecord): readonly string[] {
    if (record.name === MODEL_SWITCHED) return [];
    if (record.name === POPULATION_COUNTED) return [statisticsKey((record.value as PopulationCounted).entityType)];
    if (record.name !== OBSERVATION) return keysOfMessage(record);
    const observation = record.value as Observation;
    if (!this.#engine.has(observation.entityType)) return [];
    return this.#reorder?.keysOf(observation) ?? this.#keysOfObservation(observation);
  }

  *process(batch: readonly InputRecord[], context: ProcessContext, final: boolean): Step {
    if (!this.#ready) yield* this.#prepare(context, batch[0]?.eventTime ?? 0);
    const work = this.#work(context);
    for (const record of batch) {
      if (record.eventTime > this.#streamTime) this.#streamTime = record.eventTime;
      // What waits for order is visited for when it is folded.
      if (this.#reorder === undefined && this.#populations.isBehind(record.eventTime))
        yield* this.#populations.catchUp(record.eventTime, work.step, context);
      if (record.name === PINNED) yield* this.#pin(record, work);
      else if (record.name === POPULATION_COUNTED)
        yield* this.#populations.receive(record.value as PopulationCounted, context);
      else if (record.name === MODEL_SWITCHED) yield* this.#switch(record, work);
      else if (record.name !== OBSERVATION) yield* work.step.receive(record.value as Referenced | ReferenceValued);
      else if (!this.#engine.has((record.value as Observation).entityType)) count(work, 'unused');
      else if (this.#reorder !== undefined) yield* this.#reorderRecord(record, this.#reorder, work);
      else if (!this.#observeAtOnce(record, work)) yield* this.#observe(record, work);
      else if (work.step.rest !== undefined) yield* work.step.rest;
    }
    yield* this.#release(final ? Infinity : this.#streamTime, work);
    this.#report(work);
  }

  *onDue(due: readonly { key: string; dueAt: number }[], until: number, context: ProcessContext): Step {
    if (!this.#ready) yield* this.#prepare(context, due[0]?.dueAt ?? 0);
    const work = this.#work(context);
    yield* this.#release(until, work);
    for (const { key, dueAt } of due) {
      yield* this.#populations.catchUp(dueAt - this.#lagMs, work.step, context);
      if (key === SWEEP_KEY) yield* this.#model.sweep(dueAt, this.#lagMs, work.step, context);
      if (kindOf(key) === 'population') yield* this.#populations.wake(key, dueAt - this.#lagMs, work.step, context);
      if (kindOf(key) !== 'entity') continue;
      const entity = entityOf(key);
      const { entityType } = entity;
      if (this.#engine.has(entityType))
        yield* work.step.advance(entity, Math.min(until - this.#lagMs, this.#populations.limit(entityType)));
      // The model no longer has the type: its states wait for a model that does.
      else context.states.put(key, context.states.get(key), null);
    }
    this.#report(work);
  }

  /** A switch is a batch of its own: what comes after it finds the model that it brought, by `begin`. */
  *#switch(record: InputRecord, work: Work): Step {
    const refusal = yield* this.#model.take(record, work.context);
    if (refusal !== undefined) work.context.deadLetter(record, refusal);
    // What waits for order was put into slices by the model before it.
    else if (this.#model.next?.model.reorderMs !== this.#engine.model.reorderMs) yield* this.#release(Infinity, work);
  }

  /** Once when it has begun: keeps the layouts of the model beside the states that will bear their fingerprints. */
  *#prepare(context: ProcessContext, at: number): Step {
    yield* this.#model.settle(at, this.#lagMs, context);
    this.#edit = this.#model.edit;
    const { task, partitions, states } = context;
    this.#isOwn = (id) => partitions === 1 || murmur2Partition(Buffer.from(id), partitions) === task;
    const layouts = [...this.#engine.types].map((type) => this.#engine.layoutOf(type));
    yield layouts.map(({ fingerprint }) => layoutKey(fingerprint));
    for (const layout of layouts) {
      const key = layoutKey(layout.fingerprint);
      if (states.get(key) === undefined) states.put(key, layout, null);
    }
    this.#ready = true;
  }

  #report({ results, context, step }: Work): void {
    for (const [result, by] of results) context.count('detent_segmenter_observations_total', { result }, by);
    this.#model.count(step.takeCaused(), context);
  }

  #work(context: ProcessContext): Work {
    return { step: new EntityStep(this.#engine, context, this.#lagMs, this.#edit), context, results: new Map() };
  }

  *#pin(record: InputRecord, work: Work): Step {
    const problem = yield* work.step.pin(record.value as SegmentPin);
    work.context.count('detent_segmenter_pins_total', { result: problem === undefined ? 'obeyed' : 'refused' });
    if (problem !== undefined)
      work.context.deadLetter(record, { code: 'PIN_IMPOSSIBLE', message: problem, step: 'pin' });
  }

  /** False, with nothing done, where a state has to be loaded first. */
  #observeAtOnce(record: InputRecord, work: Work): boolean {
    const key = record.keys?.[0];
    const observation = record.value as Observation;
    const members = this.#populations.membersOf(observation);
    if (members !== undefined && !work.context.states.has(members)) return false;
    const observed = key === undefined ? undefined : work.step.observeAtOnce(observation, key);
    if (observed === undefined) return false;
    if (members !== undefined && observed.result === 'folded')
      this.#populations.join(observation, members, work.context);
    note(record, observed, work);
    return true;
  }

  *#observe(record: InputRecord, work: Work): Step {
    const key = this.#reorder === undefined ? record.keys?.[0] : undefined;
    note(record, yield* this.#fold(record.value as Observation, work, key), work);
  }

  *#fold(observation: Observation, { step, context }: Work, key?: string): Generator<Wanted, Observed, void> {
    const members = this.#populations.membersOf(observation);
    if (members !== undefined && !context.states.has(members)) yield [members];
    const observed = yield* step.observe(observation, key);
    if (members !== undefined && observed.result === 'folded') this.#populations.join(observation, members, context);
    return observed;
  }

  /** What cannot be folded is refused as long as its record is at hand; the rest waits. */
  *#reorderRecord(record: InputRecord, reorder: Reorder, work: Work): Step {
    const observation = record.value as Observation;
    const problem = this.#engine.problemOf(observation);
    if (problem !== undefined) {
      count(work, 'mismatched');
      refuse(record, 'VALUE_TYPE', problem, work);
    } else if (observation.observedAt < this.#streamTime - this.#engine.model.graceMs) {
      // Nothing so old waits any more: whether its entity can still take it is found out at once.
      yield* this.#release(this.#streamTime, work);
      yield* this.#observe(record, work);
    } else yield* reorder.add(observation, work.context.states);
  }

  /** Folds what need not wait any more. Does nothing where observations are taken as they come. */
  *#release(streamTime: number, work: Work): Step {
    if (this.#reorder === undefined) return;
    const { states } = work.context;
    const released = yield* this.#reorder.release(streamTime, states);
    const missing = released
      .flatMap((observation) => this.#keysOfObservation(observation))
      .filter((key) => !states.has(key));
    if (missing.length > 0) yield missing;
    for (const observation of released) {
      if (this.#engine.has(observation.entityType)) {
        yield* this.#populations.catchUp(observation.observedAt, work.step, work.context);
        count(work, (yield* this.#fold(observation, work)).result);
      } else count(work, 'unused');
    }
  }

  /** The entity, and what it links to where that is this task's own. */
  #keysOfObservation(observation: Observation): string[] {
    const keys = [entityKey(observation)];
    const members = this.#populations.membersOf(observation);
    if (members !== undefined) keys.push(members);
    const isOwn = this.#isOwn;
    if (isOwn === undefined || observation.links.length === 0) return keys;
    const links = this.#engine.model.entities.get(observation.entityType)?.links;
    for (const { relation, targets } of observation.links) {
      if (!links?.get(relation)?.reads.length) continue;
      for (const target of targets) {
        if (isOwn(target.entityId)) keys.push(entityKey(target), bucketKeyFor(target, observation.entityId));
      }
    }
    return keys;
  }
}

function keysOfMessage({ name, value }: InputRecord): readonly string[] {
  if (name === PINNED) return [entityKey(value as SegmentPin)];
  if (name !== REFERENCED) return [entityKey((value as ReferenceValued).referrer)];
  const { target, referrer } = value as Referenced;
  return [entityKey(target), bucketKeyFor(target, referrer.entityId)];
}

function count({ results }: Work, result: ObserveResult): void {
  results.set(result, (results.get(result) ?? 0) + 1);
}

function note(record: InputRecord, { result, problem }: Observed, work: Work): void {
  count(work, result);
  if (result === 'late')
    refuse(record, 'LATE', 'older than the newest observation of its entity by more than the grace of the model', work);
  if (result === 'mismatched') refuse(record, 'VALUE_TYPE', problem, work);
}

function refuse(record: InputRecord, code: string, message: string, { context }: Work): void {
  context.deadLetter(record, { code, message, step: 'fold' });
}
