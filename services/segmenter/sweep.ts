import type { KeySearch, ProcessContext, Wanted } from '@detent/pipeline';
import type { Caused, EntityStep } from './entity-step.ts';
import { entityOf, kindOf, SWEEP_KEY, sweepChunkKey } from './keys.ts';

/** Entities in a chunk: as many are looked at in one batch. */
export const CHUNK = 256;
const MINUTE = 60_000;
/** The shortest time for which entries are counted. */
const MIN_TICK_MS = 10_000;
/** Chunks between two notes of how far it is. */
const CHUNKS_PER_NOTE = 16;

/** Entities that a switch of the model has left to be looked at, as the state `~sweep`; which they are stands in chunks. */
export interface SweepCursor {
  readonly types: readonly string[];
  readonly chunks: number;
  /** Where to go on: a chunk, and a place in it. */
  chunk: number;
  at: number;
  readonly entities: number;
  left: number;
  /** Changes that the switch caused so far, and entries among them. */
  changes: number;
  entries: number;
}

/** What one pass came to. */
export interface Swept {
  readonly cursor: SweepCursor;
  /** Event time to which it belongs, epoch ms. */
  readonly at: number;
  /** How far it is has to be told. */
  readonly worthTelling: boolean;
}

/** Goes through the entities that nothing has touched since a switch, so that the entries it causes keep to a budget. */
export class Sweep {
  /** Changes and entries since the last pass. */
  #changes = 0;
  #entries = 0;
  /** Entries that count against the budget of the tick. */
  #spent = 0;

  /** How far timers lag behind stream time. */
  readonly #lagMs: number;

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
  }

  /** Counts what a step has caused, whatever touched the entities. */
  count({ changes, entries }: Caused, context: ProcessContext): void {
    if (changes === 0) return;
    if (entries > 0) context.count('detent_model_edit_changes_total', { kind: 'entry' }, entries);
    if (changes > entries) context.count('detent_model_edit_changes_total', { kind: 'other' }, changes - entries);
    this.#changes += changes;
    this.#entries += entries;
    this.#spent += entries;
  }

  /** Lists the entities of these types and begins, replacing what is left of an earlier sweep. */
  *begin(types: readonly string[], at: number, context: ProcessContext): Generator<Wanted, SweepCursor> {
    const { states } = context;
    if (!states.has(SWEEP_KEY)) yield [SWEEP_KEY];
    const earlier = states.get(SWEEP_KEY) as SweepCursor | undefined;
    const all = new Set([...types, ...(earlier?.types ?? [])]);
    const search: KeySearch = {
      wants: (key) => kindOf(key) === 'entity' && all.has(entityOf(key).entityType),
      found: [],
    };
    if (all.size > 0) yield search;
    const keys = search.found;
    const chunks = Math.ceil(keys.length / CHUNK);
    for (let n = 0; n < chunks; n++) states.put(sweepChunkKey(n), keys.slice(n * CHUNK, (n + 1) * CHUNK), null);
    for (let n = Math.max(chunks, earlier?.chunk ?? 0); n < (earlier?.chunks ?? 0); n++)
      states.delete(sweepChunkKey(n));
    const counts = { entities: keys.length, left: keys.length, changes: 0, entries: 0 };
    const cursor: SweepCursor = { types: [...all].sort(), chunks, chunk: 0, at: 0, ...counts };
    if (chunks > 0) states.put(SWEEP_KEY, cursor, at + this.#lagMs);
    else if (earlier !== undefined) states.delete(SWEEP_KEY);
    return cursor;
  }

  /** One pass: looks at the rest of a chunk, or until the budget of the tick is used up. `dueAt`: the instant it is due. */
  *pass(dueAt: number, entriesPerMinute: number, step: EntityStep, context: ProcessContext): Generator<Wanted, Swept> {
    const { states } = context;
    const at = dueAt - this.#lagMs;
    if (!states.has(SWEEP_KEY)) yield [SWEEP_KEY];
    const cursor = states.get(SWEEP_KEY) as SweepCursor;
    const perMinute = entriesPerMinute / context.partitions;
    const tickMs = Math.max(MIN_TICK_MS, Math.ceil(MINUTE / perMinute));
    const budget = (perMinute * tickMs) / MINUTE;
    // What was left over of the tick before is not carried on, what was spent too much is.
    if (this.#spent >= budget) this.#spent -= budget;
    const chunkKey = sweepChunkKey(cursor.chunk);
    if (!states.has(chunkKey)) yield [chunkKey];
    const keys = states.get(chunkKey) as readonly string[];
    const missing = keys.slice(cursor.at).filter((key) => !states.has(key));
    if (missing.length > 0) yield missing;
    while (cursor.at < keys.length && this.#spent < budget) {
      yield* step.look(entityOf(keys[cursor.at]!), at);
      this.count(step.takeCaused(), context);
      cursor.at += 1;
      cursor.left -= 1;
    }
    cursor.changes += this.#changes;
    cursor.entries += this.#entries;
    this.#changes = 0;
    this.#entries = 0;
    const paused = this.#spent >= budget;
    if (cursor.at === keys.length) {
      states.delete(chunkKey);
      cursor.chunk += 1;
      cursor.at = 0;
    }
    const done = cursor.chunk === cursor.chunks;
    if (done) states.delete(SWEEP_KEY);
    else states.put(SWEEP_KEY, cursor, (paused ? at + tickMs : at) + this.#lagMs);
    if (done) this.#spent = 0;
    return { cursor, at, worthTelling: done || paused || cursor.chunk % CHUNKS_PER_NOTE === 0 };
  }
}
