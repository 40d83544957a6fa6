import { DecisionHarness, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { HOUR, sku, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';

/** An order of these articles that is released alone, and what picking then commands for it. */
function released(skuIds: readonly string[], ...described: ReturnType<typeof sku>[]) {
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }, () => undefined) }),
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
      alternatives: [{ what: expect.stringContaining('as carton 1'), rejectedBecause: expect.any(String) }],
      undo: { type: 'unpack' },
    });
    const [carton] = action!.cartons!;
    expect(carton!.items.map(({ lineId }) => lineId).sort()).toEqual(['1', '1', '2', '2']);
    expect(carton).toMatchObject({ dunnage: 'paper-cushion', picture: expect.stringContaining('<svg') });
    expect(carton!.weightG).toBeGreaterThan(2000);
  });

  it('is said to be unpackable, with the line, the limit and what to do', () => {
    const [action] = released(['a', 'b'], sku('a'), sku('b', { lengthMm: 2000 }));
    expect(action).toMatchObject({
      type: 'unpackable',
      because: 'line 2 goes into no carton: 2000×100×80 mm fits no carton; ship it in its own packaging',
      details: { lineId: '2', advice: 'ship it in its own packaging' },
      cartons: null,
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
