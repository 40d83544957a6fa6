import type { Membership } from '../changes/types.ts';
import { type ExplainOptions, explainEntity } from '../explain/explain.ts';
import type { Explanation } from '../explain/types.ts';
import type { Model } from '../model/types.ts';
import { BUCKETS, type Bucket, bucketOf } from '../references/bucket.ts';
import { StateCodec } from './codec.ts';
import type { Effects } from './effects.ts';
import type { Layout } from './layout.ts';
import { unreferenced } from './life.ts';
import { membershipOf, type Position, positionsOf } from './positions.ts';
import { withRetired } from './retired.ts';
import { DUE_AT, type EntityState, REFERRERS, TARGET_SEQUENCE } from './state.ts';
import { attributeValue, valuesSince } from './told.ts';
import { type PopulationView, TypeEngine } from './type-engine.ts';
import { planType } from './type-plan.ts';
import type {
  Edit,
  EntityRef,
  Observation,
  ObserveResult,
  Referenced,
  ReferenceValued,
  Retired,
  SegmentPin,
  Value,
} from './types.ts';

/**
 * A model ready to run. Pure: it keeps nothing between calls but scratch space, and all that it knows of an entity is in
 * the entity's state. Calls for an entity type that the model does not have find nothing to do.
 */
export class Engine {
  readonly model: Model;
  readonly modelVersion: string;
  readonly #types: ReadonlyMap<string, TypeEngine>;

  constructor(model: Model, retired: Retired = {}) {
    this.model = model;
    this.modelVersion = `${model.name}@${model.version}`;
    this.#types = new Map(
      withRetired(model, retired).map(({ entity, dimensions }) => [
        entity.type,
        new TypeEngine(planType(model, entity, dimensions), this.modelVersion, model.graceMs),
      ]),
    );
  }

  /** True where entities of the type stand in segments, or did under an earlier model. */
  isSegmented(entityType: string): boolean {
    const { dimensions } = this.#type(entityType).plan.entity;
    return dimensions.length > 0 || !this.model.entities.has(entityType);
  }

  /** True when the segment is the default of its dimension. */
  isDefault(entityType: string, dimension: string, segment: string): boolean {
    const { dimensions } = this.#type(entityType).plan.entity;
    return dimensions.find(({ name }) => name === dimension)?.segments.at(-1)?.name === segment;
  }

  /** Entity types of the model, and those that only earlier ones had. */
  get types(): Iterable<string> {
    return this.#types.keys();
  }

  has(entityType: string): boolean {
    return this.#types.has(entityType);
  }

  /** The state of an entity of which nothing is known. Throws when the model does not have the type. */
  create(entityType: string, entityId: string): EntityState {
    return this.#type(entityType).codec.create(entityType, entityId);
  }

  /** Folds an observation and evaluates what it concerns; timers up to its instant fire first. */
  observe(state: EntityState, observation: Observation, effects: Effects): ObserveResult {
    return this.#type(state.entityType).observe(state, observation, effects);
  }

  /** Why an observation could not be folded; undefined when it can. `observe` finds the same. */
  problemOf(observation: Observation): string | undefined {
    return this.#type(observation.entityType).problemOf(observation);
  }

  /** Takes targets' answers to one entity, all of one instant. False when none is for a link that it has now, or all say nothing new. */
  applyReferences(state: EntityState, answers: readonly ReferenceValued[], effects: Effects): boolean {
    return this.#type(state.entityType).applyReferences(state, answers, effects);
  }

  /**
   * A person pins the entity to a segment, or lets it go; its timers up to that instant fire first. Returns why it cannot
   * be done (no such dimension or segment, no end, entity unknown or ended, over already); undefined when it was.
   */
  pin(state: EntityState, pin: SegmentPin, effects: Effects): string | undefined {
    return this.#type(state.entityType).pin(state, pin, effects);
  }

  /** How often the population of a type is counted, ms, and by which attributes; undefined when the model does not ask. */
  populationOf(entityType: string): { readonly refreshMs: number; readonly attributes: readonly string[] } | undefined {
    const { entity, standings } = this.#type(entityType).plan;
    const fold = entity.attributes.get(standings[0]?.attribute ?? '')?.fold;
    if (fold?.kind !== 'population') return undefined;
    return { refreshMs: fold.refreshMs, attributes: standings.map(({ of }) => of) };
  }

  /**
   * Looks at where the entity stands in its population at an instant (epoch ms), which is an observation to hysteresis.
   * Returns the values that the population is counted by, in the order of `populationOf`; undefined when it is not alive.
   */
  visit(state: EntityState, at: number, population: PopulationView, effects: Effects): number[] | undefined {
    return this.#type(state.entityType).visit(state, at, population, effects);
  }

  /** Fires timers up to `until` (epoch ms), each at its own instant. */
  advance(state: EntityState, until: number, effects: Effects): void {
    this.#type(state.entityType).advance(state, until, effects);
  }

  /** When time alone may next change something, epoch ms; null for never. */
  dueAt({ nums }: EntityState): number | null {
    return nums[DUE_AT] === Infinity ? null : nums[DUE_AT]!;
  }

  /** True when there is nothing to keep: never observed (or gone after its retention), and nobody refers to it. */
  isEmpty(state: EntityState): boolean {
    return !state.isBorn && state.nums[REFERRERS] === 0;
  }

  /** Where the entity stands, as of its newest change (`occurredAt`, epoch ms); undefined while it stands nowhere. */
  membership(state: EntityState, occurredAt: number): Membership | undefined {
    return membershipOf(this.#type(state.entityType).plan, state, this.modelVersion, occurredAt);
  }

  /** Where the entity stands on every dimension, and where the plain conditions point. For those who look, not for folding. */
  positions(state: EntityState): Position[] {
    return positionsOf(this.#type(state.entityType).plan, state);
  }

  /**
   * Where the entity stands at `now` (epoch ms), since when, why, and what would move it. Changes nothing. Throws
   * `DETENT_EXPLAIN_DIMENSION` for a dimension that its type does not have.
   */
  explain(state: EntityState, now: number, options?: ExplainOptions): Explanation {
    return explainEntity(this.#type(state.entityType), this.modelVersion, state, now, options);
  }

  /**
   * Notes (or ends) a referrer of the entity in its bucket, `bucketOf` of the referrer's id, and returns the answers to
   * give now: one for each attribute that is read, two where it counts what was gained since before now.
   */
  noteReferrer(state: EntityState, bucket: Bucket, message: Referenced): ReferenceValued[] {
    const { nums } = state;
    bucket.apply(message);
    const bit = 1 << bucketOf(message.referrer.entityId);
    nums[REFERRERS] = bucket.isEmpty ? nums[REFERRERS]! & ~bit : nums[REFERRERS]! | bit;
    if (nums[REFERRERS] === 0) unreferenced(this.#type(state.entityType).plan, state);
    if (message.end) return [];
    const { target, referrer, refVersion } = message;
    const targetSequence = nums[TARGET_SEQUENCE]!;
    const { plan } = this.#type(state.entityType);
    const reader = `${referrer.entityType}.${message.relation}`;
    return message.attributes.flatMap((attribute) =>
      valuesSince(plan, state, attribute, reader, message.occurredAt).map((told) => ({
        ...{ referrer, target, attribute, refVersion, targetSequence },
        ...told,
      })),
    );
  }

  /** Numbers of the buckets that hold referrers. */
  bucketsOf({ nums }: EntityState): number[] {
    return Array.from({ length: BUCKETS }, (_, i) => i).filter((i) => (nums[REFERRERS]! >> i) & 1);
  }

  /** What the referrers of a bucket must be told of the changes in `effects.valued`. */
  answersOf(state: EntityState, bucket: Bucket, effects: Effects): ReferenceValued[] {
    const { entityType, entityId, nums } = state;
    return bucket.answers({ entityType, entityId }, effects.valued, nums[TARGET_SEQUENCE]!, effects.valuedAt);
  }

  encode(state: EntityState): Uint8Array {
    return this.#type(state.entityType).codec.encode(state);
  }

  /** Undefined when the state was kept under another layout: find that by `fingerprintIn` and call `adopt`. */
  decode(entityType: string, entityId: string, bytes: Uint8Array): EntityState | undefined {
    const { codec } = this.#type(entityType);
    return codec.reads(bytes) ? codec.decode(entityType, entityId, bytes) : undefined;
  }

  /**
   * Takes back a state that nobody will look at again, for `create` and `decode` to use. Only what this engine made for
   * the type may be given back, and only once.
   */
  recycle(state: EntityState): void {
    this.#types.get(state.entityType)?.codec.recycle(state);
  }

  /** An attribute's value at `now` (epoch ms); null when missing or not of the model. For those who look, not for folding. */
  attributeValue(state: EntityState, attribute: string, now: number): Value | null {
    return attributeValue(this.#type(state.entityType).plan, state, attribute, now);
  }

  /**
   * Carries a state over from the layout that it was kept under, and decides at once, by the plain sides of their
   * conditions, the dimensions that the edit brought or altered; its changes have the origin `edit`. `t` (epoch ms): what
   * touches the state now.
   */
  adopt(
    { entityType, entityId }: EntityRef,
    bytes: Uint8Array,
    layout: Layout,
    t: number,
    edit: Edit,
    effects: Effects,
  ): EntityState {
    const from = new StateCodec(layout).decode(entityType, entityId, bytes);
    return this.#type(entityType).adopt(from, layout, t, edit, effects);
  }

  /** How the states of a type are laid out now, to be kept beside them. Plain data. */
  layoutOf(entityType: string): Layout {
    return this.#type(entityType).plan.layout;
  }

  #type(entityType: string): TypeEngine {
    const type = this.#types.get(entityType);
    if (type !== undefined) return type;
    const error = new Error(`the model ${this.modelVersion} has no entity type ${entityType}: ask has() first`);
    throw Object.assign(error, { code: 'DETENT_CORE_UNKNOWN_TYPE', retriable: false });
  }
}

/** Prepares a model for running. `retired`: what earlier models had and this one has not, for their states are still there. */
export function compileModel(model: Model, retired: Retired = {}): Engine {
  return new Engine(model, retired);
}
