import type { Membership, SegmentChange } from '../changes/types.ts';
import { Effects, type Held } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EntityState } from '../engine/state.ts';
import type {
  EntityRef,
  Observation,
  ObserveResult,
  Referenced,
  ReferenceValued,
  SegmentPin,
} from '../engine/types.ts';
import { Bucket, bucketOf } from '../references/bucket.ts';
import { Timers } from '../timers/timers.ts';
import { EventOrder } from './event-order.ts';
import { PopulationVisits } from './population-visits.ts';

/** The plain conditions of a dimension, without hysteresis, came to point to another segment. */
export interface RawFlip extends EntityRef {
  readonly dimension: string;
  /** Null while nothing is decided. */
  readonly from: string | null;
  readonly to: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** Who hears what a rehearsal comes to, as it happens. What nobody listens to costs nothing. */
export interface RehearsalListener {
  changed?(change: SegmentChange): void;
  /** Hysteresis kept a flip back. */
  held?(entity: EntityRef, held: Held): void;
  /** For a naive threshold each of these is a move. */
  flipped?(flip: RawFlip): void;
  /** An observation came to nothing. `problem` says why where it was `mismatched`. */
  refused?(observation: Observation, result: Exclude<ObserveResult, 'folded'>, problem: string): void;
}

type Message = Referenced | ReferenceValued;

/**
 * A model at work on observations, all entities in memory: what one task of the segmenter would come to, without topics,
 * states in bytes or a clock. Observations are handed in as they come; what links entities is answered at once; timers
 * fire in event time, which the observations move. For tests of models, backtests and the linter.
 */
export class Rehearsal {
  #engine: Engine;
  readonly #listener: RehearsalListener;
  readonly #effects = new Effects();
  readonly #states = new Map<string, EntityState>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #timers = new Timers();
  readonly #queue: Message[] = [];
  readonly #raw = new Map<string, readonly (string | null)[]>();
  readonly #order: EventOrder | undefined;
  #visits: PopulationVisits;
  #streamTime = -Infinity;

  /** `replay`: changes bear the origin `replay`. */
  constructor(engine: Engine, listener: RehearsalListener, replay = false) {
    this.#engine = engine;
    this.#listener = listener;
    this.#visits = new PopulationVisits(engine);
    this.#effects.replay = replay;
    const { reorderMs } = engine.model;
    this.#order = reorderMs === undefined ? undefined : new EventOrder(reorderMs);
  }

  /** Of the model at work. */
  get engine(): Engine {
    return this.#engine;
  }

  /** Newest event time seen, epoch ms; −Infinity before the first. */
  get streamTime(): number {
    return this.#streamTime;
  }

  /** Entities of which something is known or that are referred to. */
  get size(): number {
    return this.#states.size;
  }

  /** Takes the next observation. Where the model puts observations into order it may wait for older ones. */
  observe(observation: Observation): void {
    const { observedAt } = observation;
    if (observedAt > this.#streamTime) this.#streamTime = observedAt;
    const order = this.#order;
    if (order === undefined) this.#take(observation);
    else if (observedAt < this.#streamTime - this.engine.model.graceMs) {
      // Nothing so old waits any more: whether its entity can still take it is found out at once.
      this.#release(order);
      this.#take(observation);
    } else {
      order.add(observation);
      this.#release(order);
    }
  }

  /** A person pins an entity or lets it go, between observations. Returns why it cannot be done. */
  pin(pin: SegmentPin): string | undefined {
    const { entityType, entityId, occurredAt } = pin;
    this.advance(occurredAt);
    if (!this.engine.has(entityType)) return `the model has no entity type ${entityType}`;
    const state = this.#load(entityType, entityId);
    this.#effects.clear();
    const problem = this.engine.pin(state, pin, this.#effects);
    this.#settle(state);
    this.#drain();
    return problem;
  }

  /** Lets time pass up to `until` (epoch ms), as if something were observed of another entity then. */
  advance(until: number): void {
    if (until > this.#streamTime) this.#streamTime = until;
    if (this.#order === undefined) this.#pass(this.#streamTime);
    else this.#release(this.#order);
  }

  /** There is no more to come: what waits for order is taken, and time passes up to the newest observation. */
  finish(): void {
    for (const observation of this.#order?.release(Infinity) ?? []) this.#take(observation);
    this.#pass(this.#streamTime);
  }

  /**
   * Goes on under another model from event time `at` (epoch ms), with everybody carried over at once, in the order of
   * their keys, as a sweep does. Returns what that changed; messages between entities are handled on the way.
   */
  switchTo(engine: Engine, at: number): SegmentChange[] {
    const before = this.#engine;
    this.#engine = engine;
    this.#visits = this.#visits.under(engine);
    const edit = { from: before.modelVersion, to: engine.modelVersion, at };
    const changes: SegmentChange[] = [];
    const kept = [...this.#states].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, state] of kept) {
      const { entityType } = state;
      const bytes = before.encode(state);
      const layout = before.layoutOf(entityType);
      // The plain conditions are compared anew.
      this.#raw.delete(keyOf(entityType, state.entityId));
      this.#effects.clear();
      const adopted = engine.adopt(state, bytes, layout, at, edit, this.#effects);
      changes.push(...this.#effects.changes);
      this.#settle(adopted);
    }
    this.#drain();
    return changes;
  }

  /** What is known of an entity; undefined where nothing is. */
  state({ entityType, entityId }: EntityRef): EntityState | undefined {
    return this.#states.get(keyOf(entityType, entityId));
  }

  states(): IterableIterator<EntityState> {
    return this.#states.values();
  }

  /** Where an entity stands; undefined while it stands nowhere. */
  membership(entity: EntityRef): Membership | undefined {
    const state = this.state(entity);
    return state && this.engine.membership(state, this.#streamTime);
  }

  #release(order: EventOrder): void {
    for (const observation of order.release(this.#streamTime)) this.#take(observation);
    this.#pass(this.#streamTime - order.lagMs);
  }

  #take(observation: Observation): void {
    const { entityType, entityId, observedAt } = observation;
    if (!this.engine.has(entityType)) {
      this.#listener.refused?.(observation, 'unused', '');
      return;
    }
    this.#pass(observedAt);
    const state = this.#load(entityType, entityId);
    this.#effects.clear();
    const result = this.engine.observe(state, observation, this.#effects);
    if (result !== 'folded') this.#listener.refused?.(observation, result, this.#effects.problem);
    if (result === 'folded' || result === 'ended') {
      this.#settle(state);
      this.#visits.join(state);
      this.#drain();
    }
  }

  /** Populations are counted and timers fire, in the order of their instants. */
  #pass(until: number): void {
    this.#visits.catchUp(
      until,
      this.#effects,
      ({ entityType, entityId }) => this.#load(entityType, entityId),
      (at) => this.#fire(at),
      (state) => {
        this.#settle(state);
        this.#drain();
      },
    );
    this.#fire(until);
  }

  #fire(until: number): void {
    for (let due = this.#timers.pop(until); due !== undefined; due = this.#timers.pop(until)) {
      const state = this.#states.get(due.key);
      if (state === undefined) continue;
      this.#effects.clear();
      this.engine.advance(state, due.at, this.#effects);
      this.#settle(state);
      this.#drain();
    }
  }

  /** Messages between entities, in the order in which they arose. Answers of one instant to one entity are taken together. */
  #drain(): void {
    const queue = this.#queue;
    for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
      if (!('value' in message)) {
        this.#refer(message);
        continue;
      }
      const { referrer } = message;
      const answers = [message];
      for (let next = queue[0]; next !== undefined && belongsTo(message, next); next = queue[0]) {
        answers.push(next);
        queue.shift();
      }
      if (!this.engine.has(referrer.entityType)) continue;
      const state = this.#load(referrer.entityType, referrer.entityId);
      this.#effects.clear();
      if (this.engine.applyReferences(state, answers, this.#effects)) this.#settle(state);
    }
  }

  #refer(message: Referenced): void {
    const { target, referrer } = message;
    if (!this.engine.has(target.entityType)) return;
    const state = this.#load(target.entityType, target.entityId);
    const at = `${keyOf(target.entityType, target.entityId)}:${bucketOf(referrer.entityId)}`;
    const bucket = this.#buckets.get(at) ?? Bucket.empty();
    const answers = this.engine.noteReferrer(state, bucket, message);
    if (bucket.isEmpty) this.#buckets.delete(at);
    else this.#buckets.set(at, bucket);
    this.#keep(state);
    this.#queue.push(...answers);
  }

  /** Tells what the last call into the engine left behind, and keeps the state. */
  #settle(state: EntityState): void {
    const effects = this.#effects;
    const { changed, held, flipped } = this.#listener;
    if (held !== undefined) for (const each of effects.held) held.call(this.#listener, state, each);
    if (flipped !== undefined) this.#compareRaw(state);
    if (changed !== undefined) for (const change of effects.changes) changed.call(this.#listener, change);
    this.#queue.push(...effects.referenced);
    if (effects.valued.length > 0) {
      for (const n of this.engine.bucketsOf(state)) {
        const bucket = this.#buckets.get(`${keyOf(state.entityType, state.entityId)}:${n}`);
        if (bucket !== undefined) this.#queue.push(...this.engine.answersOf(state, bucket, effects));
      }
    }
    this.#keep(state);
  }

  #compareRaw(state: EntityState): void {
    const { entityType, entityId } = state;
    const key = keyOf(entityType, entityId);
    const before = this.#raw.get(key);
    const positions = this.engine.positions(state);
    const after = positions.map(({ raw }) => raw);
    positions.forEach(({ dimension, raw, at }, i) => {
      const from = before?.[i] ?? null;
      if (raw !== from) this.#listener.flipped?.({ entityType, entityId, dimension, from, to: raw, at });
    });
    this.#raw.set(key, after);
  }

  #keep(state: EntityState): void {
    const key = keyOf(state.entityType, state.entityId);
    if (this.engine.isEmpty(state)) {
      this.#states.delete(key);
      this.#raw.delete(key);
      this.#timers.set(key, null);
      return;
    }
    this.#states.set(key, state);
    this.#timers.set(key, this.engine.dueAt(state));
  }

  #load(entityType: string, entityId: string): EntityState {
    return this.#states.get(keyOf(entityType, entityId)) ?? this.engine.create(entityType, entityId);
  }
}

function keyOf(entityType: string, entityId: string): string {
  return `${entityType}:${entityId}`;
}

function belongsTo(first: ReferenceValued, next: Message): next is ReferenceValued {
  if (!('value' in next) || next.occurredAt !== first.occurredAt) return false;
  const { entityType, entityId } = next.referrer;
  return entityId === first.referrer.entityId && entityType === first.referrer.entityType;
}
