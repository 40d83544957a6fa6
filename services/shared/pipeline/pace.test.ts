import { createEmbeddedWorld, eventually } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { MAX_APART_MS, Pace } from './pace.ts';
import type { Processor } from './processor.ts';

const HOUR = 3_600_000;

describe('the pace of tasks', () => {
  it('holds a task to the hindmost of the others, and nobody to one that has left', () => {
    const pace = new Pace();
    expect(pace.limit(0).end).toBe(Number.POSITIVE_INFINITY);
    pace.stand(0, 100);
    pace.stand(1, 500);
    pace.stand(2, 300);
    expect([0, 1, 2].map((task) => pace.limit(task).end - MAX_APART_MS)).toEqual([300, 100, 100]);
    pace.leave(0);
    expect(pace.limit(1).end - MAX_APART_MS).toBe(300);
  });

  it('keeps feeds side by side through a backlog, whatever each has to do, and leaves nothing behind', async () => {
    const world = await createEmbeddedWorld(['in', 'out'], 2);
    // Keys of different partitions: one tells something every minute, the other every hour.
    const every = { a: 60_000, d: HOUR };
    const events = Object.entries(every).flatMap(([key, step]) =>
      Array.from({ length: 200 }, (_, i) => ['in', key, 'E', { at: i * step }] as const),
    );
    for (const [topic, key, name, value] of events) await world.produce([topic, key, name, value]);
    const seen: { task: number; at: number }[] = [];
    const processor: Processor = {
      service: 'feeder',
      sources: ['in'],
      outputs: [],
      partitioning: 'per-partition',
      feeds: true,
      accept: ({ value }) => (value as { at: number }).at,
      keysOf: () => [],
      encodeState: () => Buffer.alloc(0),
      decodeState: () => undefined,
      *process(batch, { task }) {
        for (const { eventTime } of batch) seen.push({ task, at: eventTime });
      },
      *onDue() {},
    };
    const service = await world.start(() => processor, { maxBatch: 5 });
    await eventually(() => service.idle() && seen.length === events.length, 20_000);
    await service.stop();
    const tasks = new Set(seen.map(({ task }) => task));
    expect(tasks.size).toBe(2);
    for (const slow of tasks) {
      const left = seen.filter(({ task }) => task === slow).map(({ at }) => at);
      const end = left.at(-1)!;
      let done = 0;
      for (const { task, at } of seen) {
        if (task === slow) done += 1;
        else if (done < left.length && at <= end + MAX_APART_MS)
          // A batch of five is under way on the other side.
          expect(at - left[Math.max(0, done - 5)]!).toBeLessThanOrEqual(MAX_APART_MS);
      }
    }
  }, 30_000);
});

describe('the pace of processes', () => {
  /** A board in memory, for one process among others whose standings the test sets. */
  const boardOf = (others: Map<number, number>) => {
    const told: number[][] = [];
    return {
      told,
      board: {
        async exchange(mine: ReadonlyMap<number, number>) {
          told.push([...mine.values()]);
          if (others.size === 0) throw new Error('the board is away');
          return new Map(others);
        },
      },
    };
  };

  it('holds a task to the hindmost anywhere, and goes on alone when the board is away or no longer asked', async () => {
    const others = new Map([[7, 40]]);
    const { board, told } = boardOf(others);
    const pace = new Pace();
    const stopping = new AbortController();
    pace.stand(0, 100);
    const sharing = pace.share(board, stopping.signal);
    await eventually(() => pace.limit(0).end === 40 + MAX_APART_MS);
    expect(told[0]).toEqual([100]);
    others.clear();
    await eventually(() => pace.limit(0).end === Number.POSITIVE_INFINITY);
    others.set(8, 60);
    await eventually(() => pace.limit(0).end === 60 + MAX_APART_MS);
    stopping.abort();
    await sharing;
    expect(pace.limit(0).end).toBe(Number.POSITIVE_INFINITY);
  });
});
