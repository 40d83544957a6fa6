import type { StateWrite } from '@detent/pipeline';
import { packedBytes } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import { Random } from '../../../../cli/simulate/random.ts';
import { ChangelogSweep } from './changelog-sweep.ts';

const VALUE_BYTES = 20_000;

/** A changelog in memory with a marker after each record, a working copy, and a sweep over both; no reader gets beyond `endsAt`. */
function world(minBytes: number, endsAt = Number.POSITIVE_INFINITY) {
  let log: { offset: number; writes: readonly StateWrite[] }[] = [];
  const copy = new Map<string, StateWrite>();
  const world = {
    end: 0,
    start: 0,
    refuse: false,
    refused: 0,
    passes: 0,
    readBytes: 0,
    carriedMost: 0,
    commit,
    log: () => log,
    copy,
    replayed,
    takenOver,
    sweep: undefined as unknown as ChangelogSweep,
  };
  async function commit(writes: readonly StateWrite[]): Promise<void> {
    const carried = world.sweep.carry(writes);
    world.carriedMost = Math.max(world.carriedMost, bytesOf(carried));
    for (const packed of [writes, ...(carried.length > 0 ? [carried] : [])]) {
      log.push({ offset: world.end, writes: packed });
      world.end += 1;
    }
    world.end += 1;
    for (const write of writes) {
      if (write.value === null) copy.delete(write.key);
      else copy.set(write.key, write);
    }
    world.sweep.appended(bytesOf([...writes, ...carried]), world.end);
    await world.sweep.step();
  }
  function replayed(): Map<string, StateWrite> {
    const states = new Map<string, StateWrite>();
    for (const { writes } of log)
      for (const write of writes) {
        if (write.value === null) states.delete(write.key);
        else states.set(write.key, write);
      }
    return states;
  }
  function takenOver(): void {
    world.sweep = sweepOf({ start: world.start, end: world.end });
  }
  const sweepOf = (bounds: { start: number; end: number }) =>
    new ChangelogSweep({
      ...bounds,
      minBytes,
      async *read(from, end) {
        world.passes += 1;
        for (const { offset, writes } of [...log]) {
          if (offset < from || offset >= Math.min(end, endsAt)) continue;
          world.readBytes += bytesOf(writes);
          yield { writes: [...writes], next: offset + 1 };
        }
      },
      async truncate(offset) {
        if (world.refuse) throw new Error('not authorized');
        world.start = offset;
        log = log.filter((record) => record.offset >= offset);
      },
      current: async (keys) => keys.map((key) => copy.get(key) ?? { key, value: null, dueAt: null }),
      onRefused: () => {
        world.refused += 1;
      },
    });
  takenOver();
  return world;
}

const value = (n: number) => Buffer.alloc(VALUE_BYTES, n % 251);
const bytesOf = (writes: readonly StateWrite[]) => writes.reduce((sum, write) => sum + packedBytes(write), 0);
const sizeOf = ({ log }: ReturnType<typeof world>) => log().reduce((sum, { writes }) => sum + bytesOf(writes), 0);
/** What states say, short enough to be compared after each commit. */
const told = (states: ReadonlyMap<string, StateWrite>) =>
  [...states.values()].map(({ key, value, dueAt }) => `${key} ${value?.[0]} ${dueAt}`).sort();

describe('sweeping a changelog', () => {
  it('loses no state and keeps the log within bounds of what is alive', async () => {
    const random = new Random(1);
    const one = world(2_000_000);
    for (let i = 0; i < 50; i += 1) await one.commit([{ key: `cold:${i}`, value: value(i), dueAt: i }]);
    for (let i = 0; i < 3000; i += 1) {
      const key = `hot:${random.whole(0, 39)}`;
      await one.commit([random.chance(0.1) ? { key, value: null, dueAt: null } : { key, value: value(i), dueAt: i }]);
      expect(told(one.replayed())).toEqual(told(one.copy));
    }
    expect(one.copy.size).toBeGreaterThan(60);
    expect(sizeOf(one)).toBeLessThan(5 * 90 * VALUE_BYTES + 2_000_000);
    expect(one.start).toBeGreaterThan(0);
  });

  it('takes no more at a time than commits give it time for', async () => {
    const one = world(2_000_000);
    for (let i = 0; one.passes === 0; i += 1) await one.commit([{ key: `cold:${i}`, value: value(i), dueAt: null }]);
    for (let i = 1; i <= 30; i += 1) {
      await one.commit([{ key: 'hot', value: value(i), dueAt: null }]);
      expect(one.readBytes).toBeLessThan(2 * i * VALUE_BYTES + 600_000);
      expect(one.carriedMost).toBeLessThan(300_000);
    }
    expect(one.readBytes).toBeGreaterThan(30 * VALUE_BYTES);
    expect(one.carriedMost).toBeGreaterThan(0);
  });

  it('begins again only when the log is three times what is alive', async () => {
    const one = world(2_000_000);
    for (let i = 0; one.passes === 0; i += 1) await one.commit([{ key: `cold:${i}`, value: value(i), dueAt: null }]);
    for (let i = 0; one.passes === 1; i += 1) await one.commit([{ key: 'hot', value: value(i), dueAt: null }]);
    expect(sizeOf(one)).toBeGreaterThan(2.9 * bytesOf([...one.copy.values()]));
    expect(sizeOf(one)).toBeLessThan(3.5 * bytesOf([...one.copy.values()]));
  });

  it('keeps up with commits that are larger than its pages', async () => {
    const one = world(2_000_000);
    for (let i = 0; i < 300; i += 1) {
      const keys = Array.from({ length: 100 }, (_, k) => `hot:${(i * 100 + k) % 150}`);
      await one.commit(keys.map((key) => ({ key, value: value(i), dueAt: null })));
      expect(sizeOf(one)).toBeLessThan(6 * 150 * VALUE_BYTES + 4_000_000);
    }
    expect(told(one.replayed())).toEqual(told(one.copy));
  });

  it('goes on while nothing but commits without states comes', async () => {
    const one = world(2_000_000);
    for (let i = 0; one.passes === 0; i += 1) await one.commit([{ key: 'hot', value: value(i), dueAt: null }]);
    for (let i = 0; i < 12_000; i += 1) await one.commit([]);
    expect(sizeOf(one)).toBeLessThan(400_000);
  });

  it('gets on in sessions that end before it has seen much', async () => {
    const one = world(2_000_000);
    for (let i = 0; one.passes === 0; i += 1) await one.commit([{ key: `cold:${i}`, value: value(i), dueAt: null }]);
    for (let i = 0; i < 3000; i += 1) {
      if (i % 25 === 0) one.takenOver();
      await one.commit([{ key: 'hot', value: value(i), dueAt: null }]);
      expect(sizeOf(one)).toBeLessThan(8_000_000);
    }
    expect(told(one.replayed())).toEqual(told(one.copy));
  });

  it('keeps a state once that a session left twice', async () => {
    const one = world(2_000_000);
    for (let i = 0; one.passes === 0; i += 1) await one.commit([{ key: `cold:${i}`, value: value(i), dueAt: null }]);
    const cold = [...one.copy.values()];
    for (let i = 0; i < 5; i += 1) await one.commit(cold);
    one.takenOver();
    const passes = one.passes;
    for (let i = 0; one.passes < passes + 2; i += 1) await one.commit([{ key: 'hot', value: value(i), dueAt: null }]);
    const copies = one.log().flatMap(({ writes }) => writes.filter(({ key }) => key === 'cold:3'));
    expect(copies).toHaveLength(1);
    expect(told(one.replayed())).toEqual(told(one.copy));
  });

  it('leaves a small log alone', async () => {
    const one = world(10_000_000);
    for (let i = 0; i < 100; i += 1) await one.commit([{ key: 'k', value: value(i), dueAt: null }]);
    expect([one.start, one.log().length]).toEqual([0, 100]);
  });

  it('writes a state again with the due time that it has now', async () => {
    const one = world(1);
    await one.commit([{ key: 'k', value: value(1), dueAt: 10 }]);
    await one.commit([{ key: 'k', value: value(1), dueAt: 20 }]);
    for (let i = 0; i < 20; i += 1) await one.commit([{ key: 'other', value: value(i), dueAt: null }]);
    expect(one.start).toBeGreaterThan(2);
    expect(one.replayed().get('k')?.dueAt).toBe(20);
  });

  it('writes nothing again that the same commit writes or deletes', async () => {
    const one = world(1);
    for (let i = 0; i < 30; i += 1) {
      await one.commit([{ key: 'a', value: value(i), dueAt: null }]);
      await one.commit([{ key: 'b', value: i % 2 ? value(i) : null, dueAt: null }]);
      expect(told(one.replayed())).toEqual(told(one.copy));
    }
    expect(one.start).toBeGreaterThan(0);
  });

  it('deletes nothing that it could not read', async () => {
    const one = world(1, 11);
    for (let i = 0; i < 60; i += 1) await one.commit([{ key: `k${i}`, value: value(i), dueAt: null }]);
    expect(told(one.replayed())).toEqual(told(one.copy));
    expect(one.start).toBe(11);
  });

  it('stops, and says so once, where the log may not be shortened', async () => {
    const one = world(1);
    one.refuse = true;
    let i = 0;
    for (; one.refused === 0; i += 1) await one.commit([{ key: 'k', value: value(i), dueAt: null }]);
    const { readBytes } = one;
    for (let more = 0; more < 50; more += 1) await one.commit([{ key: `k${more}`, value: value(i), dueAt: null }]);
    expect([one.refused, one.start, one.readBytes]).toEqual([1, 0, readBytes]);
    expect(told(one.replayed())).toEqual(told(one.copy));
  });
});
