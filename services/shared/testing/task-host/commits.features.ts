import { JOURNAL_HEADER } from '@detent/pipeline';
import { expect, it } from '@jest/globals';
import { state } from './fixture.ts';
import { eventually, type HostWorld, idle, none, positions, record, records, taken, text, textOf } from './world.ts';

/** What a commit leaves, whole or not at all. */
export function commitFeatures(world: HostWorld): void {
  it('commits outputs, states and positions together', async () => {
    await world.log.append(records(world.source, 0, 3));
    await world.session(async (session) => {
      await taken(session, 3);
      await session.commit({
        outputs: [record(world.output, 'out')],
        states: [state('order:1', 'one'), state('order:2', 'two')],
        positions: positions(session),
      });
      expect(text(await session.load(['order:2', 'order:none', 'order:1']))).toEqual(['two', null, 'one']);
    });
    expect((await world.contents(world.output)).map(textOf)).toEqual(['out']);
    await world.session(async (session) => {
      expect(session.inputs[0]!.position).toBeGreaterThanOrEqual(3);
      expect(text(await session.load(['order:1', 'order:2']))).toEqual(['one', 'two']);
    });
  });

  it('keeps the journal of every commit that leaves something, in order, each on one record of the changelog', async () => {
    const journal = (text: string) => ({ journal: Buffer.from(text) });
    await world.session(async (session) => {
      await session.commit({ ...none, states: [state('a', '1'), state('b', '2')], ...journal('states') });
      await session.commit({ ...none, outputs: [record(world.output, 'x')], ...journal('output') });
      await session.commit({ ...none, states: [state('a', null)], ...journal('delete') });
      expect(text(await session.load(['a', 'b']))).toEqual([null, '2']);
    }, 1);
    const changelog = `${world.prefix}state.worker.v1`;
    const records = await eventually(
      () => world.contents(changelog),
      ({ length }) => length >= 3,
    );
    expect(records.map(({ headers }) => headers[JOURNAL_HEADER]?.toString())).toEqual(['states', 'output', 'delete']);
    expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([1]));
  });

  it('leaves nothing of a run that fails before its commit, and takes the task anew', async () => {
    await world.log.append(records(world.source, 0, 2));
    let runs = 0;
    const second = new Promise<string[]>((resolve) => {
      void world.start(async (session) => {
        if (session.task !== 0) return idle(session);
        runs += 1;
        const found = await taken(session, 2);
        if (runs === 1) throw new Error('a fault in the processing');
        resolve(found.map((one) => String(textOf(one))));
        await idle(session);
      });
    });
    expect(await second).toEqual(['0', '1']);
    expect(runs).toBe(2);
    expect(await world.contents(world.output)).toEqual([]);
  });

  it('leaves nothing of a commit that cannot be made', async () => {
    await world.session(async (session) => {
      await session.commit({ ...none, states: [state('a', 'before')] });
      const refused = session.commit({
        outputs: [record(world.output, 'never'), record(`${world.prefix}missing.v1`, 'x')],
        states: [state('a', 'after')],
        positions: [],
      });
      await expect(refused).rejects.toThrow();
    });
    expect(await world.contents(world.output)).toEqual([]);
    await world.session(async (session) => expect(text(await session.load(['a']))).toEqual(['before']));
  });

  it('places outputs on the partition given, or by murmur2 of the key as Java does', async () => {
    await world.session((session) =>
      session.commit({
        ...none,
        outputs: [
          record(world.output, 'given', { partition: 1 }),
          record(world.output, 'by key', { partition: null, key: Buffer.from('foobar') }),
          record(world.output, 'tombstone', { partition: null, key: Buffer.from('21'), value: null }),
        ],
      }),
    );
    const found = await world.contents(world.output);
    const at = (partition: number) =>
      found.filter((one) => one.partition === partition).map((one) => one.key?.toString());
    // Java: murmur2("foobar") = -790332482, murmur2("21") = -973932308.
    expect(at(0)).toEqual(
      ['foobar', '21'].filter((key) => (({ foobar: -790332482, '21': -973932308 })[key]! & 0x7fffffff) % 2 === 0),
    );
    expect(found.find((one) => one.key?.toString() === '21')?.value).toBeNull();
    expect(at(1)).toContain('key');
    expect(found).toHaveLength(3);
  });
}
