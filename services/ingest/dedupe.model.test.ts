import type { InputRecord, States } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import {
  blocksToLoad,
  decodeDedupe,
  encodeDedupe,
  forget,
  headKeyOf,
  headsToLoad,
  isRepeat,
  REMEMBER_MS,
} from './dedupe.ts';
import { BLOCK_SIZE, type Head } from './dedupe-state.ts';
import { recordOf } from './testing/records.ts';
import { T0 } from './testing/samples.ts';

/** Looked up once: jest makes every look-up of a global slow. */
const { floor, imul, max } = Math;
const NAME = 'detent.warehouse.ZoneOccupied';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** States as a task keeps them: bytes at rest, values only in memory, and only for what was asked for. */
class StatesAtRest implements States {
  readonly stored = new Map<string, { bytes: Buffer; dueAt: number | null }>();
  #memory = new Map<string, unknown>();
  readonly #dirty = new Map<string, number | null>();
  written = 0;
  loaded = 0;

  load(keys: Iterable<string>): void {
    for (const key of keys) {
      if (this.#memory.has(key)) continue;
      const bytes = this.stored.get(key)?.bytes;
      this.loaded += bytes?.length ?? 0;
      this.#memory.set(key, bytes && decodeDedupe(key, bytes));
    }
  }

  get(key: string): unknown {
    if (!this.#memory.has(key)) throw new Error(`${key} was not loaded`);
    return this.#memory.get(key);
  }

  has(key: string): boolean {
    return this.#memory.has(key);
  }

  put(key: string, value: unknown, dueAt: number | null): void {
    this.#memory.set(key, value);
    this.#dirty.set(key, dueAt);
  }

  delete(key: string): void {
    this.put(key, undefined, null);
  }

  *keys(): Iterable<string> {}

  due(until: number): { key: string; dueAt: number }[] {
    const found = [...this.stored].flatMap(([key, { dueAt }]) =>
      dueAt !== null && dueAt <= until ? [{ key, dueAt }] : [],
    );
    return found.sort((a, b) => a.dueAt - b.dueAt);
  }

  isDirty(key: string): boolean {
    return this.#dirty.has(key);
  }

  /** Writes what changed; `forgetful` also empties the memory, as a restart does. */
  commit(forgetful: boolean): void {
    this.written = 0;
    for (const [key, dueAt] of this.#dirty) {
      const value = this.#memory.get(key);
      if (value === undefined) this.stored.delete(key);
      else {
        const bytes = encodeDedupe(key, value);
        this.written += bytes.length;
        this.stored.set(key, { bytes, dueAt });
      }
    }
    this.#dirty.clear();
    if (forgetful) this.#memory = new Map();
  }
}

/** One batch as the service does it: heads, blocks, then the records. */
function run(states: StatesAtRest, records: readonly (readonly [id: string, record: InputRecord])[]): boolean[] {
  const heads = records.map(([, record]) => headKeyOf(record));
  states.load(heads);
  states.load(blocksToLoad(heads, states));
  return records.map(([id, record], i) => isRepeat(heads[i]!, id, record, states));
}

function wake(states: StatesAtRest, until: number): void {
  const due = states.due(until);
  states.load(due.map(({ key }) => key));
  states.load(headsToLoad(due));
  for (const { key } of due) {
    forget(key, until, states);
    if (!states.isDirty(key)) throw new Error(`${key} was left as it was`);
  }
}

const at = (zoneId: string, occurredAt: number, timestamp = occurredAt) =>
  recordOf(NAME, { zoneId, occurredAt }, { timestamp });

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('repeats', () => {
  // 4 × 25,000 events against a map of everything ever seen.
  it.each([1, 2, 3, 4])('are those that a map of all ids would know (seed %d)', (seed) => {
    const next = random(seed);
    const states = new StatesAtRest();
    const seen = new Map<string, number>();
    const known: [zone: string, id: string][] = [];
    const wrong: string[] = [];
    let [now, watermark, serial, repeats, old] = [T0, T0, 0, 0, 0];
    for (let done = 0; done < 25_000; ) {
      const batch: [string, InputRecord][] = [];
      for (let size = 1 + floor(next() * 400); size > 0; size -= 1) {
        now += next() * 20_000;
        // A third of the events are of one busy zone.
        const zone = next() < 0.33 ? 'busy' : `z-${floor(next() ** 3 * 500)}`;
        const repeated = next() < 0.1 ? known[floor((1 - next() ** 2) * known.length)] : undefined;
        const lateBy = next() < 0.02 ? next() * 60 * HOUR : next() * MINUTE;
        const record = at(repeated?.[0] ?? zone, floor(now - lateBy), floor(now));
        batch.push([repeated?.[1] ?? `e-${serial}`, record]);
        if (repeated === undefined) known.push([zone, `e-${serial}`]);
        serial += 1;
      }
      const verdicts = run(states, batch);
      batch.forEach(([id, record], i) => {
        const key = `${record.raw.key} ${id}`;
        const [seenAt, isDropped] = [seen.get(key), verdicts[i] === true];
        if (seenAt === undefined) {
          if (isDropped) wrong.push(`${key} was dropped at its first coming`);
        } else if (isDropped) repeats += 1;
        else if (watermark < seenAt + REMEMBER_MS) wrong.push(`${key} came again and was taken`);
        else old += 1;
        if (!isDropped) seen.set(key, max(record.eventTime, record.raw.timestamp));
        watermark = max(watermark, record.eventTime);
      });
      done += batch.length;
      wake(states, watermark);
      states.commit(next() < 0.3);
    }
    expect(wrong).toEqual([]);
    // The run must have met what it is to test: repeats, ids old enough to be forgotten, and blocks.
    expect(repeats).toBeGreaterThan(500);
    expect(old).toBeGreaterThan(100);
    expect([...states.stored.keys()].some((key) => key.startsWith('#'))).toBe(true);
    wake(states, now + REMEMBER_MS);
    states.commit(true);
    expect(states.stored.size).toBe(0);
  });

  it('are judged under their own key and topic', () => {
    const states = new StatesAtRest();
    const other = { ...at('z-1', T0), topic: 'sensors.v1' };
    expect(
      run(states, [
        ['e', at('z-1', T0)],
        ['e', at('z-2', T0)],
        ['e', other],
        ['e', at('z-1', T0)],
      ]),
    ).toEqual([false, false, false, true]);
  });

  it('are still known 24 h after they arrived, however late they were', () => {
    const states = new StatesAtRest();
    const late = at('z-1', T0 - 90 * 24 * HOUR, T0);
    run(states, [['e', late]]);
    states.commit(true);
    wake(states, T0 + 23 * HOUR);
    states.commit(true);
    expect(run(states, [['e', late]])).toEqual([true]);
    wake(states, T0 + 24 * HOUR);
    states.commit(true);
    expect(states.stored.size).toBe(0);
    expect(run(states, [['e', late]])).toEqual([false]);
  });

  it('a key like a block’s is a key like any other', () => {
    const states = new StatesAtRest();
    const records = Array.from(
      { length: 300 },
      (_, i) => [`e-${i}`, at(i < 299 ? 'z' : '#0:warehouse.v1:z', T0 + i)] as const,
    );
    run(states, records);
    states.commit(true);
    expect(run(states, records)).toEqual(records.map(() => true));
  });
});

describe('a busy key', () => {
  it('writes little and reads nothing while it stays in memory', () => {
    const states = new StatesAtRest();
    let most = 0;
    for (let batch = 0; batch < 500; batch += 1) {
      run(
        states,
        Array.from({ length: 20 }, (_, i) => [`e-${batch}-${i}`, at('busy', T0 + batch * MINUTE)] as const),
      );
      states.commit(false);
      most = max(most, states.written);
    }
    expect(states.loaded).toBe(0);
    // Head and, when one is sealed, a block: 10,000 ids of 8 bytes lie behind it.
    expect(most).toBeLessThanOrEqual(17 + 1024 + 1024);
    expect([...states.stored.values()].every(({ bytes }) => bytes.length <= 17 + 1024)).toBe(true);
  });

  it('lets go of ids that have aged, also while it stays in memory', () => {
    const states = new StatesAtRest();
    for (let hour = 0; hour < 200; hour += 1) {
      run(
        states,
        Array.from({ length: 50 }, (_, i) => [`e-${hour}-${i}`, at('busy', T0 + hour * HOUR)] as const),
      );
      wake(states, T0 + hour * HOUR);
      states.commit(false);
    }
    const head = states.get('warehouse.v1:busy') as Head;
    // 24 hours of 50, the head's own and a block that is not quite through.
    expect(head.sealed?.size).toBeLessThanOrEqual(24 * 50 + 2 * BLOCK_SIZE);
    expect([...states.stored.keys()].length).toBeLessThanOrEqual(12);
  });
});
