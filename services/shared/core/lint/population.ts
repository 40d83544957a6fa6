import type { SegmentChange } from '../changes/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { Observation } from '../engine/types.ts';
import type { DimensionModel, EntityModel } from '../model/types.ts';
import { Rehearsal } from '../rehearsal/rehearsal.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a segment saw over the events. */
export interface SegmentTally {
  /** Entities that were ever in it, by number. */
  readonly members: Set<number>;
  /** Moves into it, and those of them that were taken back before what a move costs was earned. */
  movesIn: number;
  undone: number;
  /** By the segment that members came from or went to. */
  readonly neighbours: Map<string, number>;
}

export interface DimensionTally {
  readonly segments: ReadonlyMap<string, SegmentTally>;
  placed: number;
  moves: number;
  held: number;
  /** Entity-days during which somebody stood on it. */
  days: number;
}

export interface TypeTally {
  readonly dimensions: ReadonlyMap<string, DimensionTally>;
  /** Entities that were ever placed. */
  readonly ids: Map<string, number>;
  /** The last micro-segment of each, by number. */
  readonly micro: Map<number, string>;
}

interface Stay {
  segment: string;
  /** When it was first placed on the dimension, and when it came into this segment. */
  placedAt: number;
  since: number;
  from: string | null;
}

/** Takes observations through a model and counts what became of its segments. In memory: one number per entity and segment. */
export class Population {
  readonly types: ReadonlyMap<string, TypeTally>;
  readonly #rehearsal: Rehearsal;
  readonly #stays = new Map<string, Stay>();
  readonly #costs = new Map<string, number>();
  observations = 0;
  refused = 0;
  first = Infinity;
  last = -Infinity;

  constructor(engine: Engine) {
    this.types = new Map([...engine.model.entities.values()].map((entity) => [entity.type, tallyOf(entity)]));
    for (const { type, dimensions } of engine.model.entities.values()) {
      for (const { name, segments } of dimensions) {
        for (const { name: segment, hysteresis } of segments)
          this.#costs.set(`${type}.${name}.${segment}`, hysteresis.switchCost?.leave.ms ?? HOUR_MS);
      }
    }
    this.#rehearsal = new Rehearsal(engine, {
      changed: (change) => this.#note(change),
      held: ({ entityType }, { dimension }) => {
        this.types.get(entityType)!.dimensions.get(dimension)!.held += 1;
      },
      refused: (_, result) => {
        if (result === 'late' || result === 'mismatched') this.refused += 1;
      },
    });
  }

  observe(observation: Observation): void {
    this.observations += 1;
    this.first = Math.min(this.first, observation.observedAt);
    this.last = Math.max(this.last, observation.observedAt);
    this.#rehearsal.observe(observation);
  }

  /** After the last observation. */
  finish(): void {
    this.#rehearsal.finish();
    for (const [key, { placedAt }] of this.#stays) {
      const [type = '', dimension = ''] = key.split('\n');
      this.types.get(type)!.dimensions.get(dimension)!.days += Math.max(0, this.last - placedAt) / DAY_MS;
    }
    this.#stays.clear();
  }

  #note({ entityType, entityId, dimension, from, to, occurredAt, microSegment }: SegmentChange): void {
    const type = this.types.get(entityType)!;
    const tally = type.dimensions.get(dimension)!;
    let id = type.ids.get(entityId);
    if (id === undefined) {
      id = type.ids.size;
      type.ids.set(entityId, id);
    }
    const key = `${entityType}\n${dimension}\n${entityId}`;
    const stay = this.#stays.get(key);
    if (to === null) {
      if (stay !== undefined) tally.days += Math.max(0, occurredAt - stay.placedAt) / DAY_MS;
      this.#stays.delete(key);
      return;
    }
    type.micro.set(id, microSegment);
    const segment = tally.segments.get(to)!;
    segment.members.add(id);
    if (stay === undefined || from === null) {
      tally.placed += 1;
      this.#stays.set(key, { segment: to, placedAt: occurredAt, since: occurredAt, from: null });
      return;
    }
    tally.moves += 1;
    segment.movesIn += 1;
    count(segment.neighbours, from);
    const left = tally.segments.get(from)!;
    count(left.neighbours, to);
    const cost = this.#costs.get(`${entityType}.${dimension}.${from}`)!;
    if (stay.from === to && occurredAt - stay.since < cost) left.undone += 1;
    this.#stays.set(key, { segment: to, placedAt: stay.placedAt, since: occurredAt, from });
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function tallyOf({ dimensions }: EntityModel): TypeTally {
  const of = ({ segments }: DimensionModel): DimensionTally => ({
    segments: new Map(
      segments.map(({ name }) => [name, { members: new Set(), movesIn: 0, undone: 0, neighbours: new Map() }]),
    ),
    placed: 0,
    moves: 0,
    held: 0,
    days: 0,
  });
  return {
    dimensions: new Map(dimensions.map((dimension) => [dimension.name, of(dimension)])),
    ids: new Map(),
    micro: new Map(),
  };
}
