import type { StockChanged } from '@detent/schemas';
import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { counted, location, sku, T, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { createStorageProcessor } from '../process.ts';

const HOUR = 3_600_000;
const world = [
  ...[zone('pick', 'picking'), zone('dock', 'dock'), sku('sku-1', { packagings: [carton()], shelfLifeHours: 400 })],
  ...[location('shelf', 20), location('other', 30), location('dock-1', 60, { zoneId: 'dock' })],
];

function carton() {
  return { level: 'carton', unitsPer: 6, dims: null, weightG: null, gtin: null };
}

function received(of: { quantity?: number; uom?: string; locationId?: string; eventId?: string } = {}): GivenRecord {
  return fact('detent.inventory.LotReceived', {
    ...{ eventId: 'r', occurredAt: T, skuId: 'sku-1', lotId: 'lot-1', siteId: 'site-1', quantity: 21, uom: 'each' },
    ...{ manufacturedAt: null, expiresAt: T + 90 * HOUR, locationId: 'shelf', ...of },
  });
}

function told(delta: number, of: Partial<StockChanged> = {}): GivenRecord {
  const { locationId = 'shelf', ...others } = of;
  return counted('sku-1', locationId, 0, T, { lotId: 'lot-1', onHand: null, delta, reason: 'receipt', ...others });
}

/** Where a short lot lies, as the command to sell it first tells it; started anew before. */
function places(...given: GivenRecord[]): Record<string, number> {
  const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}) }));
  run.feed(...world, ...given);
  run.restart();
  const of = { entityType: 'lot', entityId: 'lot-1', dimension: 'freshness', to: 'sell-now', occurredAt: T + HOUR };
  const [action] = run.feed(segmentChanged(of)).filter(({ type }) => type === 'sell-first');
  return Object.fromEntries((action?.tasks ?? []).map(({ fromLocationId, quantity }) => [fromLocationId, quantity]));
}

describe('a lot that came in to a place', () => {
  it.each<[string, GivenRecord[], Record<string, number>]>([
    ['lies there, if nothing else is told', [received()], { shelf: 21 }],
    ['lies there in base units', [received({ quantity: 3, uom: 'carton' })], { shelf: 18 }],
    ['is picked from', [received(), told(-3, { reason: 'pick' }), told(-2, { reason: 'pick' })], { shelf: 16 }],
    ['is there twice, if it came twice', [received(), received({ quantity: 4, eventId: 'r2' })], { shelf: 25 }],
    ['is not counted twice when its stock is told after it', [received(), told(21)], { shelf: 21 }],
    ['nor when its stock was told before it', [told(21), received()], { shelf: 21 }],
    ['nor when it is told bit by bit', [received(), told(10), told(11)], { shelf: 21 }],
    ['is as much as its stock says, not its paper', [received(), told(18)], { shelf: 18 }],
    ['is as much as a count says', [received(), told(0, { onHand: 20, reason: 'count' })], { shelf: 20 }],
    ['is gone by a count of all', [received(), told(0, { onHand: 0, lotId: null, reason: 'count' })], {}],
    [
      'lies where it was moved to',
      [received(), told(-21, { reason: 'move' }), told(21, { locationId: 'other', reason: 'move' })],
      { other: 21 },
    ],
    [
      'also if the other end is told first',
      [received(), told(5, { locationId: 'other', reason: 'move' }), told(-5, { reason: 'move' })],
      { shelf: 16, other: 5 },
    ],
    [
      'lies where its stock was received, not where its paper says',
      [received({ locationId: 'dock-1' }), told(21)],
      { shelf: 21 },
    ],
    ['keeps its name when its stock is told without it', [received(), told(21, { lotId: null })], { shelf: 21 }],
  ])('%s', (_what, given, expected) => {
    expect(places(...given)).toEqual(expected);
  });

  it('is among what is told without lots', () => {
    const all = told(0, { lotId: null, onHand: 50, reason: 'count' });
    expect(places(all, received())).toEqual({});
  });
});
