import { seeded } from '@detent/testing/decisions';
import { describe, expect, test } from '@jest/globals';
import { compareQueued, type Queued } from './queued.ts';
import { Waiting } from './waiting.ts';

describe('the orders of a queue', () => {
  test.each([1, 2, 3])('stand in the order of picking, whatever comes and goes (seed %i)', (seed) => {
    const next = seeded(seed);
    const below = (n: number) => Math.floor(next() * n);
    const waiting = new Waiting();
    const model = new Map<string, Queued>();
    for (let step = 0; step < 4_000; step += 1) {
      const known = [...model.values()];
      if (known.length > 0 && next() < (step < 2_500 ? 0.2 : 0.8)) {
        const place = known[below(known.length)]!;
        model.delete(place.orderId);
        waiting.remove(place);
        waiting.remove(place);
      } else {
        const place = placeOf(`o${step}`, below);
        model.set(place.orderId, place);
        waiting.insert(place);
      }
      if (step % 100 > 0) continue;
      const all = [...model.values()].sort(compareQueued);
      expect([...waiting]).toEqual(all);
      expect(waiting.first(5)).toEqual(all.slice(0, 5));
      expect(waiting.size).toBe(all.length);
      expect(waiting.units).toBe(all.reduce((sum, { units }) => sum + units, 0));
      expect(waiting.next()).toBe(all.length === 0 ? null : Math.min(...all.map(({ releaseBy }) => releaseBy)));
    }
  });

  test('does not take out an order that is not there', () => {
    const waiting = new Waiting();
    waiting.remove(placeOf('a', () => 0));
    waiting.insert(placeOf('b', () => 0));
    waiting.remove(placeOf('a', () => 0));
    expect([...waiting].map(({ orderId }) => orderId)).toEqual(['b']);
  });
});

function placeOf(orderId: string, below: (n: number) => number): Queued {
  return {
    orderId,
    rank: below(3),
    priority: below(3),
    promisedAt: below(50),
    releaseBy: below(1_000),
    cutoffAt: 2_000,
    units: 1 + below(4),
  };
}
