import type { StateWrite } from '@detent/pipeline';
import { packedBytes } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import { ChangelogSweep } from './changelog-sweep.ts';

const VALUE_BYTES = 20_000;

/** A changelog in memory with a marker after each record, a working copy, and a sweep over both. */
function world(minBytes: number) {
  let log: { offset: number; writes: StateWrite[] }[] = [];
  const copy = new Map<string, StateWrite>();
  const world = {
    end: 0,
    start: 0,
    refuse: false,
    refused: 0,
    commit,
    log: () => log,
    copy,
    replayed,
    sweep: undefined as unknown as ChangelogSweep,
  };
  function commit(writes: readonly StateWrite[]): void {
    log.push({ offset: world.end, writes: [...writes] });
    world.end += 2;
    for (const write of writes) {
      if (write.value === null) copy.delete(write.key);
      else copy.set(write.key, write);
    }
    world.sweep.appended(
      writes.reduce((sum, write) => sum + packedBytes(write), 0),
      world.end,
    );
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
  world.sweep = new ChangelogSweep({
    start: 0,
    end: 0,
    minBytes,
    async *read(from, end) {
      for (const { offset, writes } of [...log]) if (offset >= from && offset < end) yield { writes, next: offset + 1 };
    },
    async truncate(offset) {
      if (world.refuse) throw new Error('not authorized');
      world.start = offset;
      log = log.filter((record) => record.offset >= offset);
    },
    current: async (keys) => keys.map((key) => copy.get(key) ?? { key, value: null, dueAt: null }),
    rewrite: async (writes) => commit(writes),
    onRefused: () => {
      world.refused += 1;
    },
  });
  return world;
}

const value = (n: number) => Buffer.alloc(VALUE_BYTES, n % 251);

describe('sweeping a changelog', () => {
  it('loses no state and keeps the log within bounds of what is alive', async () => {
    let random = 12345;
    const next = (below: number) => {
      random = (random * 1103515245 + 12345) % 2 ** 31;
      return Math.floor(random / 65_536) % below;
    };
    const one = world(2_000_000);
    for (let i = 0; i < 50; i += 1) one.commit([{ key: `cold:${i}`, value: value(i), dueAt: i }]);
    for (let i = 0; i < 3000; i += 1) {
      const key = `hot:${next(40)}`;
      one.commit([next(10) === 0 ? { key, value: null, dueAt: null } : { key, value: value(i), dueAt: i }]);
      await one.sweep.step();
    }
    expect(one.replayed()).toEqual(one.copy);
    expect(one.copy.size).toBeGreaterThan(60);
    const bytes = one
      .log()
      .reduce((sum, { writes }) => sum + writes.reduce((s, write) => s + packedBytes(write), 0), 0);
    expect(bytes).toBeLessThan(4 * 90 * VALUE_BYTES + 2_000_000);
    expect(one.start).toBeGreaterThan(0);
  });

  it('leaves a small log alone', async () => {
    const one = world(10_000_000);
    for (let i = 0; i < 100; i += 1) {
      one.commit([{ key: 'k', value: value(i), dueAt: null }]);
      await one.sweep.step();
    }
    expect([one.start, one.log().length]).toEqual([0, 100]);
  });

  it('writes a state again with the due time that it has now', async () => {
    const one = world(1);
    one.commit([{ key: 'k', value: value(1), dueAt: 10 }]);
    one.commit([{ key: 'k', value: value(1), dueAt: 20 }]);
    await one.sweep.step();
    expect(one.replayed().get('k')?.dueAt).toBe(20);
    expect(one.start).toBeGreaterThan(0);
  });

  it('stops, and says so once, where the log may not be shortened', async () => {
    const one = world(1);
    one.refuse = true;
    for (let i = 0; i < 5; i += 1) {
      one.commit([{ key: 'k', value: value(i), dueAt: null }]);
      await one.sweep.step();
    }
    expect([one.refused, one.start]).toEqual([1, 0]);
    expect(one.replayed()).toEqual(one.copy);
  });
});
