import { expect, it } from '@jest/globals';
import { hoursLostAs } from './life.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 2);

it('tells the hours lost from a share of life: 100 hours by the date, 60 by its temperatures', () => {
  expect(hoursLostAs({ lifeLeft: 0.25 }, 240, NOW + 100 * HOUR, NOW)).toBe(40);
  expect(hoursLostAs({ lifeLeft: 0.9 }, 240, NOW + 100 * HOUR, NOW)).toBe(0);
});

it('takes hours that are told before what follows from a share, and never less than none', () => {
  expect(hoursLostAs({ hoursLost: 12, lifeLeft: 0.25 }, 240, NOW + 100 * HOUR, NOW)).toBe(12);
  expect(hoursLostAs({ hoursLost: -3 }, null, null, NOW)).toBe(0);
});

it('tells nothing where the share, the whole life or the date is missing', () => {
  expect(hoursLostAs({ lifeLeft: null }, 240, NOW, NOW)).toBeUndefined();
  expect(hoursLostAs({ lifeLeft: 0.5 }, null, NOW, NOW)).toBeUndefined();
  expect(hoursLostAs({ lifeLeft: 0.5 }, 240, null, NOW)).toBeUndefined();
});
