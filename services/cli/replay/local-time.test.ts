import { describe, expect, it } from '@jest/globals';
import { LocalTime } from './local-time.ts';

describe('LocalTime', () => {
  it.each([
    ['a time in summer', 'yyyy-MM-dd HH:mm', 'Europe/London', '2011-07-01 08:26', '2011-07-01T07:26:00.000Z'],
    ['a date: the end of its day', 'd-MMM-yy', 'UTC', '2-Jun-06', '2006-06-02T23:59:59.999Z'],
    [
      'the date on which clocks go forward: a day of 23 hours',
      'M/d/yyyy',
      'Europe/Madrid',
      '3/29/2026',
      '2026-03-29T21:59:59.999Z',
    ],
  ])('reads %s', (_, format, zone, text, expected) => {
    const times = new LocalTime(format, zone);
    expect(new Date(times.parse(text) ?? 0).toISOString()).toBe(expected);
    expect(times.parse(text)).toBe(Date.parse(expected));
  });

  it.each(['Date Not Captured', '', '31-Feb-06', '2-Juin-06'])('does not read "%s"', (text) => {
    expect(new LocalTime('d-MMM-yy', 'UTC').parse(text)).toBeUndefined();
  });
});
