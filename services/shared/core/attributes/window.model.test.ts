import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { tilesOf, Window } from './window.ts';

const HOUR = 3_600_000;

describe('tiles', () => {
  it.each([
    [28 * 24 * HOUR, 28, 24 * HOUR],
    [24 * HOUR, 24, HOUR],
    [HOUR, 30, 120_000],
    [7 * 24 * HOUR, 28, 6 * HOUR],
  ])('of %d ms are %d of %d ms', (windowMs, tiles, tileMs) => expect(tilesOf(windowMs)).toEqual({ tiles, tileMs }));

  it('are never more than 32, whatever the window', () => {
    for (let windowMs = 1; windowMs < 5_000_000; windowMs = windowMs * 3 + 7) {
      const { tiles, tileMs } = tilesOf(windowMs);
      expect(tiles).toBeLessThanOrEqual(32);
      expect(tiles * tileMs).toBeGreaterThanOrEqual(windowMs);
    }
  });
});

describe.each([
  ['sum', (a: number, b: number) => a + b],
  ['max', Math.max],
  ['min', Math.min],
])('a window of %s', (_, combine) => {
  it('holds what a plain list of all values says, late ones and silences included', () => {
    for (let seed = 1; seed <= 9; seed++) {
      const random = seeded(seed);
      const windowMs = [HOUR, 24 * HOUR, 10_007][seed % 3]!;
      const { tiles, tileMs } = tilesOf(windowMs);
      const nums = Float64Array.from(Window.defaults(windowMs, 2));
      const window = new Window(0, windowMs, 2, combine);
      const seen: { t: number; channel: number; value: number }[] = [];
      let now = 1_767_600_000_000;
      for (let i = 0; i < 150; i++) {
        now += Math.floor(random() ** 4 * windowMs * 2);
        const late = random() < 0.3 ? Math.floor(random() * windowMs * 1.5) : 0;
        const channel = Number(random() < 0.5);
        const value = Math.floor(random() * 100);
        window.add(nums, now - late, channel, value);
        seen.push({ t: now - late, channel, value });
        const first = Math.floor(now / tileMs) - tiles + 1;
        const live = seen.filter(({ t }) => Math.floor(t / tileMs) >= first);
        for (const c of [0, 1]) {
          const values = live.filter((entry) => entry.channel === c).map((entry) => entry.value);
          expect(window.total(nums, now, c)).toBe(values.length === 0 ? NaN : values.reduce((a, b) => combine(a, b)));
        }
        const oldest = Math.min(...live.map(({ t }) => Math.floor(t / tileMs)));
        expect(window.expiresAt(nums)).toBe((oldest + tiles) * tileMs);
      }
    }
  });

  it('changes by itself at the instant that it names, not a millisecond earlier', () => {
    const nums = Float64Array.from(Window.defaults(HOUR, 1));
    const window = new Window(0, HOUR, 1, combine);
    window.add(nums, 10_000, 0, 5);
    const at = window.expiresAt(nums);
    expect(window.total(nums, at - 1, 0)).toBe(5);
    expect(window.total(nums, at, 0)).toBeNaN();
    expect(window.expiresAt(nums)).toBe(Infinity);
  });
});
