import type { SegmentChange } from '../changes/types.ts';
import type { Held } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EntityRef } from '../engine/types.ts';
import { matchPlaybooks } from '../playbooks/match.ts';
import type { Rehearsal, RehearsalListener } from '../rehearsal/index.ts';
import { type Stands, StandsOverTime } from './stands.ts';

const DAY_MS = 86_400_000;

/** What a dimension came to over a history. */
export interface DimensionTally {
  /** Changes of segment, first placements and ends apart. */
  transitions: number;
  transitionsPerDay: number;
  held: number;
  /** Who stood where at the end, by segment. */
  members: Record<string, number>;
}

/** What a model came to over a history. */
export interface Tally {
  model: string;
  entities: number;
  /** Event time from first to last, in days. */
  days: number;
  dimensions: Record<string, DimensionTally>;
  /** How often a playbook came to be the strongest for an entity, and what that cost where it says `cost`. */
  playbooks: Record<string, { times: number; cost: number | null }>;
}

/** Counts what a rehearsal comes to: hand it over as its listener, and ask when the rehearsal has finished. */
export class Tallying implements RehearsalListener {
  readonly #engine: Engine;
  readonly #transitions = new Map<string, number>();
  readonly #held = new Map<string, number>();
  readonly #segments = new Map<string, Record<string, string>>();
  readonly #strongest = new Map<string, string>();
  readonly #times = new Map<string, number>();
  readonly #stands = new StandsOverTime();
  #first = Infinity;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  changed(change: SegmentChange): void {
    const { entityType, entityId, dimension, from, to, occurredAt } = change;
    if (occurredAt < this.#first) this.#first = occurredAt;
    this.#stands.changed(change);
    if (from !== null && to !== null) bump(this.#transitions, `${entityType}.${dimension}`);
    const key = `${entityType}:${entityId}`;
    const segments = this.#segments.get(key) ?? {};
    if (to === null) delete segments[`${entityType}.${dimension}`];
    else segments[`${entityType}.${dimension}`] = to;
    this.#segments.set(key, segments);
    const [strongest] = matchPlaybooks(this.#engine.model, segments).playbooks;
    const name = strongest?.name ?? '';
    if (this.#strongest.get(key) === name) return;
    this.#strongest.set(key, name);
    if (name !== '') bump(this.#times, name);
  }

  held({ entityType }: EntityRef, { dimension }: Held): void {
    bump(this.#held, `${entityType}.${dimension}`);
  }

  /** Where everybody stood over the history. */
  stands(): Stands {
    return this.#stands.result();
  }

  result(rehearsal: Rehearsal): Tally {
    const { model, modelVersion } = this.#engine;
    const days = Math.max(0, (rehearsal.streamTime - this.#first) / DAY_MS) || 0;
    const dimensions: Tally['dimensions'] = {};
    for (const { type, dimensions: own } of model.entities.values()) {
      for (const { name, segments } of own) {
        const key = `${type}.${name}`;
        const transitions = this.#transitions.get(key) ?? 0;
        dimensions[key] = {
          transitions,
          transitionsPerDay: days > 0 ? transitions / days : 0,
          held: this.#held.get(key) ?? 0,
          members: Object.fromEntries(segments.map((segment) => [segment.name, 0])),
        };
      }
    }
    let entities = 0;
    for (const state of rehearsal.states()) {
      const stands = this.#engine.membership(state, rehearsal.streamTime);
      if (stands === undefined) continue;
      entities += 1;
      for (const [name, { segment }] of Object.entries(stands.dimensions))
        dimensions[`${state.entityType}.${name}`]!.members[segment]! += 1;
    }
    const playbooks: Tally['playbooks'] = {};
    for (const { name, do: commands } of model.playbooks) {
      const times = this.#times.get(name) ?? 0;
      const cost = commands['cost'];
      playbooks[name] = { times, cost: typeof cost === 'number' ? cost * times : null };
    }
    return { model: modelVersion, entities, days, dimensions, playbooks };
  }
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
