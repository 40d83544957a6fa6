import type { TaskHostSpec } from '@detent/pipeline';
import { expect, it } from '@jest/globals';
import { eventually, type HostWorld, idle, none, record, records, taken, textOf } from './world.ts';

/** What a task is given to read, and how it hears of more. */
export function inputFeatures(world: HostWorld): void {
  it('hands over every record in the order of its partition, with all that it carries', async () => {
    const headers = { ce_id: 'e1', 'detent.x': Buffer.from([0, 255]) };
    await world.log.append([
      record(world.source, 'first', { headers }),
      ...records(world.source, 0, 500),
      record(world.source, 'last', { key: null, value: null }),
    ]);
    const found = await world.session((session) => taken(session, 502));
    expect(found.map(({ offset }) => offset)).toEqual(Array.from({ length: 502 }, (_, i) => i));
    expect(found.slice(1, 501).map(textOf)).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
    expect(found[0]).toMatchObject({ topic: world.source, partition: 0, timestamp: 1_700_000_000_000 });
    expect(found[0]!.key?.toString()).toBe('key');
    expect(found[0]!.headers['ce_id']?.toString()).toBe('e1');
    expect([...found[0]!.headers['detent.x']!]).toEqual([0, 255]);
    expect(found[501]).toMatchObject({ key: null, value: null });
  });

  it('goes on after the last commit, and hands over again what was taken but not committed', async () => {
    await world.log.append(records(world.source, 0, 10));
    await world.session(async (session) => {
      await taken(session, 10);
      await session.commit({ ...none, positions: [{ topic: world.source, partition: 0, next: 4 }] });
    });
    const found = await world.session((session) => taken(session, 6));
    expect(found.map(textOf)).toEqual(['4', '5', '6', '7', '8', '9']);
    const committed = await world.log.committed('worker');
    expect(committed.get(world.source)?.get(0)).toBe(4);
  });

  it('knows whether it has caught up with what the log holds', async () => {
    await world.log.append(records(world.source, 0, 5));
    await world.session(async (session) => {
      const input = session.inputs[0]!;
      while (input.peek() === undefined) await session.wait(100);
      expect(input.caughtUp).toBe(false);
      await taken(session, 5);
      const caughtUp = await eventually(
        async () => input.caughtUp,
        (yes) => yes,
      );
      expect([caughtUp, input.end]).toEqual([true, 5]);
    });
  });

  it('catches up past the end of a transaction', async () => {
    await world.session((session) => session.commit({ ...none, outputs: [record(world.output, 'x')] }));
    const reader = { service: 'reader', sources: [world.output], partitioning: 'per-partition' as const };
    await world.session(
      async (session) => {
        await taken(session, 1);
        const started = performance.now();
        await eventually(
          async () => session.inputs[0]!.caughtUp,
          (yes) => yes,
        );
        expect(performance.now() - started).toBeLessThan(2000);
      },
      0,
      reader,
    );
  });

  it('wakes a waiting task when a record arrives', async () => {
    let woken = 0;
    await world.session(async (session) => {
      while (!session.inputs[0]!.caughtUp) await session.wait(50);
      await session.wait(1);
      const appended = new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
        world.log.append([record(world.source, 'late')]),
      );
      const started = performance.now();
      while (session.inputs[0]!.peek() === undefined) await session.wait(5000);
      woken = performance.now() - started;
      await appended;
    });
    expect(woken).toBeLessThan(3000);
  });

  it('joins the same partition of all sources in one task', async () => {
    const both = { ...world.spec, sources: [world.source, world.other] };
    await world.log.append([record(world.source, 's', { partition: 1 }), record(world.other, 'o', { partition: 1 })]);
    const found = await world.session((session) => taken(session, 2), 1, both);
    expect(found.map(textOf).sort()).toEqual(['o', 's']);
  });

  it('gives a single task every partition of every source', async () => {
    const single: TaskHostSpec = { service: 'single', sources: [world.source, world.other], partitioning: 'single' };
    await world.log.append(
      [0, 1].flatMap((partition) => [
        record(world.source, `s${partition}`, { partition }),
        record(world.other, `o${partition}`, { partition }),
      ]),
    );
    const found = await world.session((session) => taken(session, 4), 0, single);
    expect(found.map(textOf).sort()).toEqual(['o0', 'o1', 's0', 's1']);
  });

  it('refuses sources of unequal partition counts', async () => {
    const uneven = `${world.prefix}uneven.v1`;
    await world.topics(3, uneven);
    await expect(world.start(idle, { ...world.spec, sources: [world.source, uneven] })).rejects.toThrow(/partition/);
  });
}
