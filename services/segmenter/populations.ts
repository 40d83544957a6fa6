import { Distribution, type Engine, type EntityRef, Rounds } from '@detent/core';
import type { ProcessContext, Step, Wanted } from '@detent/pipeline';
import type { EntityStep } from './entity-step.ts';
import { membersKey, membersKeyFor, populationKey, statisticsKey } from './keys.ts';
import { type Distributions, type PopulationCount, PopulationStatistics } from './population-state.ts';
import { POPULATION_COUNTED, populationsTopic } from './topology.ts';

type Loading<T> = Generator<Wanted, T, void>;

/** The record of what one partition has counted. */
export interface PopulationCounted {
  readonly entityType: string;
  readonly partition: number;
  readonly countedAt: number;
  readonly attributes: readonly { readonly attribute: string; readonly buckets: number[]; readonly counts: number[] }[];
}

interface Population {
  readonly entityType: string;
  readonly attributes: readonly string[];
  readonly rounds: Rounds;
}

/**
 * Counts the populations that a model asks for. A sixteenth of a type's entities is visited at a time, at instants of
 * event time; once round, the task closes its count and sends it to all tasks, itself included in the same step. What a
 * record brings about is the same whatever batch it comes in, for visits come before the first record that is later.
 */
export class Populations {
  readonly #engine: Engine;
  readonly #populations: readonly Population[];
  readonly #lagMs: number;
  /** By type: the instant of the visit that is next. Known once the count has been loaded. */
  readonly #nextAt = new Map<string, number>();

  /** `lagMs`: how far timers lag behind stream time. */
  constructor(engine: Engine, lagMs: number) {
    this.#engine = engine;
    this.#lagMs = lagMs;
    this.#populations = [...engine.model.entities.keys()].flatMap((entityType) => {
      const population = engine.populationOf(entityType);
      if (population === undefined) return [];
      const { attributes, refreshMs } = population;
      return [{ entityType, attributes: [...new Set(attributes)], rounds: new Rounds(refreshMs) }];
    });
  }

  /** The members among which an entity must be; undefined when its type is not counted. */
  membersOf(entity: EntityRef): string | undefined {
    return this.#populations.length > 0 && this.#find(entity.entityType) ? membersKeyFor(entity) : undefined;
  }

  /** Whether a visit is due up to an instant of event time. */
  isBehind(until: number): boolean {
    for (const { entityType } of this.#populations) {
      const next = this.#nextAt.get(entityType);
      if (next === undefined || next <= until) return true;
    }
    return false;
  }

  /** How far an entity's timers may fire: it is visited at the next visit before any that are later. */
  limit(entityType: string): number {
    return this.#nextAt.get(entityType) ?? Infinity;
  }

  /** Makes all visits up to an instant. */
  *catchUp(until: number, step: EntityStep, context: ProcessContext): Step {
    for (const population of this.#populations) {
      const { entityType, rounds } = population;
      const known = this.#nextAt.get(entityType);
      if (known !== undefined && known > until) continue;
      const key = populationKey(entityType);
      if (!context.states.has(key)) yield [key];
      const begun = context.states.get(key) as PopulationCount | undefined;
      const { refreshMs } = rounds;
      const count = begun ?? { next: rounds.after(until), refreshMs, open: new Map() };
      count.next = rounds.resume(rounds.renumber(count.next, count.refreshMs), until);
      count.refreshMs = refreshMs;
      while (rounds.instantOf(count.next) <= until) {
        if (rounds.sliceOf(count.next) === 0) yield* this.#close(population, count, context);
        yield* this.#visit(population, count, step, context);
        count.next++;
      }
      const next = rounds.instantOf(count.next);
      this.#nextAt.set(entityType, next);
      if (begun === undefined || known !== next) context.states.put(key, count, next + this.#lagMs);
    }
  }

  /** Looks at the state of a count because time has reached it: it must be put. */
  *wake(key: string, until: number, step: EntityStep, context: ProcessContext): Step {
    const population = this.#populations.find(({ entityType }) => populationKey(entityType) === key);
    const count = context.states.get(key) as PopulationCount | undefined;
    // The model no longer asks for it.
    if (population === undefined || count === undefined) context.states.delete(key);
    else {
      this.#nextAt.delete(population.entityType);
      yield* this.catchUp(until, step, context);
    }
  }

  /** Keeps in mind that an entity is to be visited. Its members must be loaded. */
  join({ entityType, entityId }: EntityRef, key: string, context: ProcessContext): void {
    if (this.#find(entityType) === undefined) return;
    const members = (context.states.get(key) as Set<string> | undefined) ?? new Set<string>();
    if (members.has(entityId)) return;
    context.states.put(key, members.add(entityId), null);
  }

  /** Takes what a partition has counted. */
  *receive(message: PopulationCounted, context: ProcessContext): Step {
    if (this.#find(message.entityType) === undefined) return;
    const distributions = new Map(
      message.attributes.map(({ attribute, ...counted }) => [attribute, Distribution.from(counted)]),
    );
    yield* this.#take(message, distributions, context);
  }

  *#take(
    { entityType, partition, countedAt }: Omit<PopulationCounted, 'attributes'>,
    distributions: Distributions,
    context: ProcessContext,
  ): Step {
    const statistics = yield* this.#statistics(entityType, context);
    if (statistics.take(partition, countedAt, distributions))
      context.states.put(statisticsKey(entityType), statistics, null);
  }

  *#close({ entityType, rounds }: Population, count: PopulationCount, context: ProcessContext): Step {
    const { task, partitions } = context;
    const countedAt = rounds.instantOf(count.next);
    const distributions: Distributions = new Map(count.open);
    count.open.clear();
    // A round that was begun in its middle has not seen everyone, but is better than none.
    if (distributions.size === 0) return;
    yield* this.#take({ entityType, partition: task, countedAt }, distributions, context);
    const attributes = [...distributions].map(([attribute, each]) => ({ attribute, ...each.toCounted() }));
    for (let partition = 0; partition < partitions; partition++) {
      context.emit({
        topic: populationsTopic,
        name: POPULATION_COUNTED,
        key: `${entityType}/${task}`,
        value: { entityType, partition: task, countedAt, attributes },
        eventTime: countedAt,
        partition,
      });
    }
  }

  *#visit(population: Population, count: PopulationCount, step: EntityStep, context: ProcessContext): Step {
    const { entityType, attributes, rounds } = population;
    const { states } = context;
    const key = membersKey(entityType, rounds.sliceOf(count.next));
    if (!states.has(key)) yield [key];
    const members = states.get(key) as Set<string> | undefined;
    // Whoever has nobody to count says so, or those who were counted once would count for ever.
    for (const attribute of attributes) if (!count.open.has(attribute)) count.open.set(attribute, new Distribution());
    if (members === undefined) return;
    const statistics = yield* this.#statistics(entityType, context);
    const at = rounds.instantOf(count.next);
    const asked = this.#engine.populationOf(entityType)!.attributes;
    let left = false;
    yield* step.preload([...members].map((entityId) => ({ entityType, entityId })));
    for (const entityId of members) {
      const values = yield* step.visit({ entityType, entityId }, at, (attribute) => statistics.of(attribute));
      if (values === undefined) left = members.delete(entityId) || left;
      else for (const attribute of attributes) count.open.get(attribute)!.add(values[asked.indexOf(attribute)]!);
    }
    if (members.size === 0) states.delete(key);
    else if (left) states.put(key, members, null);
  }

  *#statistics(entityType: string, { states }: ProcessContext): Loading<PopulationStatistics> {
    const key = statisticsKey(entityType);
    if (!states.has(key)) yield [key];
    return (states.get(key) as PopulationStatistics | undefined) ?? PopulationStatistics.empty();
  }

  #find(entityType: string): Population | undefined {
    return this.#populations.find((each) => each.entityType === entityType);
  }
}
