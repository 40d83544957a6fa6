import {
  type Engine,
  type Observation,
  type ObserveResult,
  type Referenced,
  type ReferenceValued,
  ReorderBuffer,
} from '@detent/core';
import { type InputRecord, murmur2Partition, type ProcessContext, type Processor, type Step } from '@detent/pipeline';
import { accept, OBSERVATION, REFERENCED } from './accept.ts';
import { EntityStep } from './entity-step.ts';
import { bucketKeyFor, bufferKey, entityKey, entityOf, kindOf, layoutKey, WAITING_KEY } from './keys.ts';
import { segmenterMetrics } from './metrics.ts';
import { decodeState, encodeState } from './state-codec.ts';
import { segmenterOutputs, segmenterSources } from './topology.ts';

/** The segmenter service: observations in, changes of segment and memberships out. `engine` may serve many tasks. */
export function createSegmenterProcessor(engine: Engine): Processor {
  const segmenter = new Segmenter(engine);
  return {
    service: 'segmenter',
    sources: segmenterSources,
    outputs: segmenterOutputs(engine.model),
    partitioning: 'per-partition',
    accept,
    keysOf: (record) => segmenter.keysOf(record),
    encodeState: (key, value) => encodeState(engine, key, value),
    decodeState: (key, bytes) => decodeState(engine, key, bytes),
    process: (batch, context, final) => segmenter.process(batch, context, final),
    onDue: (due, until, context) => segmenter.onDue(due, until, context),
  };
}

type Tally = Partial<Record<ObserveResult, number>>;

/** One task's segmenter, from assignment to revocation. */
class Segmenter {
  readonly #engine: Engine;
  readonly #reorderMs: number | undefined;
  readonly #lagMs: number;
  /** Newest event time seen, for what waits in buffers. */
  #streamTime = -Infinity;
  #own: ((id: string) => boolean) | undefined;
  #layoutsKept = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#reorderMs = engine.model.reorderMs;
    this.#lagMs = engine.model.reorderMs ?? 0;
  }

  keysOf(record: InputRecord): readonly string[] {
    if (record.name !== OBSERVATION) return this.#keysOfMessage(record);
    const observation = record.value as Observation;
    if (!this.#engine.has(observation.entityType)) return [];
    const keys = [entityKey(observation)];
    if (this.#reorderMs !== undefined) keys.push(bufferKey(observation), WAITING_KEY);
    if (this.#own === undefined || observation.links.length === 0) return keys;
    const relations = this.#engine.model.entities.get(observation.entityType)!.links;
    for (const { relation, targets } of observation.links) {
      if (!relations.get(relation)?.reads.length) continue;
      for (const target of targets) {
        if (this.#own(target.entityId)) keys.push(entityKey(target), bucketKeyFor(target, observation.entityId));
      }
    }
    return keys;
  }

  *process(batch: readonly InputRecord[], context: ProcessContext, final: boolean): Step {
    yield* this.#begin(context);
    const step = new EntityStep(this.#engine, context, this.#lagMs);
    const tally: Tally = {};
    for (const record of batch) {
      if (record.eventTime > this.#streamTime) this.#streamTime = record.eventTime;
      if (record.name !== OBSERVATION) {
        yield* step.receive(record.value as Referenced | ReferenceValued);
        continue;
      }
      const observation = record.value as Observation;
      if (!this.#engine.has(observation.entityType)) count(tally, 'unused');
      else if (this.#reorderMs === undefined) {
        const { result, problem } = yield* step.observe(observation);
        count(tally, result);
        if (result === 'late' || result === 'mismatched') refuse(record, result, problem, context);
      } else yield* this.#reorder(record, observation, this.#reorderMs, step, context, tally);
    }
    if (final) yield* this.#releaseAll(step, context, tally);
    this.#report(tally, context);
  }

  *onDue(due: readonly { key: string }[], until: number, context: ProcessContext): Step {
    yield* this.#begin(context);
    const step = new EntityStep(this.#engine, context, this.#lagMs);
    const tally: Tally = {};
    for (const { key } of due) {
      const entity = entityOf(key);
      const value = context.states.get(key);
      if (!this.#engine.has(entity.entityType)) {
        // The model no longer has the type: its states wait for a model that does.
        context.states.put(key, value, null);
        continue;
      }
      if (kindOf(key) === 'buffer' || this.#reorderMs !== undefined) {
        yield* this.#release(bufferKey(entity), until - this.#lagMs, step, context, tally);
        if (kindOf(key) === 'buffer') continue;
      }
      yield* step.advance(entity, until - this.#lagMs);
    }
    this.#report(tally, context);
  }

  #keysOfMessage({ name, value }: InputRecord): readonly string[] {
    if (name !== REFERENCED) return [entityKey((value as ReferenceValued).referrer)];
    const { target, referrer } = value as Referenced;
    return [entityKey(target), bucketKeyFor(target, referrer.entityId)];
  }

  /** Once per assignment: keeps the layouts of the model beside the states that will bear their fingerprints. */
  *#begin(context: ProcessContext): Step {
    if (this.#layoutsKept) return;
    const { task, partitions, states } = context;
    this.#own = (id) => partitions === 1 || murmur2Partition(Buffer.from(id), partitions) === task;
    const layouts = [...this.#engine.model.entities.keys()].map((type) => this.#engine.layoutOf(type));
    yield layouts.map(({ fingerprint }) => layoutKey(fingerprint));
    for (const layout of layouts) {
      const key = layoutKey(layout.fingerprint);
      if (states.get(key) === undefined) states.put(key, layout, null);
    }
    this.#layoutsKept = true;
  }

  *#reorder(
    record: InputRecord,
    observation: Observation,
    reorderMs: number,
    step: EntityStep,
    context: ProcessContext,
    tally: Tally,
  ): Step {
    const problem = this.#engine.problemOf(observation);
    if (problem !== undefined) {
      count(tally, 'mismatched');
      refuse(record, 'mismatched', problem, context);
      return;
    }
    const key = bufferKey(observation);
    const { states } = context;
    const buffer = (states.get(key) as ReorderBuffer | undefined) ?? new ReorderBuffer();
    buffer.add(observation);
    states.put(key, buffer, null);
    yield* this.#release(key, this.#streamTime - reorderMs, step, context, tally, record);
  }

  *#release(
    key: string,
    until: number,
    step: EntityStep,
    context: ProcessContext,
    tally: Tally,
    arrived?: InputRecord,
  ): Step {
    const { states } = context;
    const missing = [key, WAITING_KEY].filter((wanted) => !states.has(wanted));
    if (missing.length > 0) yield missing;
    const buffer = states.get(key) as ReorderBuffer | undefined;
    for (const observation of buffer?.release(until) ?? []) {
      const { result, problem } = yield* step.observe(observation);
      count(tally, result);
      if (result === 'late' && observation === arrived?.value) refuse(arrived, result, problem, context);
    }
    const oldest = buffer?.oldestAt;
    const waiting = (states.get(WAITING_KEY) as Set<string> | undefined) ?? new Set();
    if (oldest === undefined) {
      states.delete(key);
      if (waiting.delete(key)) states.put(WAITING_KEY, waiting, null);
    } else {
      states.put(key, buffer, oldest + this.#lagMs);
      if (!waiting.has(key)) states.put(WAITING_KEY, waiting.add(key), null);
    }
  }

  /** Nothing will come any more: what still waits has waited enough. */
  *#releaseAll(step: EntityStep, context: ProcessContext, tally: Tally): Step {
    if (this.#reorderMs === undefined) return;
    if (!context.states.has(WAITING_KEY)) yield [WAITING_KEY];
    const waiting = (context.states.get(WAITING_KEY) as Set<string> | undefined) ?? new Set();
    for (const key of [...waiting]) yield* this.#release(key, Infinity, step, context, tally);
  }

  #report(tally: Tally, context: ProcessContext): void {
    for (const [result, by] of Object.entries(tally)) context.count(segmenterMetrics.observations, { result }, by);
  }
}

function count(tally: Tally, result: ObserveResult): void {
  tally[result] = (tally[result] ?? 0) + 1;
}

function refuse(record: InputRecord, result: 'late' | 'mismatched', problem: string, context: ProcessContext): void {
  const message = 'older than the newest observation of its entity by more than the grace of the model';
  context.deadLetter(record, {
    code: result === 'late' ? 'LATE' : 'VALUE_TYPE',
    message: result === 'late' ? message : problem,
    step: 'fold',
  });
}
