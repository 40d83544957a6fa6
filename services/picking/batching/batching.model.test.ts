import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { BlockRouter, evenBlock } from '../routes/index.ts';
import { type BatchProblem, batchOrders } from './index.ts';

const block = evenBlock({ aisles: 6, aisleDistanceM: 4, backM: 21, depotAisle: 2 });
const router = new BlockRouter(block);
const lengthOf = ({ orders }: BatchProblem, batch: readonly number[]) =>
  router.length(batch.flatMap((i) => orders[i]!.stops));

/** Orders of a few stops; some larger than a batch. */
function problemOf(seed: number, count: number, bounds: { maxSize: number; maxOrders?: number }): BatchProblem {
  const random = seeded(seed);
  const orders = Array.from({ length: count }, () => {
    const stops = Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
      aisle: Math.floor(random() * 6),
      y: 1 + Math.floor(random() * 20),
    }));
    return { stops, size: stops.length + (random() < 0.05 ? bounds.maxSize : 0) };
  });
  return { block, orders, ...bounds };
}

/** The least that any distribution into batches within bounds takes, by trying all. */
function leastOf(problem: BatchProblem): number {
  const { orders, maxSize } = problem;
  const lengths = new Map<number, number>();
  const length = (set: number) => {
    const members = orders.map((_, i) => i).filter((i) => set & (1 << i));
    const size = members.reduce((sum, i) => sum + orders[i]!.size, 0);
    if (members.length > 1 && size > maxSize) return Number.POSITIVE_INFINITY;
    return lengthOf(problem, members);
  };
  const best = (left: number): number => {
    if (left === 0) return 0;
    const first = left & -left;
    let least = Number.POSITIVE_INFINITY;
    for (let rest = left ^ first, part = rest; ; part = (part - 1) & rest) {
      const batch = first | part;
      if (!lengths.has(batch)) lengths.set(batch, length(batch));
      if (lengths.get(batch)! < least) least = Math.min(least, lengths.get(batch)! + memo(left ^ batch));
      if (part === 0) break;
    }
    return least;
  };
  const known = new Map<number, number>();
  const memo = (left: number): number => {
    if (!known.has(left)) known.set(left, best(left));
    return known.get(left)!;
  };
  return memo((1 << orders.length) - 1);
}

describe('batches', () => {
  it.each([0, 300, 5000])(
    'hold every order once, within bounds, and are as long as their routes (%i steps)',
    (steps) => {
      for (let seed = 1; seed <= 12; seed += 1) {
        const problem = problemOf(seed, 1 + ((seed * 7) % 40), { maxSize: 12, ...(seed % 2 && { maxOrders: 3 }) });
        const { batches, lengthM } = batchOrders(problem, { steps });
        expect(batches.flat().sort((a, b) => a - b)).toEqual(problem.orders.map((_, i) => i));
        for (const batch of batches) {
          if (batch.length > 1)
            expect(batch.reduce((sum, i) => sum + problem.orders[i]!.size, 0)).toBeLessThanOrEqual(12);
          expect(batch.length).toBeLessThanOrEqual(problem.maxOrders ?? 40);
        }
        expect(batches.reduce((sum, batch) => sum + lengthOf(problem, batch), 0)).toBeCloseTo(lengthM, 6);
      }
    },
  );

  it('keep to the weights of orders that take a different share of a batch', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const even = problemOf(seed, 30, { maxSize: 20, maxOrders: 1 });
      const orders = even.orders.map((order, i) => ({ ...order, weight: [1 / 24, 1 / 6, 1 / 10][i % 3]! }));
      const { batches } = batchOrders({ ...even, orders }, { steps: 2000 });
      expect(batches.flat().sort((a, b) => a - b)).toEqual(orders.map((_, i) => i));
      const weights = batches.map((batch) => batch.reduce((sum, i) => sum + orders[i]!.weight, 0));
      expect(Math.max(...weights)).toBeLessThanOrEqual(1 + 1e-9);
      expect(Math.max(...weights)).toBeGreaterThan(0.5);
    }
  });

  it('are the best there are for eight orders', () => {
    let best = 0;
    let found = 0;
    for (let seed = 1; seed <= 15; seed += 1) {
      const problem = problemOf(100 + seed, 8, { maxSize: 10 });
      const least = leastOf(problem);
      const { lengthM } = batchOrders(problem, { steps: 5000 });
      expect(lengthM).toBeGreaterThanOrEqual(least - 1e-6);
      best += least;
      found += lengthM;
    }
    expect(found).toBeLessThan(1.002 * best);
  });

  it('are the same for the same problem, seed and steps, and better with more steps', () => {
    const problem = problemOf(5, 40, { maxSize: 15 });
    const run = (steps: number, seed = 1) => batchOrders(problem, { steps, seed });
    expect(run(8000)).toEqual(run(8000));
    expect(run(8000).batches).not.toEqual(run(8000, 2).batches);
    expect(run(20_000).lengthM).toBeLessThan(run(0).lengthM);
    expect(run(8000).steps).toBeLessThan(9000);
  });

  it('of no order are none, of one order one', () => {
    expect(batchOrders(problemOf(1, 0, { maxSize: 5 }), { steps: 100 })).toMatchObject({ batches: [], lengthM: 0 });
    expect(batchOrders(problemOf(1, 1, { maxSize: 5 }), { steps: 100 }).batches).toEqual([[0]]);
  });

  it('are refused where an order has no size, or lies elsewhere', () => {
    const problem = problemOf(1, 2, { maxSize: 5 });
    const withOrder = (order: BatchProblem['orders'][number]) => ({ ...problem, orders: [problem.orders[0]!, order] });
    expect(() => batchOrders(withOrder({ stops: [], size: 0 }), { steps: 1 })).toThrow('order 1 has the size 0');
    expect(() => batchOrders(withOrder({ stops: [{ aisle: 9, y: 1 }], size: 1 }), { steps: 1 })).toThrow(
      'order 1: stop 0 is in aisle 9',
    );
  });
});
