import {
  Bucket,
  type Edit,
  Effects,
  type Engine,
  type EntityRef,
  type EntityState,
  type Layout,
  type Observation,
  type ObserveResult,
  type PopulationView,
  type Referenced,
  type ReferenceValued,
  type SegmentPin,
} from '@detent/core';
import { murmur2Partition, type ProcessContext, type Step, type Wanted } from '@detent/pipeline';
import { bucketKey, bucketKeyFor, entityKey, layoutKey } from './keys.ts';
import { publishChanges, referenceOutput } from './publish.ts';
import { ForeignState } from './state-codec.ts';

type Message = Referenced | ReferenceValued;

/** What an edit of the model has caused: changes, and entries into segments other than the default that may cause actions. */
export interface Caused {
  changes: number;
  entries: number;
}

/** What came of an observation, and why where it could not be used. */
export interface Observed {
  result: ObserveResult;
  problem: string;
}

/**
 * What happens to entities within one batch of one task. Messages between entities that this task keeps are handled
 * before the next record, in the order in which they arose.
 */
export class EntityStep {
  readonly #engine: Engine;
  readonly #context: ProcessContext;
  /** How far timers lag behind stream time, so that reordered observations still come before them. */
  readonly #lagMs: number;
  readonly #edit: Edit;
  readonly #effects = new Effects();
  #caused: Caused = { changes: 0, entries: 0 };
  readonly #queue: Message[] = [];

  /** `edit`: what brought the model in force, for states that were kept under an earlier one. */
  constructor(engine: Engine, context: ProcessContext, lagMs: number, edit: Edit) {
    this.#engine = engine;
    this.#context = context;
    this.#lagMs = lagMs;
    this.#edit = edit;
    this.#effects.replay = context.replay;
  }

  /**
   * As `observe`, where neither a state has to be loaded nor another entity told, which is nearly always: a generator for
   * each observation would cost a tenth of folding it. Undefined, with nothing done, where a state has to be loaded; where
   * others are to be told, `rest` must be run before anything else.
   */
  observeAtOnce(observation: Observation, key: string): Observed | undefined {
    const { states } = this.#context;
    if (!states.has(key)) return undefined;
    const known = states.get(key);
    if (known instanceof ForeignState) return undefined;
    return this.#fold(
      observation,
      key,
      (known as EntityState | undefined) ?? this.#engine.create(observation.entityType, observation.entityId),
    );
  }

  /** What `observeAtOnce` has left to do; undefined when nothing. */
  rest: Step | undefined;

  /** What came of it, and why where it could not be used. */
  *observe(observation: Observation, key = entityKey(observation)): Generator<Wanted, Observed, void> {
    const observed = this.#fold(observation, key, yield* this.#load(key, observation, observation.observedAt));
    if (this.rest !== undefined) yield* this.rest;
    // What carrying the state over to another model has to tell.
    if (this.#queue.length > 0) yield* this.#drain();
    return observed;
  }

  #fold(observation: Observation, key: string, state: EntityState): Observed {
    const effects = this.#effects;
    effects.clear();
    const result = this.#engine.observe(state, observation, effects);
    this.rest = undefined;
    // The others have left the state as it was.
    if (result === 'folded' || result === 'ended') {
      publishChanges(this.#engine, state, effects, this.#context);
      if (effects.referenced.length + effects.valued.length > 0) this.rest = this.#tell(key, state);
      else this.#keep(key, state);
    }
    return { result, problem: effects.problem };
  }

  *#tell(key: string, state: EntityState): Step {
    this.rest = undefined;
    yield* this.#settleOthers(key, state);
    yield* this.#drain();
  }

  /** Handles a message that came by the topic. */
  *receive(message: Message): Step {
    this.#queue.push(message);
    yield* this.#drain();
  }

  /** A person pins an entity or lets it go. Returns why it cannot be done. */
  *pin(pin: SegmentPin): Generator<Wanted, string | undefined, void> {
    if (!this.#engine.has(pin.entityType)) return `the model has no entity type ${pin.entityType}`;
    const key = entityKey(pin);
    const state = yield* this.#load(key, pin, pin.occurredAt);
    this.#effects.clear();
    const problem = this.#engine.pin(state, pin, this.#effects);
    yield* this.#settle(key, state);
    yield* this.#drain();
    return problem;
  }

  /** Loads states that are sure to be needed. */
  *preload(entities: readonly EntityRef[]): Step {
    const missing = entities.map(entityKey).filter((key) => !this.#context.states.has(key));
    if (missing.length > 0) yield missing;
  }

  /** Looks at where the entity stands in its population; see `Engine.visit`. */
  *visit(entity: EntityRef, at: number, population: PopulationView): Generator<Wanted, number[] | undefined, void> {
    const key = entityKey(entity);
    const state = yield* this.#load(key, entity, at);
    this.#effects.clear();
    const values = this.#engine.visit(state, at, population, this.#effects);
    yield* this.#settle(key, state);
    yield* this.#drain();
    return values;
  }

  /** Carries the entity over to the model in force, if that is still to be done, as of `at`. */
  *look(entity: EntityRef, at: number): Step {
    yield* this.#load(entityKey(entity), entity, at);
    yield* this.#drain();
  }

  /** What edits have caused since it was last asked. */
  takeCaused(): Caused {
    const caused = this.#caused;
    this.#caused = { changes: 0, entries: 0 };
    return caused;
  }

  /** Fires the entity's timers up to `until`. */
  *advance(entity: EntityRef, until: number): Step {
    const key = entityKey(entity);
    const state = yield* this.#load(key, entity, until);
    this.#effects.clear();
    this.#engine.advance(state, until, this.#effects);
    yield* this.#settle(key, state);
    yield* this.#drain();
  }

  *#drain(): Step {
    for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift()) {
      if ('value' in message) yield* this.#answer(message);
      else yield* this.#refer(message);
    }
  }

  /** Takes the answer, and with it those behind it that tell the same entity at the same instant. */
  *#answer(first: ReferenceValued): Step {
    const answers = [first];
    for (let next = this.#queue[0]; next !== undefined && belongsTo(first, next); next = this.#queue[0]) {
      answers.push(next);
      this.#queue.shift();
    }
    if (!this.#engine.has(first.referrer.entityType)) return;
    const key = entityKey(first.referrer);
    const state = yield* this.#load(key, first.referrer, first.occurredAt);
    this.#effects.clear();
    if (this.#engine.applyReferences(state, answers, this.#effects)) yield* this.#settle(key, state);
  }

  *#refer(message: Referenced): Step {
    if (!this.#engine.has(message.target.entityType)) return;
    const key = entityKey(message.target);
    const state = yield* this.#load(key, message.target, message.occurredAt);
    const bucketAt = bucketKeyFor(message.target, message.referrer.entityId);
    const bucket = yield* this.#bucket(bucketAt);
    const answers = this.#engine.noteReferrer(state, bucket, message);
    if (bucket.isEmpty) this.#context.states.delete(bucketAt);
    else this.#context.states.put(bucketAt, bucket, null);
    this.#keep(key, state);
    for (const answer of answers) this.#send(answer, answer.referrer.entityId);
  }

  /** Keeps the state and passes on what the last call into the engine left behind. */
  *#settle(key: string, state: EntityState): Step {
    publishChanges(this.#engine, state, this.#effects, this.#context);
    yield* this.#settleOthers(key, state);
  }

  /** The same, once the changes are published. */
  *#settleOthers(key: string, state: EntityState): Step {
    const effects = this.#effects;
    const before = this.#queue.length;
    for (const message of effects.referenced) this.#send(message, message.target.entityId);
    if (effects.valued.length > 0) {
      const keys = this.#engine.bucketsOf(state).map((n) => bucketKey(state, n));
      const missing = keys.filter((each) => !this.#context.states.has(each));
      if (missing.length > 0) yield missing;
      for (const each of keys) {
        const bucket = yield* this.#bucket(each);
        for (const answer of this.#engine.answersOf(state, bucket, effects))
          this.#send(answer, answer.referrer.entityId);
      }
      // There may be thousands: they are loaded together.
      const waiting = this.#queue.slice(before).flatMap((message) => ('value' in message ? [message.referrer] : []));
      yield* this.preload(waiting.filter(({ entityType }) => this.#engine.has(entityType)));
    }
    this.#keep(key, state);
  }

  #keep(key: string, state: EntityState): void {
    if (this.#engine.isEmpty(state)) {
      this.#context.states.delete(key);
      return;
    }
    const dueAt = this.#engine.dueAt(state);
    this.#context.states.put(key, state, dueAt === null ? null : dueAt + this.#lagMs);
  }

  #send(message: Message, receiverId: string): void {
    const { task, partitions } = this.#context;
    if (partitions === 1 || murmur2Partition(Buffer.from(receiverId), partitions) === task) this.#queue.push(message);
    else this.#context.emit(referenceOutput(message));
  }

  /** The entity's state under the model in force. `t`: the event time of what needs it. */
  *#load(key: string, entity: EntityRef, t: number): Generator<Wanted, EntityState, void> {
    const { states } = this.#context;
    if (!states.has(key)) yield [key];
    const value = states.get(key);
    if (value === undefined) return this.#engine.create(entity.entityType, entity.entityId);
    if (!(value instanceof ForeignState)) return value as EntityState;
    const layoutAt = layoutKey(value.fingerprint);
    if (!states.has(layoutAt)) yield [layoutAt];
    const layout = states.get(layoutAt) as Layout | undefined;
    if (layout === undefined) throw unreadable(key, value.fingerprint);
    const effects = this.#effects;
    effects.clear();
    const state = this.#engine.adopt(entity, value.bytes, layout, t, this.#edit, effects);
    for (const { origin, dimension, to } of effects.changes) {
      this.#caused.changes += 1;
      if (origin !== 'edit' || to === null) continue;
      this.#caused.entries += Number(!this.#engine.isDefault(entity.entityType, dimension, to));
    }
    yield* this.#settle(key, state);
    return state;
  }

  *#bucket(key: string): Generator<Wanted, Bucket, void> {
    const { states } = this.#context;
    if (!states.has(key)) yield [key];
    return (states.get(key) as Bucket | undefined) ?? Bucket.empty();
  }
}

function belongsTo(first: ReferenceValued, next: Message): next is ReferenceValued {
  if (!('value' in next) || next.occurredAt !== first.occurredAt) return false;
  const { entityType, entityId } = next.referrer;
  return entityId === first.referrer.entityId && entityType === first.referrer.entityType;
}

function unreadable(key: string, fingerprint: string): Error {
  const message = `the state ${key} has the layout ${fingerprint}, which is not among this task's states: rebuild them from the changelog`;
  return Object.assign(new Error(message), { code: 'DETENT_SEGMENTER_LAYOUT_UNKNOWN', retriable: false });
}
