import { expect, it } from '@jest/globals';
import { state } from './fixture.ts';
import { type HostWorld, none, text } from './world.ts';

/** States as they were committed, found by key, by due time and all together. */
export function stateFeatures(world: HostWorld): void {
  it('replaces, deletes and keeps binary states', async () => {
    const binary = Buffer.from([0, 1, 254, 255]);
    await world.session(async (session) => {
      await session.commit({
        ...none,
        states: [state('a', '1'), state('b', '1'), { ...state('c', ''), value: binary }],
      });
      await session.commit({ ...none, states: [state('a', '2'), state('b', null)] });
      expect(text(await session.load(['a', 'b']))).toEqual(['2', null]);
      expect([...(await session.load(['c']))[0]!]).toEqual([...binary]);
    });
  });

  it('keeps the states of tasks and services apart', async () => {
    await world.session((session) => session.commit({ ...none, states: [state('a', 'task 0')] }), 0);
    await world.session(async (session) => expect(await session.load(['a'])).toEqual([null]), 1);
    await world.session(async (session) => expect(await session.load(['a'])).toEqual([null]), 0, {
      ...world.spec,
      service: 'another',
    });
  });

  it('tells what is due, earliest first, no more than asked', async () => {
    await world.session(async (session) => {
      await session.commit({
        ...none,
        states: [state('c', 'x', 3000), state('a', 'x', 1000.5), state('b', 'x', 2000), state('never', 'x')],
      });
      expect((await session.due(2500, 10)).map(({ key }) => key)).toEqual(['a', 'b']);
      expect((await session.due(9999, 2)).map(({ key }) => key)).toEqual(['a', 'b']);
      expect(await session.due(2000, 10)).toContainEqual({ key: 'b', dueAt: 2000 });
      expect(await session.due(1000, 10)).toEqual([]);
      await session.commit({ ...none, states: [state('a', 'x'), state('b', null), state('c', 'x', 5000)] });
      expect(await session.due(9999, 10)).toEqual([{ key: 'c', dueAt: 5000 }]);
    });
    await world.session(async (session) => expect(await session.due(9999, 10)).toEqual([{ key: 'c', dueAt: 5000 }]));
  });

  it('scans every state once', async () => {
    const count = 2500;
    await world.session(async (session) => {
      await session.commit({ ...none, states: Array.from({ length: count }, (_, i) => state(`k:${i}`, String(i))) });
      await session.commit({ ...none, states: [state('k:7', null), state('k:8', 'eight')] });
      const found = new Map<string, string>();
      let pages = 0;
      for await (const page of session.scan()) {
        pages += page.length;
        for (const { key, value } of page) found.set(key, value.toString());
      }
      expect(pages).toBe(count - 1);
      expect([found.size, found.get('k:7'), found.get('k:8'), found.get('k:2499')]).toEqual([
        count - 1,
        undefined,
        'eight',
        '2499',
      ]);
    });
  });
}
