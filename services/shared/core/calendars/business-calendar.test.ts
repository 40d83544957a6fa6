import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { BusinessCalendar } from './business-calendar.ts';

const HOUR = 3_600_000;
const WORKDAY = [[8 * 60, 18 * 60]] as const;
const NIGHT = [[22 * 60, 30 * 60]] as const;
const berlin = new BusinessCalendar({
  name: 'warehouse',
  timezone: 'Europe/Berlin',
  open: [[], WORKDAY, WORKDAY, [[8 * 60, 12 * 60], [13 * 60, 17 * 60]], WORKDAY, WORKDAY, []], // biome-ignore format: a week
  holidays: ['2026-12-25'],
});
const nights = new BusinessCalendar({
  name: 'nights',
  timezone: 'Europe/Berlin',
  open: [NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, NIGHT],
  holidays: [],
});
const at = (text: string) => Date.parse(text);

describe('hours by a business calendar', () => {
  it.each([
    ['2026-01-05T08:00+01:00', '2026-01-05T12:30+01:00', 4.5, 'within a Monday'],
    ['2026-01-05T05:00+01:00', '2026-01-05T23:00+01:00', 10, 'over a whole Monday'],
    ['2026-01-07T11:30+01:00', '2026-01-07T13:30+01:00', 1, 'over the noon of a Wednesday'],
    ['2026-01-09T17:00+01:00', '2026-01-12T09:00+01:00', 2, 'over a weekend'],
    ['2026-12-24T17:00+01:00', '2026-12-28T09:00+01:00', 2, 'over Christmas, which is a Friday'],
    ['2026-03-27T17:00+01:00', '2026-03-30T09:00+02:00', 2, 'over the night that summer time begins in'],
    ['2026-10-23T17:00+02:00', '2026-10-26T09:00+01:00', 2, 'over the night that summer time ends in'],
    ['2026-01-12T09:00+01:00', '2026-01-09T17:00+01:00', -2, 'backwards'],
  ])('from %s to %s are %d: %s', (from, to, hours) => {
    expect(berlin.hours(at(from), at(to))).toBe(hours);
  });

  it('are those that pass, where the clock is put forward or back while it is open', () => {
    expect(nights.hours(at('2026-03-28T12:00Z'), at('2026-03-29T12:00Z'))).toBe(7);
    expect(nights.hours(at('2026-10-24T12:00Z'), at('2026-10-25T12:00Z'))).toBe(9);
    expect(nights.hours(at('2026-06-06T12:00Z'), at('2026-06-07T12:00Z'))).toBe(8);
  });

  it('are missing where an instant is, and where the data must be wrong', () => {
    expect(berlin.hours(NaN, at('2026-01-05T00:00Z'))).toBeNaN();
    expect(berlin.hours(0, 8.6e15)).toBeNaN();
  });

  it('add up, and agree with looking every quarter of an hour, at random instants over two years', () => {
    const random = seeded(5);
    const from = at('2025-12-01T00:00Z');
    const instant = () => from + Math.floor(random() * 700 * 96) * 900_000;
    for (let i = 0; i < 200; i++) {
      const [a, b, c] = [instant(), instant(), instant()];
      for (const calendar of [berlin, nights]) {
        expect(calendar.hours(a, b) + calendar.hours(b, c)).toBeCloseTo(calendar.hours(a, c), 9);
        const until = a + 20 * 24 * HOUR;
        let looked = 0;
        for (let t = a; t < until; t += 900_000) looked += calendar.isOpen(t) ? 0.25 : 0;
        expect(calendar.hours(a, until)).toBeCloseTo(looked, 9);
      }
    }
  });
});

describe('the next opening or closing', () => {
  it('is where it changes between open and closed', () => {
    for (const calendar of [berlin, nights]) {
      let t = at('2026-03-20T00:00Z');
      for (let i = 0; i < 60; i++) {
        const edge = calendar.nextEdge(t);
        expect(calendar.isOpen(edge)).toBe(!calendar.isOpen(edge - 1));
        expect(calendar.hours(t, edge)).toBeCloseTo(calendar.isOpen(t) ? (edge - t) / HOUR : 0, 9);
        t = edge;
      }
    }
  });

  it('never comes where nothing ever opens', () => {
    const closed = new BusinessCalendar({
      name: 'closed',
      timezone: 'UTC',
      open: [[], [], [], [], [], [], []],
      holidays: [],
    });
    expect(closed.nextEdge(0)).toBe(Infinity);
    expect(closed.nextEdge(NaN)).toBe(Infinity);
  });
});
