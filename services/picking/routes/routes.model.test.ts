import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { type Block, BlockRouter, type Distance, evenBlock, type Stop, shortTour, walkingDistance } from './index.ts';

/** The shortest round trip by trying all (Held & Karp 1962), for up to a dozen stops. */
function heldKarp(count: number, distance: Distance): number {
  const all = (1 << count) - 1;
  const best = new Float64Array((all + 1) * count).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < count; i += 1) best[(1 << i) * count + i] = distance(-1, i);
  for (let set = 1; set <= all; set += 1) {
    for (let i = 0; i < count; i += 1) {
      const here = best[set * count + i]!;
      for (let j = 0; j < count; j += 1) {
        if (set & (1 << j)) continue;
        const there = (set | (1 << j)) * count + j;
        best[there] = Math.min(best[there]!, here + distance(i, j));
      }
    }
  }
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i += 1) least = Math.min(least, best[all * count + i]! + distance(i, -1));
  return least;
}

const distanceIn = ({ aisleX, backM, depotAisle }: Block, stops: readonly Stop[], crossY = [0, backM]): Distance => {
  const at = (i: number) => stops[i] ?? { aisle: depotAisle, y: 0 };
  return (i, j) => walkingDistance({ aisleX, crossY }, at(i), at(j));
};

function walked(order: readonly number[], distance: Distance): number {
  let length = 0;
  for (let i = 0; i <= order.length; i += 1) length += distance(order[i - 1] ?? -1, order[i] ?? -1);
  return length;
}

/** Blocks of all shapes: few and many aisles, short and long, uneven, the depot anywhere; stops also on the corners. */
function randomCase(random: () => number): { block: Block; stops: Stop[] } {
  const below = (k: number) => Math.floor(random() * k);
  const backM = 1 + below(12);
  let x = 0;
  const aisleX = Array.from({ length: 1 + below(6) }, () => (x += below(8)));
  const used = 1 + below(aisleX.length);
  const stops = Array.from({ length: 1 + below(8) }, () => ({
    aisle: random() < 0.5 ? below(aisleX.length) : below(used),
    y: below(backM + 1),
  }));
  return { block: { aisleX, backM, depotAisle: below(aisleX.length) }, stops };
}

describe('the shortest way through a block', () => {
  it('is as long as the best of all orders, and its order is walked in that length', () => {
    const random = seeded(1983);
    let emptyDepotAisle = 0;
    for (let n = 0; n < 1000; n += 1) {
      const { block, stops } = randomCase(random);
      const distance = distanceIn(block, stops);
      const router = new BlockRouter(block);
      const best = heldKarp(stops.length, distance);
      const { lengthM, order } = router.route(stops);
      const said = JSON.stringify({ block, stops });
      expect([said, router.length(stops)]).toEqual([said, best]);
      expect([said, lengthM]).toEqual([said, best]);
      expect([said, walked(order, distance)]).toEqual([said, best]);
      expect([...order].sort((a, b) => a - b)).toEqual(stops.map((_, i) => i));
      if (stops.every(({ aisle }) => aisle !== block.depotAisle)) emptyDepotAisle += 1;
    }
    expect(emptyDepotAisle).toBeGreaterThan(100);
  });

  it('of forty stops is walked in the length that it says, and one router serves list after list', () => {
    const random = seeded(40);
    const block = evenBlock({ aisles: 10, aisleDistanceM: 5, backM: 41, depotAisle: 4 });
    const router = new BlockRouter(block);
    for (let n = 0; n < 200; n += 1) {
      const stops = Array.from({ length: Math.floor(random() * 90) }, () => ({
        aisle: Math.floor(random() * 10),
        y: 1 + Math.floor(random() * 40),
      }));
      const { lengthM, order } = router.route(stops);
      expect(lengthM).toBe(router.length(stops));
      expect(walked(order, distanceIn(block, stops))).toBe(lengthM);
      expect(new Set(order).size).toBe(stops.length);
    }
  });

  it('passes each place once: stops at one place follow each other', () => {
    const router = new BlockRouter(evenBlock({ aisles: 3, aisleDistanceM: 4, backM: 10 }));
    const places = [5, 2, 5, 8, 2].map((y) => ({ aisle: 1, y }));
    const { order } = router.route(places);
    expect(order.map((i) => places[i]!.y)).toEqual([2, 2, 5, 5, 8]);
  });

  const instances = resolve('../shared/bench/instances.mjs');
  (existsSync(instances) ? it : it.skip)(
    'of the published lists is the published one (needs their files)',
    async () => {
      const { pickLists } = (await import(instances)) as { pickLists(): [number, number][][] };
      const router = new BlockRouter(evenBlock({ aisles: 10, aisleDistanceM: 5, backM: 41 }));
      const lengths = pickLists().map((list) => router.length(list.map(([aisle, y]) => ({ aisle, y }))));
      expect(lengths.slice(0, 5)).toEqual([378, 452, 470, 234, 472]);
      expect(lengths.reduce((sum, length) => sum + length)).toBe(184_658);
    },
  );

  it.each([
    [{ aisle: 3, y: 1 }, 'stop 1 is in aisle 3, but the block has aisles 0 to 2'],
    [{ aisle: 0, y: 11 }, 'stop 1 lies 11 m from the front; the aisles reach from 0 to 10 m'],
    [{ aisle: 0, y: Number.NaN }, 'stop 1 lies NaN m'],
  ])('refuses a stop outside: %j', (stop, message) => {
    const router = new BlockRouter(evenBlock({ aisles: 3, aisleDistanceM: 4, backM: 10 }));
    expect(() => router.route([{ aisle: 0, y: 1 }, stop])).toThrow(message);
  });

  it.each([
    [{ aisleX: [], backM: 1, depotAisle: 0 }, 'at least one aisle'],
    [{ aisleX: [0, 5, 4], backM: 1, depotAisle: 0 }, 'aisle 2 stands at 4 m'],
    [{ aisleX: [0], backM: -1, depotAisle: 0 }, 'not at -1 m'],
    [{ aisleX: [0], backM: 1, depotAisle: 1 }, 'not 1'],
  ])('refuses a block that is none: %j', (block, message) => {
    expect(() => new BlockRouter(block)).toThrow(message);
  });
});

describe('a short way through any layout', () => {
  it('is near the best of all orders with a cross aisle in the middle', () => {
    const random = seeded(7);
    let best = 0;
    let found = 0;
    for (let n = 0; n < 300; n += 1) {
      const { block, stops } = randomCase(random);
      const distance = distanceIn(block, stops, [0, block.backM / 2, block.backM]);
      const { lengthM, order } = shortTour(stops.length, distance);
      expect(walked(order, distance)).toBeCloseTo(lengthM, 9);
      expect([...order].sort((a, b) => a - b)).toEqual(stops.map((_, i) => i));
      const least = heldKarp(stops.length, distance);
      expect(lengthM).toBeGreaterThanOrEqual(least - 1e-9);
      best += least;
      found += lengthM;
    }
    expect(found).toBeLessThan(1.01 * best);
  });

  it('is never shorter than exact, and within a tenth of it, for forty stops of a block', () => {
    const random = seeded(41);
    const block = evenBlock({ aisles: 10, aisleDistanceM: 5, backM: 41 });
    const router = new BlockRouter(block);
    let exact = 0;
    let found = 0;
    for (let n = 0; n < 20; n += 1) {
      const stops = Array.from({ length: 40 }, () => ({
        aisle: Math.floor(random() * 10),
        y: 1 + Math.floor(random() * 40),
      }));
      const { lengthM } = shortTour(stops.length, distanceIn(block, stops));
      expect(lengthM).toBeGreaterThanOrEqual(router.length(stops) - 1e-9);
      exact += router.length(stops);
      found += lengthM;
    }
    expect(found).toBeLessThan(1.1 * exact);
  });

  it('stops when its steps are used up, with every stop in it', () => {
    const distance: Distance = (i, j) => Math.abs(i * i - j * j);
    expect([...shortTour(30, distance, 10).order].sort((a, b) => a - b)).toHaveLength(30);
    expect(shortTour(0, distance)).toEqual({ lengthM: 0, order: [] });
  });
});
