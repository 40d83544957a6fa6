import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { type LotLife, remainingHours, takeFirstExpired } from './index.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 2);

const lives = (...of: [string, number | null, number][]) => {
  const known = new Map<string, LotLife>();
  for (const [lotId, hours, hoursLost] of of) {
    known.set(lotId, { lotId, expiresAt: hours === null ? null : NOW + hours * HOUR, hoursLost });
  }
  return (lotId: string) => known.get(lotId);
};

describe('first expired, first out', () => {
  it('goes by the life that is left, not by the date: a lot that was warm goes before one that expires earlier', () => {
    const life = lives(['early', 100, 0], ['warm', 140, 60]);
    expect(takeFirstExpired({ early: 5, warm: 3 }, 4, life, NOW)).toEqual([
      { lotId: 'warm', units: 3 },
      { lotId: 'early', units: 1 },
    ]);
  });

  it('takes what never expires, what is not known, and what was not told by lot after the others', () => {
    const life = lives(['forever', null, 0], ['soon', 1, 0]);
    const order = takeFirstExpired({ '': 1, unknown: 1, forever: 1, soon: 1 }, 9, life, NOW).map(({ lotId }) => lotId);
    expect(order).toEqual(['soon', 'forever', 'unknown', '']);
  });

  it.each([1, 2, 3])('leaves nothing behind that has less life than what it takes (seed %i)', (seed) => {
    const random = seeded(seed);
    for (let round = 0; round < 200; round += 1) {
      const lots = Array.from({ length: 6 }, (_, i): [string, number, number] => [
        `l${i}`,
        random() * 200,
        random() * 90,
      ]);
      const life = lives(...lots);
      const onHand = Object.fromEntries(lots.map(([lotId]) => [lotId, Math.floor(random() * 5)]));
      const there = Object.values(onHand).reduce((sum, units) => sum + units, 0);
      const wanted = Math.floor(random() * 20);
      const taken = takeFirstExpired(onHand, wanted, life, NOW);
      expect(taken.reduce((sum, { units }) => sum + units, 0)).toBe(Math.min(wanted, there));
      const hours = (lotId: string) => remainingHours(life(lotId)!, NOW);
      const most = Math.max(...taken.map(({ lotId }) => hours(lotId)));
      for (const lotId in onHand) {
        const left = onHand[lotId]! - (taken.find((lot) => lot.lotId === lotId)?.units ?? 0);
        if (left > 0) expect(hours(lotId)).toBeGreaterThanOrEqual(most);
      }
    }
  });
});
