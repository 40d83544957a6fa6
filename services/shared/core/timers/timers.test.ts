import { describe, expect, it } from '@jest/globals';
import { Timers } from './timers.ts';

describe('timers', () => {
  it('come earliest first, equal ones by key, and only up to the instant asked for', () => {
    const timers = new Timers();
    for (const [key, at] of [
      ['c', 5],
      ['b', 3],
      ['a', 5],
      ['d', 9],
    ] as const)
      timers.set(key, at);
    expect([timers.pop(8), timers.pop(8), timers.pop(8), timers.pop(8)]).toEqual([
      { key: 'b', at: 3 },
      { key: 'a', at: 5 },
      { key: 'c', at: 5 },
      undefined,
    ]);
    expect(timers.next()).toBe(9);
  });

  it('that are set anew or cancelled do not fire at their old instant', () => {
    const timers = new Timers();
    timers.set('a', 3);
    timers.set('a', 7);
    timers.set('b', 4);
    timers.set('b', null);
    timers.set('c', 5);
    timers.set('c', 6);
    timers.set('c', 5);
    expect(timers.next()).toBe(5);
    expect([timers.pop(9)?.key, timers.pop(9)?.key, timers.pop(9)]).toEqual(['c', 'a', undefined]);
    expect(timers.next()).toBeUndefined();
  });

  it('agree with a sorted list over ten thousand random steps', () => {
    const timers = new Timers();
    const expected = new Map<string, number>();
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let step = 0; step < 10_000; step += 1) {
      const key = `k${random(50)}`;
      const kind = random(4);
      if (kind === 0) {
        const until = random(1000);
        const first = [...expected].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0];
        const due = first && first[1] <= until ? { key: first[0], at: first[1] } : undefined;
        expect(timers.pop(until)).toEqual(due);
        if (due) expected.delete(due.key);
      } else if (kind === 1) {
        timers.set(key, null);
        expected.delete(key);
      } else {
        const at = random(1000);
        timers.set(key, at);
        expected.set(key, at);
      }
    }
  });
});
