import { describe, expect, it } from '@jest/globals';
import { nextFlip } from './next-flip.ts';

const HOUR = 3_600_000;
type Line = { at: number; perHour: number; bound: number };
const value = ({ at, perHour }: Line, now: number) => (perHour * (now - at)) / HOUR;
const difference = (line: Line, now: number) => value(line, now) - line.bound;

describe('nextFlip', () => {
  const operators: [string, (d: number) => boolean][] = [
    ['<', (d) => d < 0],
    ['<=', (d) => d <= 0],
    ['>', (d) => d > 0],
    ['>=', (d) => d >= 0],
    ['==', (d) => d === 0],
  ];
  describe.each(operators)('of %s', (_, test) => {
    const holds = (line: Line, now: number) => Number(test(difference(line, now)));
    const next = nextFlip(holds, difference, ({ perHour }) => perHour)!;

    it('is the very millisecond at which the comparison comes out otherwise', () => {
      for (const perHour of [-1, 1, 2.5, -0.3]) {
        for (const bound of [0, 4, -2.5, 1 / 3]) {
          const line = { at: 1_767_600_000_000, perHour, bound };
          const crossing = line.at + (bound / perHour) * HOUR;
          const now = Math.floor(crossing) - 40;
          let expected = now + 1;
          while (holds(line, expected) === holds(line, now) && expected < now + 100) expected++;
          expect(next(line, now)).toBe(expected < now + 100 ? expected : Infinity);
        }
      }
    });

    it('is never once the line is past its bound', () => {
      const line = { at: 0, perHour: -1, bound: 1 };
      expect(next(line, 5 * HOUR)).toBe(Infinity);
    });

    it('is never while something is missing', () => {
      expect(next({ at: NaN, perHour: 1, bound: 0 }, 0)).toBe(Infinity);
    });
  });

  it('is looked for every minute where the course is no straight line', () => {
    const looked = nextFlip(() => 1, undefined, undefined)!;
    expect(looked({}, 61_000)).toBe(120_000);
    expect(looked({}, 120_000)).toBe(180_000);
  });

  it('does not exist where time plays no part', () => {
    expect(
      nextFlip(
        () => 1,
        () => 1,
        0,
      ),
    ).toBeUndefined();
  });
});

describe('nextFlip along a course with bends', () => {
  /** Open from 8 to 18 o'clock of each day: hours that have passed since the beginning. */
  const DAY = 24 * HOUR;
  const passed = (t: number) => Math.floor(t / DAY) * 10 + Math.min(10, Math.max(0, (t % DAY) / HOUR - 8));
  const isOpen = (t: number) => t % DAY >= 8 * HOUR && t % DAY < 18 * HOUR;
  const nextBend = (t: number) => {
    for (let edge = Math.floor(t / HOUR) * HOUR + HOUR; ; edge += HOUR)
      if (isOpen(edge) !== isOpen(edge - 1)) return edge;
  };
  const tests: [string, (d: number) => boolean][] = [
    ['<', (d) => d < 0],
    ['<=', (d) => d <= 0],
    ['==', (d) => d === 0],
  ];
  it.each(tests)('of %s is the very millisecond', (_, test) => {
    for (const bound of [0, 5, 10, 12.25, 30]) {
      const d = (_: unknown, t: number) => passed(t) - bound;
      const holds = (_: unknown, t: number) => Number(test(d(_, t)));
      const next = nextFlip(holds, d, (_, t) => (isOpen(t) ? 1 : 0), nextBend)!;
      const END = 6 * DAY;
      const found: number[] = [];
      for (let t = next({}, 3 * HOUR); t < END; t = next({}, t)) found.push(t);
      for (const t of found) expect(holds({}, t)).not.toBe(holds({}, t - 1));
      // Whatever has changed from one look to the next has been found between the two.
      for (let t = 3 * HOUR; t < END; t += 10 * 60_000) {
        const until = t + 10 * 60_000;
        if (holds({}, t) !== holds({}, until)) expect(found.filter((at) => at > t && at <= until)).toHaveLength(1);
      }
    }
  });

  it('is found however many bends lie before it, and never where the course has ended', () => {
    const d = (_: unknown, t: number) => passed(t) - 5000;
    const next = nextFlip(
      (_, t) => Number(d(_, t) >= 0),
      d,
      (_, t) => (isOpen(t) ? 1 : 0),
      nextBend,
    )!;
    let t = 0;
    let looks = 0;
    for (; d({}, t) < 0; t = next({}, t)) looks++;
    expect(t).toBe(499 * DAY + 18 * HOUR);
    expect(looks).toBeLessThan(12);
    expect(next({}, t)).toBeGreaterThan(t);
  });
});
