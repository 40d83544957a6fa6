import { DecisionHarness, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { HOUR, sku, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';

/** An order of these articles that is released alone, and what picking then commands for it. */
function released(skuIds: readonly string[], ...described: ReturnType<typeof sku>[]) {
  return releasedBy(undefined, skuIds, ...described);
}

/** The same under a playbook's group `packing`. */
function releasedBy(
  packing: Record<string, unknown> | undefined,
  skuIds: readonly string[],
  ...described: ReturnType<typeof sku>[]
) {
  const playbook = packing && { name: 'careful', sop: 'careful.md', do: { packing } };
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }, () => playbook) }),
  );
  const lines = skuIds.map((skuId, n) => ({ lineId: `${n + 1}`, skuId, quantity: 2, uom: 'each' }));
  run.feed(zone('z', []), ...described);
  run.feed(orderPlaced({ orderId: 'o1', occurredAt: T, lines }));
  run.feed(segmentChanged({ entityType: 'order', entityId: 'o1', dimension: 'urgency', to: 'normal', occurredAt: T }));
  run.restart();
  run.advance(T + 3 * HOUR);
  return run.actions.filter(({ type }) => type === 'pack' || type === 'unpackable');
}

describe('an order whose batch is released', () => {
  it('is packed: which carton, what stands where, what the smaller one lacks, and a picture', () => {
    const [action, more] = released(['a', 'b'], sku('a'), sku('b', { fragility: 0.9 }));
    expect(more).toBeUndefined();
    expect(action).toMatchObject({
      type: 'pack',
      target: { entityType: 'order', entityId: 'o1' },
      details: { cartons: 1, units: 4, coolantG: 0, hoursToDelivery: 46 },
      alternatives: [
        {
          ...{ what: expect.stringContaining('as carton 1'), rejectedBecause: expect.any(String) },
          ...{ value: expect.any(Number), unit: expect.any(String) },
        },
      ],
      undo: { type: 'unpack' },
    });
    const [carton] = action!.cartons!;
    expect(carton!.items.map(({ lineId }) => lineId).sort()).toEqual(['1', '1', '2', '2']);
    expect(carton).toMatchObject({ dunnage: 'paper-cushion', picture: expect.stringContaining('<svg') });
    expect(carton!.weightG).toBeGreaterThan(2000);
    expect(carton!.outerLengthMm).toBeGreaterThan(carton!.insideLengthMm);
  });

  it('is said to be unpackable, with the line, the limit and what to do', () => {
    const [action] = released(['a', 'b'], sku('a'), sku('b', { lengthMm: 3000 }));
    expect(action).toMatchObject({
      type: 'unpackable',
      because: 'line 2 goes into no carton: 3000×100×80 mm fits no carton; ship it as freight of its own',
      details: { lineId: '2', advice: 'ship it as freight of its own' },
      cartons: null,
    });
  });

  it('goes with coolant for hand-over to a service of its range, where the cartons have no room for more', () => {
    const [action] = released(
      ['a'],
      sku('a', { minTempC: 2, maxTempC: 7, heightMm: 300, widthMm: 300, lengthMm: 400 }),
    );
    expect(action).toMatchObject({
      type: 'pack',
      details: { needsControlledService: true, controlledRange: '2 to 7 °C', coolantHours: 4, hoursToDelivery: 46 },
      because: expect.stringContaining('it needs a service that holds 2 to 7 °C'),
    });
    expect(action!.alternatives).toContainEqual(
      expect.objectContaining({
        ...{ what: 'coolant for 46 h', value: 46, unit: 'h' },
        rejectedBecause: expect.stringContaining('line 1: 400×300×300'),
      }),
    );
    const [passive] = released(['a'], sku('a', { minTempC: 2, maxTempC: 7, weightG: 4000 }));
    expect(passive).toMatchObject({ details: { needsControlledService: false, coolantG: expect.any(Number) } });
  });

  it('says how many parcels go as they are, and how many pallets there are', () => {
    const [action] = released(['a', 'b'], sku('a', { lengthMm: 900 }), sku('b', { weightG: 90_000 }));
    expect(action).toMatchObject({ type: 'pack', details: { cartons: 3, inOwnPackaging: 2, pallets: 1 } });
    expect(action!.cartons!.map(({ typeId }) => typeId)).toEqual(['own-packaging', 'own-packaging', 'half-pallet']);
  });

  it('follows its playbook', () => {
    const wishes = {
      carton: 'L',
      dunnage: 'wood-wool',
      liner: 'foil',
      keepUpright: true,
      separate: true,
      maxFill: 0.9,
    };
    const [action] = releasedBy(wishes, ['a', 'b'], sku('a'), sku('b'));
    expect(action).toMatchObject({ playbook: 'careful', details: { liner: 'foil', cartons: 2 } });
    for (const carton of action!.cartons!) {
      expect(carton).toMatchObject({ typeId: 'L', dunnage: 'wood-wool', isLined: true });
      for (const { heightMm } of carton.items) expect(heightMm).toBe(80);
    }
    const [other] = releasedBy({ carton: 'nonesuch' }, ['a'], sku('a'));
    expect(other!.alternatives[0]).toMatchObject({
      what: 'carton nonesuch',
      rejectedBecause: 'the catalogue has no such carton; it has XS, S, M, L, XL, 2XL, 3XL',
    });
  });

  it.each([
    ['was never described', []],
    ['has no weight', [sku('b', { weightG: null })]],
    ['lost its measures', [sku('b'), sku('b', { heightMm: null })]],
  ])('is left to people where an article %s', (_, described) => {
    expect(released(['a', 'b'], sku('a'), ...described)).toEqual([]);
  });
});

it('the cartons of a batch are told one order after another, soon after it, and after a restart too', () => {
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }) }),
  );
  run.feed(zone('z', []), sku('a'));
  for (let n = 0; n < 24; n += 1) {
    const [orderId, lines] = [`o${n}`, [{ lineId: '1', skuId: 'a', quantity: 2, uom: 'each' }]];
    const of = { entityType: 'order', entityId: orderId, dimension: 'urgency', to: 'normal', occurredAt: T };
    run.feed(orderPlaced({ orderId, occurredAt: T, lines }), segmentChanged(of));
  }
  const released = run.actions.find(({ type }) => type === 'release-batch')!;
  expect(released.details['orders']).toBe(24);
  run.restart();
  run.feed(orderPlaced({ orderId: 'late', occurredAt: T + 100 }));
  run.restart();
  run.advance(T + HOUR);
  const packs = run.actions.filter(({ type }) => type === 'pack');
  expect(packs.map(({ target }) => target.entityId).sort()).toEqual(
    Array.from({ length: 24 }, (_, n) => `o${n}`).sort(),
  );
  const instants = packs.map(({ createdAt }) => createdAt);
  expect(new Set(instants).size).toBe(24);
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
  expect(instants.at(-1)! - released.createdAt).toBeLessThan(1000);
});
