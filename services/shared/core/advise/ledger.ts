import type { SegmentChange } from '../changes/types.ts';
import type { Observation } from '../engine/types.ts';
import type { DimensionModel, Model } from '../model/types.ts';
import type { RawFlip, RehearsalListener } from '../rehearsal/index.ts';
import { Hindsight, type HindsightCost } from './hindsight.ts';

const HOUR_MS = 3_600_000;
/** The history is cut into so many equal blocks of time: the first are for choosing, the rest for checking. */
export const BLOCKS = 30;
export const FIT_BLOCKS = 20;
/** Entities are put into so many groups, to tell how much a sum hangs on a few of them. */
const GROUPS = 64;
/** What was last seen counts for so many mean gaps between observations, as in `detent tune`. */
const MOST_GAPS = 10;

/** What a dimension cost over a history, by block of time. Costs in ms. */
export interface DimensionCost {
  /** By block and group of entities: time where it should not have been, plus the price of moves. */
  readonly units: Float64Array;
  /** By block. */
  readonly wrong: Float64Array;
  readonly moves: Float64Array;
  /** How often the plain conditions pointed elsewhere: what there is to learn from. */
  readonly flips: Float64Array;
  readonly fit: HindsightCost;
  readonly check: HindsightCost;
}

interface Standing {
  segment: string | null;
  raw: string | null;
  readonly hindsight: Hindsight;
}

interface Watched {
  readonly group: number;
  /** Up to when all is accounted for, when it was last observed, and how far apart observations lie, ms. */
  at: number;
  seenAt: number;
  gap: number;
  seen: number;
  readonly standings: Map<string, Standing>;
}

/** Adds up J over a rehearsal: time on another side than the plain conditions say, plus what moves cost. */
export class Ledger implements RehearsalListener {
  /** By `entityType.dimension`. */
  readonly costs = new Map<string, DimensionCost>();
  readonly #dimensions = new Map<string, DimensionModel>();
  readonly #watched = new Map<string, Watched>();
  readonly #from: number;
  #entities = 0;
  readonly #blockMs: number;

  /** `from`, `to`: of the history, epoch ms. */
  constructor(model: Model, from: number, to: number) {
    this.#from = from;
    this.#blockMs = Math.max(1, (to - from) / BLOCKS);
    for (const { type, dimensions } of model.entities.values()) {
      for (const dimension of dimensions) {
        const key = `${type}.${dimension.name}`;
        this.#dimensions.set(key, dimension);
        this.costs.set(key, {
          units: new Float64Array(BLOCKS * GROUPS),
          wrong: new Float64Array(BLOCKS),
          moves: new Float64Array(BLOCKS),
          flips: new Float64Array(BLOCKS),
          fit: { cost: 0, switches: 0 },
          check: { cost: 0, switches: 0 },
        });
      }
    }
  }

  /** To be told before the rehearsal is. */
  observed({ entityType, entityId, observedAt }: Observation): void {
    const watched = this.#watched.get(`${entityType}:${entityId}`);
    if (watched === undefined || observedAt <= watched.seenAt) return;
    this.#account(watched, entityType, observedAt);
    watched.seen += 1;
    watched.gap += (observedAt - watched.seenAt - watched.gap) / Math.min(watched.seen, 200);
    watched.seenAt = observedAt;
  }

  flipped({ entityType, entityId, dimension, to, at }: RawFlip): void {
    const watched = this.#watch(entityType, entityId, at);
    this.#account(watched, entityType, at);
    const standing = this.#standing(watched, entityType, dimension);
    if (standing.raw !== null && to !== null) this.costs.get(`${entityType}.${dimension}`)!.flips[this.#blockOf(at)]!++;
    standing.raw = to;
    standing.hindsight.turn();
  }

  changed({ entityType, entityId, dimension, from, to, occurredAt }: SegmentChange): void {
    const watched = this.#watch(entityType, entityId, occurredAt);
    this.#account(watched, entityType, occurredAt);
    const standing = this.#standing(watched, entityType, dimension);
    standing.segment = to;
    if (from === null || to === null) return;
    const cost = this.costs.get(`${entityType}.${dimension}`)!;
    const block = this.#blockOf(occurredAt);
    cost.moves[block]!++;
    cost.units[block * GROUPS + watched.group]! += costOf(
      this.#dimensions.get(`${entityType}.${dimension}`)!,
      from,
      to,
    );
  }

  /** After the last observation. */
  finish(to: number): void {
    for (const [key, watched] of this.#watched) {
      const entityType = key.slice(0, key.indexOf(':'));
      this.#account(watched, entityType, to);
      for (const [dimension, { hindsight }] of watched.standings) {
        const { fit, check } = this.costs.get(`${entityType}.${dimension}`)!;
        hindsight.addTo(fit, check);
      }
    }
    this.#watched.clear();
  }

  #watch(entityType: string, entityId: string, at: number): Watched {
    const key = `${entityType}:${entityId}`;
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      // The first placement hangs on no knob, so an entity is in the same group whatever is tried.
      watched = { group: this.#entities++ % GROUPS, at, seenAt: at, gap: 0, seen: 0, standings: new Map() };
      this.#watched.set(key, watched);
    }
    return watched;
  }

  #standing(watched: Watched, entityType: string, dimension: string): Standing {
    let standing = watched.standings.get(dimension);
    if (standing === undefined) {
      const { segments } = this.#dimensions.get(`${entityType}.${dimension}`)!;
      const names = segments.map(({ name }) => name);
      const model = this.#dimensions.get(`${entityType}.${dimension}`)!;
      standing = { segment: null, raw: null, hindsight: new Hindsight(names, (from, to) => costOf(model, from, to)) };
      watched.standings.set(dimension, standing);
    }
    return standing;
  }

  /** Counts the time since the last event of the entity, as long as what was last seen of it counts. */
  #account(watched: Watched, entityType: string, t: number): void {
    const until = watched.seen === 0 ? t : Math.min(t, watched.seenAt + MOST_GAPS * watched.gap);
    for (let from = watched.at; from < until; ) {
      const block = this.#blockOf(from);
      const to =
        block === BLOCKS - 1 ? until : Math.min(until, Math.max(from + 1, this.#from + (block + 1) * this.#blockMs));
      for (const [dimension, { segment, raw, hindsight }] of watched.standings) {
        if (segment === null || raw === null) continue;
        hindsight.pass(raw, to - from, block >= FIT_BLOCKS);
        if (segment === raw) continue;
        const cost = this.costs.get(`${entityType}.${dimension}`)!;
        cost.wrong[block]! += to - from;
        cost.units[block * GROUPS + watched.group]! += to - from;
      }
      from = to;
    }
    watched.at = Math.max(watched.at, t);
  }

  #blockOf(t: number): number {
    return Math.max(0, Math.min(BLOCKS - 1, Math.floor((t - this.#from) / this.#blockMs)));
  }
}

/** What a move costs, ms: upwards what it costs to come in, downwards what it costs to leave. */
function costOf({ segments }: DimensionModel, from: string, to: string): number {
  const left = segments.findIndex(({ name }) => name === from);
  const entered = segments.findIndex(({ name }) => name === to);
  const isUpwards = entered < left;
  const { switchCost } = segments[isUpwards ? entered : left]!.hysteresis;
  return switchCost?.[isUpwards ? 'enter' : 'leave'].ms ?? HOUR_MS;
}
