import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { type Candidate, type PutawayQuestion, planPutaway } from './index.ts';

const place = (locationId: string, travelM: number) => ({
  ...{ locationId, travelM, siteId: 's', zoneId: 'z', capacityL: 100, maxWeightG: 1e6 },
  ...{ minTempC: null, maxTempC: null },
});

const candidate = (locationId: string, travelM: number, units: number, of: Partial<Candidate> = {}): Candidate => ({
  place: place(locationId, travelM),
  room: units > 0 ? { units, isRoom: false } : { units: 0, isRoom: true, reason: { rejectedBecause: 'is full' } },
  ...{ isNear: true, isReserve: false, isTopUp: false, placeM: 300, besideM: 0 },
  ...of,
});
const reserve = { isNear: false, isReserve: true };

const ask = (candidates: Candidate[], of: Partial<PutawayQuestion> = {}) =>
  planPutaway({
    sku: { skuId: 'a', volumeL: 1, weightG: 1, minTempC: null, maxTempC: null },
    ...{ units: 50, picksPerDay: 2, nearUnits: 28, candidates, fromM: 60, horizonDays: 14, handlingM: 60, tripL: 1000 },
    ...of,
  });
const taken = (plan: ReturnType<typeof ask>) =>
  plan.puttings.map(({ place: { locationId }, units }) => [locationId, units]);

describe('units of a lot', () => {
  it('go near as far as they are picked soon, and the rest to reserve', () => {
    expect(taken(ask([candidate('near', 20, 100), candidate('far', 120, 100, reserve)]))).toEqual([
      ['near', 28],
      ['far', 22],
    ]);
  });

  it('go to several places where one does not hold all, and what none holds is told', () => {
    const plan = ask([candidate('a', 20, 20), candidate('b', 30, 20), candidate('c', 40, 0)], { nearUnits: 50 });
    expect(taken(plan)).toEqual([
      ['a', 20],
      ['b', 20],
    ]);
    expect(plan.left).toBe(10);
    expect(plan.alternatives).toContainEqual({ what: 'c', rejectedBecause: 'is full' });
  });

  it('go where the article lies already, if an empty place is worth more than the way', () => {
    const there = candidate('there', 30, 100, { isTopUp: true });
    expect(taken(ask([candidate('near', 25, 100), there]))[0]![0]).toBe('there');
    // 28 picks of 15 m less are worth more than a place.
    expect(taken(ask([candidate('near', 15, 100), there]))[0]![0]).toBe('near');
  });

  it('go beside what is ordered with them, where that saves more than the way', () => {
    const beside = candidate('beside', 25, 100, { besideM: 10 });
    expect(taken(ask([candidate('near', 20, 100), beside]))[0]![0]).toBe('beside');
  });

  it('find a place near where reserve is full, and in reserve where near is', () => {
    expect(taken(ask([candidate('near', 20, 100), candidate('far', 120, 0, reserve)]))).toEqual([['near', 50]]);
    expect(taken(ask([candidate('near', 20, 0), candidate('far', 120, 100, reserve)]))).toEqual([['far', 50]]);
  });

  it.each([1, 2, 3])('are never more than there are, nor than a place takes (seed %i)', (seed) => {
    const random = seeded(seed);
    for (let round = 0; round < 300; round += 1) {
      const candidates = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, i) =>
        candidate(`p${i}`, Math.floor(random() * 150), Math.floor(random() * 40), {
          ...{ isNear: random() < 0.6, isReserve: random() < 0.6, isTopUp: random() < 0.3 },
        }),
      );
      const units = 1 + Math.floor(random() * 120);
      const plan = ask(candidates, { units, nearUnits: Math.floor(random() * 60) });
      const all = plan.puttings.reduce((sum, putting) => sum + putting.units, 0);
      expect(all + plan.left).toBe(units);
      expect(new Set(plan.puttings.map((putting) => putting.place)).size).toBe(plan.puttings.length);
      for (const { place: to, units: of } of plan.puttings) {
        const { room, isNear, isReserve } = candidates.find((other) => other.place === to)!;
        expect(of).toBeGreaterThanOrEqual(1);
        expect(of).toBeLessThanOrEqual(room.units);
        expect(isNear || isReserve).toBe(true);
      }
      // Nothing is left while a place of reserve has room.
      if (plan.left > 0) {
        for (const { place: of, room, isReserve } of candidates) {
          const put = plan.puttings.find((putting) => putting.place === of)?.units ?? 0;
          if (isReserve) expect(room.units - put).toBeLessThan(1);
        }
      }
    }
  });
});
