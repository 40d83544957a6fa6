import { describe, expect, it } from '@jest/globals';
import { addBusinessHours, addDays, dayText, instantOf, isTimezone, localTime, weekdayOf } from './calendar.ts';

const berlin = 'Europe/Berlin';
const utc = (text: string) => Date.parse(text);
const date = (year: number, month: number, day: number) => ({ year, month, day });

describe('a local time', () => {
  it.each([
    ['in winter', date(2026, 1, 15), '17:30', berlin, '2026-01-15T16:30Z'],
    ['in summer', date(2026, 7, 15), '17:30', berlin, '2026-07-15T15:30Z'],
    ['on the day that clocks go forward, before', date(2026, 3, 29), '01:30', berlin, '2026-03-29T00:30Z'],
    ['on the day that clocks go forward, after', date(2026, 3, 29), '17:30', berlin, '2026-03-29T15:30Z'],
    ['that is skipped', date(2026, 3, 29), '02:30', berlin, '2026-03-29T01:30Z'],
    ['on the day that clocks go back, after', date(2026, 10, 25), '17:30', berlin, '2026-10-25T16:30Z'],
    ['that comes twice', date(2026, 10, 25), '02:30', berlin, '2026-10-25T00:30Z'],
    ['far from Greenwich', date(2026, 3, 2), '08:00', 'Pacific/Auckland', '2026-03-01T19:00Z'],
    ['with half hours', date(2026, 3, 2), '08:00', 'Asia/Kolkata', '2026-03-02T02:30Z'],
    ['at midnight', date(2026, 3, 2), '00:00', 'America/New_York', '2026-03-02T05:00Z'],
  ])('%s is the right instant', (_when, day, time, timezone, expected) => {
    expect(new Date(instantOf(day, time, timezone)).toISOString()).toBe(new Date(expected).toISOString());
  });

  it('is read with its day and weekday', () => {
    expect(localTime(utc('2026-03-01T23:30Z'), berlin)).toMatchObject({
      month: 3,
      day: 2,
      hour: 0,
      minute: 30,
      weekday: 1,
    });
  });

  it('comes back from its instant at every hour of a year, but for the hours that clocks skip or repeat', () => {
    let different = 0;
    for (let at = utc('2026-01-01T00:00Z'); at < utc('2027-01-01T00:00Z'); at += 3_600_000) {
      const local = localTime(at, berlin);
      if (instantOf(local, `${local.hour}:${local.minute}`, berlin) !== at) different += 1;
    }
    expect(different).toBe(1);
  });

  it('knows which time zones there are', () => {
    expect([isTimezone(berlin), isTimezone('Europe/Atlantis')]).toEqual([true, false]);
  });
});

describe('days', () => {
  it('go over months and years', () => {
    expect(dayText(addDays(date(2026, 12, 31), 1))).toBe('2027-01-01');
    expect(dayText(addDays(date(2028, 2, 28), 1))).toBe('2028-02-29');
    expect([weekdayOf(date(2026, 3, 2)), weekdayOf(date(2026, 3, 8))]).toEqual([1, 7]);
  });
});

describe('business hours', () => {
  it.each([
    ['within a day', '2026-03-02T09:00Z', 5, '2026-03-02T14:00Z'],
    ['over the weekend', '2026-03-06T17:00Z', 24, '2026-03-09T17:00Z'],
    ['from a Saturday they start on Monday', '2026-03-07T11:00Z', 24, '2026-03-10T00:00+01:00'],
    ['over the weekend that loses an hour', '2026-03-27T17:00Z', 24, '2026-03-30T16:00Z'],
    ['none', '2026-03-06T17:00Z', 0, '2026-03-06T17:00Z'],
  ])('%s', (_what, from, hours, expected) => {
    const end = addBusinessHours(utc(from), hours, berlin, new Set());
    expect(new Date(end).toISOString()).toBe(new Date(expected).toISOString());
  });
});
