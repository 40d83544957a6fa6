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
