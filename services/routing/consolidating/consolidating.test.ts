import {
  DecisionHarness,
  fact,
  type GivenRecord,
  modelOf,
  orderPlaced,
  segmentChanged,
} from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from '../process.ts';

const bulky = { transport: 'bulky' };
const CUTOFF = Date.parse('2026-03-02T18:00+01:00');
const TENDER = CUTOFF - HOUR / 2;

function ltl(carrierId: string, base: number, hours = 24): GivenRecord[] {
  return [service(carrierId, { mode: 'ltl', maxWeightG: 1e6, maxLengthMm: 4000 }, hours), tariff(carrierId, base, 0.1)];
}

/** Goods of 50 kg; parcels take them at 60, freight at 38 and 0.1 a kilogram. */
function routing(...given: GivenRecord[]) {
  const setup = {
    actions: 'live' as const,
    model: modelOf({ order: ['transport', 'urgency', 'care', 'climate'] }),
  };
  const run = new DecisionHarness(() => createRoutingProcessor(setup));
  const heavy = sku('sku-1', { weightG: 50_000 });
  run.feed(
    lane(),
    heavy,
    service('parcel', { maxWeightG: 1e5 }),
    tariff('parcel', 60),
    ...ltl('freight', 38),
    ...given,
  );
  return run;
}

describe('bulky orders in no hurry', () => {
  it('wait, and go together when the cutoff is near, for less than each by itself', () => {
    const run = routing();
    expect(run.feed(...order('o1', T, {}, bulky), ...order('o2', T + HOUR, {}, bulky))).toEqual([]);
    run.restart();
    const actions = run.advance(CUTOFF);
    expect(actions).toMatchObject([
      {
        type: 'consolidate',
        target: { entityType: 'lane', entityId: 'de' },
        createdAt: TENDER,
        details: { carrierId: 'freight', orders: 2, weightG: 100_000, cost: 48, saving: 38, handoverBy: CUTOFF },
      },
    ]);
    expect(actions[0]!.tasks!.map(({ orderId }) => orderId)).toEqual(['o1', 'o2']);
    expect(actions[0]!.alternatives[0]).toMatchObject({ what: 'each order by itself', value: 86, unit: 'EUR' });
  });

  it('say what invoices let the load come to, once enough of them are known', () => {
    const run = routing();
    run.feed(...order('past', T - 72 * HOUR));
    const invoices = Array.from({ length: 750 }, (_, i) =>
      fact('detent.outcomes.DeliveryCompleted', {
        ...{ eventId: `i${i}`, occurredAt: T - HOUR, orderId: 'past', shipmentId: 's', carrierId: 'freight' },
        ...{ serviceId: 's', laneId: 'de', deliveredAt: T, promisedAt: T + 1, cost: 55, currency: 'EUR' },
        ...{ lines: [], complete: true },
      }),
    );
    run.feed(...invoices, ...order('o1', T, {}, bulky), ...order('o2', T + HOUR, {}, bulky));
    const [load] = run.advance(CUTOFF);
    expect(load).toMatchObject({ type: 'consolidate', details: { cost: 48 } });
    expect(load!.details['expectedCost']).toBeCloseTo(55, 0);
  });

  it('go at once when they are heavy enough', () => {
    const run = routing();
    const lines = [{ lineId: '1', skuId: 'sku-1', quantity: 4, uom: 'each' }];
    expect(run.feed(...order('o1', T, { lines }, bulky))).toEqual([]);
    expect(run.feed(...order('o2', T, { lines }, bulky))).toMatchObject([
      { type: 'consolidate', details: { orders: 2 } },
    ]);
  });

  it('go at once when there are as many as one step decides', () => {
    const run = routing();
    const light = sku('light', { weightG: 10 });
    const lines = [{ lineId: '1', skuId: 'light', quantity: 1, uom: 'each' }];
    run.feed(light);
    for (let n = 1; n < 100; n += 1) expect(run.feed(...order(`o${n}`, T, { lines }, bulky))).toEqual([]);
    expect(run.feed(...order('o100', T, { lines }, bulky))).toMatchObject([
      { type: 'consolidate', details: { orders: 100 }, because: expect.stringContaining('no more orders are held') },
    ]);
  });

  it('one alone goes with the best of all services', () => {
    const run = routing();
    run.feed(...order('o1', T, {}, bulky));
    expect(run.advance(CUTOFF)).toMatchObject([
      { type: 'assign-carrier', details: { carrierId: 'freight', cost: 43 } },
    ]);
  });

  it('one that cannot be ready waits for the next departure', () => {
    const run = routing();
    run.feed(...order('o1', T, {}, bulky), ...order('o2', T, {}, bulky));
    run.feed(...order('o3', TENDER - HOUR, { promisedAt: T + 96 * HOUR }, bulky));
    run.feed(...order('o4', TENDER - HOUR, { promisedAt: T + 96 * HOUR }, bulky));
    const groups = run.advance(CUTOFF + 25 * HOUR).map(({ tasks }) => tasks!.map(({ orderId }) => orderId));
    expect(groups).toEqual([
      ['o1', 'o2'],
      ['o3', 'o4'],
    ]);
  });

  it('one that finds nobody but a service without a price goes to people after four hours', () => {
    const run = routing(service('unpriced', { maxWeightG: 1e5 }));
    run.feed(...order('o1', T, {}, bulky));
    for (const carrierId of ['freight', 'parcel']) {
      const none = { carrierId, serviceId: 's', day: '2026-03-02', remaining: 0, unit: 'parcel' };
      run.feed(fact('detent.carriers.CapacityChanged', { eventId: `c-${carrierId}`, occurredAt: T, ...none }));
    }
    expect(run.advance(TENDER + 4 * HOUR - 1)).toEqual([]);
    expect(run.advance(TENDER + 4 * HOUR)).toMatchObject([{ type: 'escalate', target: { entityId: 'o1' } }]);
  });

  it.each([
    ['is in a hurry', { ...bulky, urgency: 'at-risk' }, {}],
    ['is not bulky', { transport: 'parcel' }, {}],
    ['freight would bring late', bulky, { promisedAt: T + 20 * HOUR }],
  ])('but not an order that %s', (_what, where, of) => {
    const run = routing(service('quick', { maxWeightG: 1e5 }, 6), tariff('quick', 70));
    expect(run.feed(...order('o1', T, of, where))[0]!.type).toBe('assign-carrier');
  });

  it.each([
    [
      'becomes urgent',
      segmentChanged({
        entityType: 'order',
        entityId: 'o1',
        dimension: 'urgency',
        to: 'late',
        sequence: 2,
        occurredAt: T + 1,
      }),
      1,
    ],
    ['is cancelled', fact('detent.orders.OrderCancelled', { eventId: 'c', occurredAt: T + 1, orderId: 'o1' }), 0],
    [
      'was booked by others',
      fact('detent.shipments.ShipmentBooked', {
        eventId: 'b',
        occurredAt: T + 1,
        shipmentId: 's',
        orderIds: ['o1'],
        carrierId: 'x',
        serviceId: 's',
        laneId: 'de',
        cartons: [],
      }),
      0,
    ],
  ])('and one that %s leaves the others', (_what, record, alone) => {
    const run = routing();
    run.feed(...order('o1', T, {}, bulky), ...order('o2', T, {}, bulky), ...order('o3', T, {}, bulky));
    expect(run.feed(record).filter(({ type }) => type === 'assign-carrier')).toHaveLength(alone);
    expect(run.advance(CUTOFF)[0]!.tasks!.map(({ orderId }) => orderId)).toEqual(['o2', 'o3']);
  });
});

describe('a load', () => {
  it('leaves out whoever would be late in it', () => {
    // The freight of the evening arrives 17:00 UTC the next day; congestion that comes later adds six hours.
    const run = routing();
    run.feed(
      ...order('o1', T, { promisedAt: CUTOFF + 25 * HOUR }, bulky),
      ...order('o2', T, {}, bulky),
      ...order('o3', T, {}, bulky),
    );
    run.feed(service('quick', { maxWeightG: 1e5 }, 6), tariff('quick', 70));
    run.feed(stands('lane', 'de', 'congested', T + 1));
    expect(run.advance(CUTOFF)).toMatchObject([
      { type: 'consolidate', details: { orders: 2 } },
      { type: 'assign-carrier', target: { entityId: 'o1' }, details: { carrierId: 'quick' } },
    ]);
  });

  it('never takes more than the capacity', () => {
    const run = routing();
    const left = { eventId: 'c', occurredAt: T, carrierId: 'freight', serviceId: 's', day: '2026-03-02', unit: 'kg' };
    run.feed(fact('detent.carriers.CapacityChanged', { ...left, remaining: 120 }));
    for (const id of ['o1', 'o2', 'o3', 'o4']) run.feed(...order(id, T, {}, bulky));
    const actions = run.advance(CUTOFF);
    expect(actions[0]).toMatchObject({ type: 'consolidate', details: { weightG: 100_000 } });
    expect(actions.slice(1).map(({ details }) => details['carrierId'])).toEqual(['parcel', 'parcel']);
  });

  it('moves as a whole when its carrier is no longer reliable', () => {
    const run = routing(...ltl('other', 40));
    run.feed(...order('o1', T, {}, bulky), ...order('o2', T, {}, bulky));
    const [load] = run.advance(TENDER);
    run.restart();
    const change = stands('carrier', 'freight', 'suspect', TENDER - 1);
    expect(run.feed(change)).toMatchObject([
      {
        type: 'consolidate',
        details: { carrierId: 'other', orders: 2 },
        supersedes: load!.actionId,
        changeId: change.value.changeId,
      },
    ]);
  });

  it('is left by an order that it can no longer bring in time, and stays in force for the others', () => {
    const run = routing(service('quick', { maxWeightG: 1e5 }, 6), tariff('quick', 70));
    run.feed(...order('o1', T, {}, bulky), ...order('o2', T, {}, bulky));
    const [load] = run.advance(TENDER);
    const sooner = orderPlaced({ orderId: 'o1', occurredAt: TENDER, promisedAt: CUTOFF + 10 * HOUR, version: 2 });
    const [action] = run.feed({ ...sooner, name: 'detent.orders.OrderChanged' });
    expect(action).toMatchObject({
      type: 'assign-carrier',
      supersedes: null,
      details: { carrierId: 'quick', leavesLoad: load!.actionId },
    });
  });
});
