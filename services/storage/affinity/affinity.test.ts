import { DecisionHarness, type GivenRecord, modelOf, orderPlaced, seeded } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { defaultStorageConfig } from '../config.ts';
import { createStorageProcessor } from '../process.ts';
import { defaultPairOptions, orderedWith, type PairState, partnersOf, savedBeside } from './index.ts';

const DAY = 86_400_000;

describe('what is ordered together', () => {
  it('is the share of an article’s orders that have the other too', () => {
    let state: PairState | undefined;
    for (const others of [['b', 'c'], ['b'], [], ['b']]) state = orderedWith(state, 0, others, defaultPairOptions);
    expect(partnersOf(state, 8)).toEqual([
      { skuId: 'b', share: 0.75 },
      { skuId: 'c', share: 0.25 },
    ]);
    expect(partnersOf(state, 1)).toEqual([{ skuId: 'b', share: 0.75 }]);
  });

  it('fades: the newest orders count most, a late one as little as its age', () => {
    const old = orderedWith(undefined, 0, ['b'], defaultPairOptions);
    const state = orderedWith(old, defaultPairOptions.halfLifeDays, ['c'], defaultPairOptions);
    expect(partnersOf(state, 8)).toEqual([
      { skuId: 'c', share: 1 / 1.5 },
      { skuId: 'b', share: 0.5 / 1.5 },
    ]);
    expect(
      partnersOf(orderedWith(orderedWith(undefined, 28, ['c'], defaultPairOptions), 0, ['b'], defaultPairOptions), 8),
    ).toEqual(partnersOf(state, 8));
  });

  it.each([1, 2, 3])(
    'is kept in bounded memory, finds who is there most, and never claims more than was seen (seed %i)',
    (seed) => {
      const random = seeded(seed);
      const counts = new Map<string, number>();
      let state: PairState | undefined;
      for (let order = 0; order < 2000; order += 1) {
        const others = [...new Set(Array.from({ length: 4 }, () => `x${Math.floor(random() * 200)}`))];
        if (random() < 0.3) others.push('often');
        for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
        state = orderedWith(state, 0, others, defaultPairOptions);
        expect(Object.keys(state.partners).length).toBeLessThanOrEqual(defaultPairOptions.counted);
      }
      const found = partnersOf(state, 8);
      for (const { skuId, share } of found) expect(share).toBeLessThanOrEqual(counts.get(skuId)! / 2000 + 1e-9);
      expect(found[0]!.skuId).toBe('often');
    },
  );
});

describe('a place beside a partner', () => {
  const partner = (skuId: string, share: number, aisle: string | null, travelM: number) => {
    return { skuId, share, spots: [{ zoneId: 'pick', aisle, travelM }] };
  };
  it('saves the shorter of the two ways in the share of orders with both, of the best partner only', () => {
    const spot = { zoneId: 'pick', aisle: '3', travelM: 40 };
    expect(savedBeside(spot, [partner('b', 0.5, '3', 60)])).toEqual({ metres: 20, skuId: 'b' });
    expect(savedBeside(spot, [partner('b', 0.5, '3', 10), partner('c', 0.2, '3', 90)])).toEqual({
      metres: 8,
      skuId: 'c',
    });
    expect(savedBeside(spot, [partner('b', 0.5, '4', 40), partner('c', 0.5, null, 40)]).metres).toBe(0);
    expect(savedBeside({ ...spot, zoneId: 'cold' }, [partner('b', 0.5, '3', 60)]).metres).toBe(0);
    expect(savedBeside({ ...spot, aisle: null }, [partner('b', 0.5, null, 60)]).metres).toBe(0);
  });
});

describe('a move', () => {
  const world: GivenRecord[] = [
    ...[zone('pick', 'picking'), zone('reserve', 'storage'), sku(), sku('mate')],
    ...[location('far', 120, { zoneId: 'reserve' }), location('mate-1', 60, { aisle: '2' })],
    ...[location('near', 40, { aisle: '1' }), location('beside', 50, { aisle: '2' })],
    ...[counted('sku-1', 'far', 50), counted('mate', 'mate-1', 50)],
  ];
  const together = Array.from({ length: 8 }, (_, n) => {
    const lines = ['sku-1', 'mate'].map((skuId, i) => ({ lineId: String(i), skuId, quantity: 1, uom: 'each' }));
    return orderPlaced({ orderId: `o-${n}`, occurredAt: T + n * DAY, lines });
  });
  const goal = (affinityWeight: number, orders: readonly GivenRecord[]) => {
    const config = { ...defaultStorageConfig, affinityWeight };
    const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}), config }));
    run.feed(...world, ...orders);
    run.restart();
    return run.feed(velocity('sku-1', 'A', 12, T + 8 * DAY))[0]!.details['to'];
  };

  it('goes beside what is ordered with it where that is switched on, and saves more than the way', () => {
    expect(goal(1, together)).toBe('beside');
    expect(goal(1, [])).toBe('near');
    // 10 m farther, for at most 50 m less: from a weight of a fifth on.
    expect(goal(0.1, together)).toBe('near');
    expect(goal(0, together)).toBe('near');
  });
});
