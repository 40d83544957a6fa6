import type { Effects } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EntityState } from '../engine/state.ts';
import type { EntityRef } from '../engine/types.ts';
import { Distribution } from '../populations/distribution.ts';
import { Rounds } from '../populations/rounds.ts';
import { BUCKETS, bucketOf } from '../references/bucket.ts';

interface Population {
  readonly entityType: string;
  /** As `Engine.populationOf` names them. */
  readonly asked: readonly string[];
  readonly rounds: Rounds;
  /** By slice. */
  readonly members: Set<string>[];
  /** Of the round that is open, by attribute, and of the last that was closed. */
  open: Map<string, Distribution>;
  closed: ReadonlyMap<string, Distribution>;
  /** The visit that comes next; undefined before event time has begun. */
  next: number | undefined;
}

/** Counts the populations that a model asks for, as the only task of a segmenter would: slice by slice, round by round. */
export class PopulationVisits {
  readonly #engine: Engine;
  readonly #populations: readonly Population[];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#populations = [...engine.model.entities.keys()].flatMap((entityType) => {
      const population = engine.populationOf(entityType);
      if (population === undefined) return [];
      const rounds = new Rounds(population.refreshMs);
      const members = Array.from({ length: BUCKETS }, () => new Set<string>());
      return [
        {
          entityType,
          asked: population.attributes,
          rounds,
          members,
          open: new Map(),
          closed: new Map(),
          next: undefined,
        },
      ];
    });
  }

  /** The same under another model: who is visited goes on to be, where the type is still counted as often. */
  under(engine: Engine): PopulationVisits {
    const visits = new PopulationVisits(engine);
    for (const population of visits.#populations) {
      const before = this.#find(population.entityType);
      if (before === undefined) continue;
      population.next =
        before.next === undefined ? undefined : population.rounds.renumber(before.next, before.rounds.refreshMs);
      population.open = before.open;
      population.closed = before.closed;
      before.members.forEach((members, slice) => {
        for (const id of members) population.members[slice]!.add(id);
      });
    }
    return visits;
  }

  /** Keeps in mind that an entity is to be visited. */
  join({ entityType, entityId }: EntityRef): void {
    this.#find(entityType)?.members[bucketOf(entityId)]?.add(entityId);
  }

  /**
   * Makes all visits up to an instant (epoch ms). Before each, `fire` lets the timers up to it fire; `visited` is called
   * after each entity, whose effects are then in `effects`.
   */
  catchUp(
    until: number,
    effects: Effects,
    load: (entity: EntityRef) => EntityState,
    fire: (until: number) => void,
    visited: (state: EntityState) => void,
  ): void {
    for (const population of this.#populations) {
      const { rounds } = population;
      population.next = population.next === undefined ? rounds.after(until) : rounds.resume(population.next, until);
      for (; rounds.instantOf(population.next) <= until; population.next++) {
        const at = rounds.instantOf(population.next);
        fire(at);
        const slice = rounds.sliceOf(population.next);
        if (slice === 0) close(population);
        this.#visit(population, slice, at, effects, load, visited);
      }
    }
  }

  #visit(
    population: Population,
    slice: number,
    at: number,
    effects: Effects,
    load: (entity: EntityRef) => EntityState,
    visited: (state: EntityState) => void,
  ): void {
    const { entityType, asked, members, open, closed } = population;
    for (const attribute of asked) if (!open.has(attribute)) open.set(attribute, new Distribution());
    for (const entityId of members[slice]!) {
      const state = load({ entityType, entityId });
      effects.clear();
      const values = this.#engine.visit(state, at, (attribute) => known(closed.get(attribute)), effects);
      visited(state);
      if (values === undefined) members[slice]!.delete(entityId);
      else for (const attribute of open.keys()) open.get(attribute)!.add(values[asked.indexOf(attribute)]!);
    }
  }

  #find(entityType: string): Population | undefined {
    return this.#populations.find((each) => each.entityType === entityType);
  }
}

function known(distribution: Distribution | undefined): Distribution | undefined {
  return distribution?.isEmpty ? undefined : distribution;
}

function close(population: Population): void {
  // A round that was begun in its middle has not seen everyone, but is better than none.
  if (population.open.size > 0) population.closed = population.open;
  population.open = new Map();
}
