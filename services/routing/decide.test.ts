import type { Action } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  modelOf,
  orderPlaced,
  segmentChanged,
} from '@detent/testing/decisions';
import { capacity, HOUR, lane, order, segments, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from './process.ts';

const orderDimensions = ['transport', 'urgency', 'care', 'climate', 'handling'];

function routing(...given: GivenRecord[]) {
  const setup = { actions: 'live' as const, model: modelOf({ order: orderDimensions }) };
  const run = new DecisionHarness(() => createRoutingProcessor(setup));
  run.feed(...given);
  return run;
}

const world = () => [lane(), sku(), service('cheap'), tariff('cheap', 4), service('dear'), tariff('dear', 5)];
const reasons = (action: { alternatives: { what: string; rejectedBecause: string }[] } | undefined) =>
  Object.fromEntries(action!.alternatives.map(({ what, rejectedBecause }) => [what, rejectedBecause]));

describe('the carrier of an order', () => {
  it('is the cheapest, with change, cost, hand-over and what was rejected', () => {
    const [action] = routing(...world()).feed(...order('o1', T));
    expect(action).toMatchObject({
      type: 'assign-carrier',
      actionId: 'routing:order:o1:order/o1/climate/orders.v1-0-0/1:1',
      because: expect.stringContaining('for 4 EUR, reckoned from goods before packing'),
      details: {
        carrierId: 'cheap',
        cost: 4,
        currency: 'EUR',
        costBasis: 'goods before packing',
        handoverBy: Date.parse('2026-03-02T18:00+01:00'),
      },
      alternatives: [{ what: 'dear/s', rejectedBecause: 'dearer than 4 EUR', value: 5, unit: 'EUR' }],
    });
    expect(action!.details['arriveAt']).toBe(Date.parse('2026-03-03T18:00+01:00'));
  });

  it.each<[string, GivenRecord[], object, Record<string, string>, RegExp]>([
    ['weight of a unit', [sku('sku-1', { weightG: 40_000 })], {}, {}, /a unit weighs more than the 31500 g/],
    ['length', [sku('sku-1', { lengthMm: 1500 })], {}, {}, /longer than the 1200 mm/],
    ['pieces', [], { lines: [{ lineId: '1', skuId: 'sku-1', quantity: 200, uom: 'each' }] }, {}, /more than 6 pieces/],
    ['temperature by climate', [], {}, { climate: 'chilled' }, /temperatures are not known, and the goods need/],
    ['temperature by the goods', [sku('sku-1', { minTempC: 2, maxTempC: 7 })], {}, {}, /the goods need 2 to 7 °C/],
    ['promise', [], { promisedAt: T + 20 * HOUR }, {}, /after the promise/],
    ['capacity', [capacity('cheap', 0)], {}, {}, /needs 1 parcel, with 0 left on 2026-03-02/],
    ['capacity of the lane', [capacity('cheap', 9), capacity('cheap', 0, { laneId: 'de' })], {}, {}, /with 0 left/],
    ['a currency without rate', [tariff('cheap', 4, 0, { currency: 'SEK' })], {}, {}, /priced in SEK/],
  ])('is none that breaks the constraint: %s', (what, facts, of, where, reason) => {
    const range = what.startsWith('temperature') ? { minTempC: 3, maxTempC: 6 } : {};
    const able = service('able', {
      ...{ maxWeightG: 1e6, maxLengthMm: 9e3, ...range },
      lanes: [{ laneId: 'de', transitHours: 1, transitBasis: 'clock', tariffId: 'flat-able', departures: [] }],
    });
    const run = routing(...world(), able, tariff('able', 99), ...facts);
    const [action] = run.feed(...order('o1', T, of, where));
    expect(reasons(action)['cheap/s']).toMatch(reason);
    expect(action!.details['carrierId']).not.toBe('cheap');
  });

  it('is none that is too warm, said with its own figure', () => {
    const ambient = service('cheap', { minTempC: 5, maxTempC: 30 });
    const [action] = routing(...world(), ambient, sku('sku-1', { minTempC: -25, maxTempC: -15 })).feed(
      ...order('o1', T),
    );
    expect(action!.alternatives.find(({ what }) => what === 'cheap/s')).toEqual({
      what: 'cheap/s',
      rejectedBecause: expect.stringMatching(/^may get warmer than the -15 °C that the goods need/),
      value: 30,
      unit: 'Cel',
    });
  });

  it('is not a cold one for goods that need no cold', () => {
    const cold = service('cheap', { minTempC: -25, maxTempC: -18 });
    const [action] = routing(...world(), cold).feed(...order('o1', T));
    expect(action!.details['carrierId']).toBe('dear');
    expect(reasons(action)['cheap/s']).toBe('is kept cold for goods that need it');
  });

  it('is priced by breaks, dimensional weight, pieces and surcharges', () => {
    const breaks = [
      { fromG: 0, base: 4, perKg: 0 },
      { fromG: 5000, base: 6, perKg: 0.5 },
    ];
    const surcharges = [
      { kind: 'fuel', share: 0.1, amount: null, overLengthMm: null, overWeightG: null, postcodePrefixes: [] },
      { kind: 'remote', share: null, amount: 3, overLengthMm: null, overWeightG: null, postcodePrefixes: ['18'] },
      { kind: 'oversize', share: null, amount: 50, overLengthMm: 600, overWeightG: null, postcodePrefixes: [] },
    ];
    const priced = tariff('cheap', 0, 0, { breaks, surcharges });
    const bulky = sku('sku-1', { lengthMm: 500, widthMm: 400, heightMm: 250, weightG: 2000 });
    const run = routing(lane(), bulky, service('cheap'), priced);
    // 50 l by 5000 cm3/kg are 10 kg: 6 + 5, and 10 % fuel.
    expect(run.feed(...order('o1', T))[0]!.details['cost']).toBe(12.1);
    const remote = { destination: { country: 'DE', region: null, postcode: '18055' } };
    expect(run.feed(...order('o2', T, remote))[0]!.details['cost']).toBe(15.1);
    // 40 kg by weight, 200 kg by volume, in two pieces of 100 kg: 2 × (6 + 50) × 1.1.
    const many = { lines: [{ lineId: '1', skuId: 'sku-1', quantity: 20, uom: 'each' }] };
    expect(run.feed(...order('o3', T, many))[0]!.details).toMatchObject({ cost: 123.2, pieces: 2 });
  });

  it('misses the cutoff when it cannot be ready, and does not travel at weekends by business hours', () => {
    const friday = Date.parse('2026-03-06T16:30+01:00');
    const business = service('cheap', {
      lanes: [{ laneId: 'de', transitHours: 24, transitBasis: 'business', tariffId: 'flat-cheap', departures: [] }],
    });
    const run = routing(lane(), sku(), business, tariff('cheap', 4));
    const [action] = run.feed(...order('o1', friday, { promisedAt: friday + 240 * HOUR }));
    expect(action!.details['departAt']).toBe(Date.parse('2026-03-09T18:00+01:00'));
    const [early] = run.feed(
      ...order('o2', friday, { promisedAt: friday + 240 * HOUR }).map((record) => ({
        ...record,
        value: { ...record.value, occurredAt: friday - 3 * HOUR },
      })),
    );
    expect(early!.details).toMatchObject({
      departAt: Date.parse('2026-03-06T18:00+01:00'),
      arriveAt: Date.parse('2026-03-09T18:00+01:00'),
    });
  });

  it('goes by the lane with the longest postcode prefix', () => {
    const near = service('near', {
      lanes: [{ laneId: 'de-10', transitHours: 5, transitBasis: 'clock', tariffId: 'flat-near', departures: [] }],
    });
    const run = routing(...world(), lane('de-10', ['10', '12']), near, tariff('near', 9));
    expect(run.feed(...order('o1', T))[0]!.details['laneId']).toBe('de-10');
  });

  it('counts what was assigned against the capacity, until bookings and reports take its place', () => {
    const run = routing(...world(), capacity('cheap', 2));
    const carriers = ['o1', 'o2', 'o3'].map((id) => run.feed(...order(id, T))[0]!.details['carrierId']);
    expect(carriers).toEqual(['cheap', 'cheap', 'dear']);
    run.feed(fact('detent.orders.OrderCancelled', { eventId: 'x', occurredAt: T + 1, orderId: 'o1' }));
    expect(run.feed(...order('o4', T + 1))[0]!.details['carrierId']).toBe('cheap');
    const shipment = {
      eventId: 'b',
      occurredAt: T + 2,
      shipmentId: 's',
      carrierId: 'cheap',
      serviceId: 's',
      laneId: 'de',
    };
    run.feed(fact('detent.shipments.ShipmentBooked', { ...shipment, orderIds: ['o2', 'o4'], cartons: [] }));
    run.restart();
    expect(run.feed(...order('o5', T + 3))[0]!.details['carrierId']).toBe('dear');
    run.feed(capacity('cheap', 1, { occurredAt: T + 4 }));
    expect(run.feed(...order('o6', T + 5))[0]!.details['carrierId']).toBe('cheap');
  });
});

describe('nothing feasible', () => {
  it('is escalated once, with every rejection and the fastest service', () => {
    const run = routing(...world());
    const [action] = run.feed(...order('o1', T, { promisedAt: T + 5 * HOUR }));
    expect(action).toMatchObject({ type: 'escalate', details: { services: 2, fastestService: 'cheap/s' } });
    expect(Object.keys(reasons(action))).toEqual(['cheap/s', 'dear/s']);
    const late = { entityType: 'order', entityId: 'o1', dimension: 'urgency', to: 'late', sequence: 2 };
    expect(run.feed(segmentChanged({ ...late, occurredAt: T + 1 }))).toEqual([]);
  });

  it('is assigned after all when capacity comes, in place of the escalation', () => {
    const run = routing(...world(), capacity('cheap', 0), capacity('dear', 0));
    const [escalation] = run.feed(...order('o1', T));
    expect(escalation!.type).toBe('escalate');
    run.restart();
    expect(run.feed(capacity('dear', 5, { occurredAt: T + 1 }))).toMatchObject([
      { type: 'assign-carrier', details: { carrierId: 'dear' }, supersedes: escalation!.actionId },
    ]);
  });

  it('a destination without a lane says so, and is assigned when there is one', () => {
    const run = routing(...world());
    const abroad = { destination: { country: 'FR', region: null, postcode: '75001' } };
    expect(reasons(run.feed(...order('o1', T, abroad))[0])['any service']).toMatch(
      /no lane from site site-1 leads to FR 75001/,
    );
    const toFrance = service('cheap', {
      lanes: [{ laneId: 'fr', transitHours: 5, transitBasis: 'clock', tariffId: 'flat-cheap', departures: [] }],
    });
    run.feed(lane('fr', [], 'FR', T + 1));
    expect(run.feed(toFrance)).toMatchObject([{ type: 'assign-carrier' }]);
  });
});

describe('facts that come late', () => {
  const parts: Record<string, GivenRecord[]> = {
    lane: [lane()],
    sku: [sku()],
    service: [service('cheap')],
    tariff: [tariff('cheap', 4)],
    order: [orderPlaced({ orderId: 'o1', occurredAt: T })],
    segments: segments('o1', T),
  };
  it.each(Object.keys(parts))('%s last: the order is assigned then, also after a restart', (last) => {
    const run = routing();
    for (const part of Object.keys(parts)) if (part !== last) expect(run.feed(...parts[part]!)).toEqual([]);
    run.restart();
    expect(run.feed(...parts[last]!)).toMatchObject([{ type: 'assign-carrier', details: { carrierId: 'cheap' } }]);
  });

  it('and do not come at all: a person is asked', () => {
    const run = routing(lane(), service('cheap'), tariff('cheap', 4), ...order('o1', T));
    const [action] = run.advance(T + 5 * HOUR);
    expect(action).toMatchObject({ type: 'escalate', createdAt: T + 4 * HOUR });
    expect(reasons(action)['any service']).toBe('lacks facts: sku:sku-1');
    expect(run.feed(sku())).toMatchObject([{ type: 'assign-carrier', supersedes: action!.actionId }]);
  });
});

describe('a carrier that is no longer reliable', () => {
  it('loses what it has not carried yet, where another is better by the margin', () => {
    const run = routing(...world(), tariff('dear', 4.5));
    const [first] = run.feed(...order('o1', T));
    run.restart();
    const [action] = run.feed(stands('carrier', 'cheap', 'suspect', T + HOUR));
    expect(action).toMatchObject({
      type: 'assign-carrier',
      target: { entityType: 'order', entityId: 'o1' },
      details: { carrierId: 'dear' },
      supersedes: first!.actionId,
      changeId: 'carrier/cheap/reliability/carriers.v1-0-0/1',
      segment: { dimension: 'reliability', segment: 'suspect' },
    });
  });

  it('keeps it where the other is hardly better, or dearer by more than the penalty', () => {
    for (const price of [4.8, 6]) {
      const run = routing(lane(), sku(), service('cheap'), tariff('cheap', 4), service('dear'), tariff('dear', price));
      run.feed(...order('o1', T));
      expect(run.feed(stands('carrier', 'cheap', 'suspect', T + HOUR))).toEqual([]);
      expect(run.outcomes.get('kept')).toBe(1);
    }
  });

  it.each([
    [
      'was booked',
      [
        fact('detent.shipments.ShipmentBooked', {
          eventId: 'b',
          occurredAt: T + 1,
          shipmentId: 's',
          orderIds: ['o1'],
          carrierId: 'cheap',
          serviceId: 's',
          laneId: 'de',
          cartons: [],
        }),
      ],
      T + HOUR,
    ],
    ['has departed', [], T + 30 * HOUR],
  ])('keeps what %s', (_what, records, at) => {
    const run = routing(...world(), ...order('o1', T), ...records);
    expect(run.feed(stands('carrier', 'cheap', 'suspect', at))).toEqual([]);
  });

  it('loses a hundred at once, the rest from second to second, unless it has recovered by then', () => {
    const run = routing(
      lane(),
      sku(),
      service('good', {}, 24),
      tariff('good', 5),
      service('bad', {}, 24),
      tariff('bad', 4.8),
    );
    const orders = Array.from({ length: 230 }, (_, i) => order(`m${String(i).padStart(3, '0')}`, T + i)).flat();
    expect(run.feed(...orders).every(({ details }) => details['carrierId'] === 'bad')).toBe(true);
    const ids = (actions: readonly Action[]) => actions.map(({ target }) => target.entityId);
    const first = run.feed(stands('carrier', 'bad', 'failing', T + HOUR));
    expect(ids(first)).toEqual(Array.from({ length: 100 }, (_, i) => `m${String(i).padStart(3, '0')}`));
    run.restart();
    const second = run.advance(T + HOUR + 1000);
    expect(ids(second)[0]).toBe('m100');
    expect(second).toHaveLength(100);
    run.feed(stands('carrier', 'bad', 'reliable', T + HOUR + 1500, 2));
    expect(run.advance(T + 2 * HOUR)).toEqual([]);
    expect(run.snapshot().filter(([key]) => key.startsWith('sweep:'))).toEqual([]);
  });

  it('counts dearer for new orders, and a change seen before does nothing', () => {
    const run = routing(...world(), stands('carrier', 'cheap', 'suspect', T));
    expect(run.feed(...order('o1', T))[0]!.details['carrierId']).toBe('dear');
    expect(run.feed(stands('carrier', 'cheap', 'suspect', T))).toEqual([]);
  });
});

describe('a congested lane', () => {
  it('adds hours, for new orders and for those that would now be late', () => {
    const fast = service('fast', {}, 12);
    const run = routing(lane(), sku(), service('slow', {}, 24), tariff('slow', 4), fast, tariff('fast', 9));
    // Leaves 17:00 UTC, arrives 24 h later; six hours more break this promise.
    const promisedAt = T + 36 * HOUR;
    expect(run.feed(...order('o1', T, { promisedAt }))[0]!.details['carrierId']).toBe('slow');
    expect(run.feed(stands('lane', 'de', 'congested', T + HOUR))).toMatchObject([{ details: { carrierId: 'fast' } }]);
    expect(run.feed(...order('o2', T, { promisedAt }))[0]!.details['carrierId']).toBe('fast');
  });
});

describe('what commands nothing', () => {
  it.each(['initial', 'off', 'replay'])('%s', (kind) => {
    const setup = {
      actions: kind === 'off' ? ('off' as const) : ('live' as const),
      model: modelOf({ order: orderDimensions }),
    };
    const run = new DecisionHarness(() => createRoutingProcessor(setup), { replay: kind === 'replay' });
    run.feed(
      ...world(),
      orderPlaced({ orderId: 'o1', occurredAt: T }),
      ...segments('o1', T, {}, kind === 'initial' ? 'initial' : 'live'),
    );
    run.advance(T + 100 * HOUR);
    expect(run.actions).toEqual([]);
    expect(run.outcomes.get('assigned') ?? 0).toBe(kind === 'initial' ? 0 : 1);
  });
});
