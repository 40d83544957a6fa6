import { DecisionHarness, fact, type GivenRecord, modelOf } from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import type { Weights } from '../config.ts';
import { createRoutingProcessor } from '../process.ts';
import { inProportion } from './merit.ts';
import { TrackRecords } from './record.ts';

function routing(...given: GivenRecord[]) {
  const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }));
  run.feed(...given);
  return run;
}
const two = (dear = 5) => [lane(), sku(), service('cheap'), tariff('cheap', 4), service('dear'), tariff('dear', dear)];
const carrierOf = (run: DecisionHarness, orderId: string, of: object = {}, where: Record<string, string> = {}) =>
  run.feed(...order(orderId, T, of, where))[0]!;
const delivered = (carrierId: string, hoursLate: number) =>
  fact('detent.outcomes.DeliveryCompleted', {
    ...{ eventId: 'd', occurredAt: T, orderId: 'x', shipmentId: 's', carrierId, serviceId: 's', laneId: 'de' },
    ...{ deliveredAt: T + hoursLate * HOUR, promisedAt: T, lines: [], complete: true },
  });
const damaged = (carrierId: string | null) =>
  fact('detent.outcomes.DamageReported', {
    ...{ eventId: 'd', occurredAt: T, orderId: 'x', lineId: '1', skuId: 'sku-1', quantity: 1 },
    ...{ stage: 'transport', severity: 1, zoneId: null, carrierId, laneId: carrierId && 'de' },
  });
const customer = (tier: string, minRemainingLifeHours: number | null = null) =>
  fact('detent.customers.CustomerProfiled', {
    eventId: 'c',
    occurredAt: T,
    customerId: 'c-1',
    tier,
    minRemainingLifeHours,
  });
const times = (count: number, record: GivenRecord) => Array.from({ length: count }, () => record);

describe('what outcomes teach', () => {
  it('late deliveries and damage make a carrier count dearer, also after a restart', () => {
    for (const record of [delivered('cheap', 2), damaged('cheap')]) {
      const run = routing(...two());
      expect(carrierOf(run, 'o1').details['carrierId']).toBe('cheap');
      run.feed(...times(30, delivered('dear', -1)), ...times(15, delivered('cheap', -1)), ...times(15, record));
      run.restart();
      const action = carrierOf(run, 'o2');
      expect(action.details['carrierId']).toBe('dear');
      expect(action.alternatives[0]!.rejectedBecause).toMatch(/counts as [\d.]+ EUR, over [\d.]+: .*% (late|damaged)/);
    }
  });

  it('one bad day does not, and damage in the house is not theirs', () => {
    const run = routing(...two(), delivered('cheap', 5), ...times(50, damaged(null)));
    expect(carrierOf(run, 'o1').details['carrierId']).toBe('cheap');
  });

  it('rates are drawn towards the carrier, and that towards what is presumed, by how little was seen', () => {
    const records = new TrackRecords();
    const presumed = { late: 0.05, damaged: 0 };
    expect(records.ratesOf('a', 'x', presumed)).toEqual(presumed);
    for (let i = 0; i < 20; i += 1) records.add('a', 'x', 'late');
    const { late } = records.ratesOf('a', 'x', presumed);
    expect(late).toBeGreaterThan(0.6);
    expect(records.ratesOf('a', 'y', presumed).late).toBeLessThan(late);
    expect(records.ratesOf('a', 'y', presumed).late).toBeGreaterThan(0.4);
    expect(records.ratesOf('b', 'x', presumed)).toEqual(presumed);
  });
});

describe('weights', () => {
  it('of the tier make lateness count more', () => {
    const late = [
      ...times(60, delivered('dear', -1)),
      ...times(48, delivered('cheap', -1)),
      ...times(12, delivered('cheap', 1)),
    ];
    const run = routing(...two(5.2), ...late);
    expect(carrierOf(run, 'o1', { customerId: 'c-1' }).details['carrierId']).toBe('cheap');
    run.feed(customer('gold'));
    expect(carrierOf(run, 'o2', { customerId: 'c-1' }).details['carrierId']).toBe('dear');
  });

  it('let emissions decide between equals, and the action states them', () => {
    const run = routing(
      ...[lane(), sku(), service('air', { mode: 'air' }), tariff('air', 4), service('van'), tariff('van', 4)],
    );
    const { details } = carrierOf(run, 'o1', { lines: [{ lineId: '1', skuId: 'sku-1', quantity: 2, uom: 'each' }] });
    // 2 kg over 100 km at 0.6 kg a tonne-kilometre.
    expect(details).toMatchObject({ carrierId: 'van', kgCo2e: 0.12 });
  });
});

describe('perishables', () => {
  const cold = { minTempC: 3, maxTempC: 6 };
  const world = () => [
    ...[lane(), sku(), service('slow', cold, 40), tariff('slow', 4), service('fast', cold, 10), tariff('fast', 8)],
  ];

  it('go by the faster transit that holds the range', () => {
    const far = { promisedAt: T + 200 * HOUR };
    expect(carrierOf(routing(...world()), 'o1', far, { climate: 'chilled' }).details['carrierId']).toBe('fast');
  });

  it('arrive with the life that the customer asks for: a lot that is short moves them', () => {
    const run = routing(
      ...[lane(), sku(), service('slow', {}, 40), tariff('slow', 4), service('fast', {}, 10), tariff('fast', 8)],
      customer('standard', 24),
    );
    const first = carrierOf(run, 'o1', { customerId: 'c-1', promisedAt: T + 200 * HOUR });
    expect(first.details['carrierId']).toBe('slow');
    // Leaves 9 h from now; arrives after 49 h by the slow one, after 19 h by the fast one.
    const lot = {
      eventId: 'l',
      occurredAt: T + 1,
      skuId: 'sku-1',
      lotId: 'lot-1',
      siteId: 'site-1',
      quantity: 9,
      uom: 'each',
    };
    run.feed(
      fact('detent.inventory.LotReceived', {
        ...lot,
        manufacturedAt: null,
        expiresAt: T + 60 * HOUR,
        locationId: null,
      }),
    );
    run.restart();
    const status = {
      eventId: 's',
      occurredAt: T + 2,
      orderId: 'o1',
      lineId: '1',
      status: 'released',
      quantity: 1,
      lotId: 'lot-1',
    };
    const [moved] = run.feed(fact('detent.orders.OrderLineStatusChanged', status));
    expect(moved).toMatchObject({ details: { carrierId: 'fast' }, supersedes: first.actionId });
    expect(moved!.alternatives.find(({ what }) => what === 'slow/s')!.rejectedBecause).toMatch(/too little shelf life/);
  });
});

describe('the proportions of a playbook', () => {
  const usual: Weights = { late: 5, damaged: 40, hour: 0.005, perishableHour: 0.2, kgCo2e: 0.1 };

  it('leave everything as usual where each is 1 or left out', () => {
    expect(inProportion(usual, {})).toEqual(usual);
    expect(inProportion(usual, { cost: 1, time: 1, reliability: 1, emissions: 1, damage: 1 })).toEqual(usual);
  });

  it('make time count more beside the price, and everything more where the price counts less', () => {
    expect(inProportion(usual, { time: 3 })).toEqual({ ...usual, hour: 0.015, perishableHour: expect.closeTo(0.6) });
    expect(inProportion(usual, { cost: 0.5 })).toEqual(
      inProportion(usual, { time: 2, reliability: 2, emissions: 2, damage: 2 }),
    );
  });
});
