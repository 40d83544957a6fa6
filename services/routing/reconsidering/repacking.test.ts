import type { Action } from '@detent/schemas';
import { DecisionHarness, fact, type GivenRecord, modelOf } from '@detent/testing/decisions';
import { carton, HOUR, lane, order, pack, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from '../process.ts';

const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });

function routing(...given: GivenRecord[]) {
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }), { restartEachBatch: true });
  run.feed(lane(), sku(), ...given);
  return run;
}

/** By weight, 5.6 for the goods of an order; and 12 whatever it weighs, for longer and heavier pieces. */
const twoPrices = () => [
  ...[service('scale'), tariff('scale', 4, 1)],
  ...[service('flat', { maxWeightG: 100_000, maxLengthMm: 3000 }), tariff('flat', 12)],
];

/** An order of one unit that went with `scale`. */
function assigned() {
  const run = routing(...twoPrices());
  const [first] = run.feed(...order('o1', T));
  expect(first!.details).toMatchObject({ carrierId: 'scale', cost: 5.6, costBasis: 'goods before packing' });
  return { run, first: first! };
}
const large = carton(2500, 600, 400, 400);
const booked = (carrierId: string, at: number) =>
  fact('detent.shipments.ShipmentBooked', {
    ...{
      eventId: 'b',
      occurredAt: at,
      shipmentId: 's1',
      siteId: 'site-1',
      orderIds: ['o1'],
      carrierId,
      serviceId: 's',
    },
    ...{ laneId: 'de', cartons: [], cost: null, currency: null },
  });

describe('an order that has a carrier, once it is packed', () => {
  it('moves where its cartons make another cheaper by more than the change costs, and says by what it is reckoned', () => {
    const { run, first } = assigned();
    const [moved] = run.feed(pack('o1', 1, T + HOUR, [large]));
    // 96 l over 5,000 cm³ a kilogram: 19.2 kg, so 23.2 with the first.
    expect(moved).toMatchObject({
      ...{ type: 'assign-carrier', supersedes: first.actionId, createdAt: T + HOUR },
      because: expect.stringContaining('for 12 EUR, reckoned from cartons as packed (1 of 2.5 kg and 96 l)'),
      details: {
        carrierId: 'flat',
        costBasis: 'cartons as packed',
        cartons: 1,
        volumeL: 96,
        weightG: 2500,
        saving: 11.2,
      },
    });
    expect(moved!.alternatives[0]).toMatchObject({ what: 'scale/s as before', value: expect.any(Number) });
  });

  it('stays where the change is not earned, and is charged carton by carton', () => {
    const { run } = assigned();
    // Twice 4 and 5 kg: 13, of which a change would save 1.
    expect(run.feed(pack('o1', 1, T + HOUR, [carton(2500, 200, 200, 200), carton(2500, 200, 200, 200, 0)]))).toEqual(
      [],
    );
    expect(run.outcomes.get('kept')).toBe(1);
    const three = Array.from({ length: 3 }, (_, n) => carton(2500, 200, 200, 200, n === 0 ? 1 : 0));
    // Three times 4 and 7.5 kg: 19.5; by its whole weight it would be 11.5. The other one takes three pieces for 36.
    expect(run.feed(pack('o1', 2, T + HOUR, three))).toEqual([]);
    expect(run.feed(pack('o1', 3, T + HOUR, [large]))).toMatchObject([{ details: { carrierId: 'flat' } }]);
  });

  it.each([
    [
      'heavy',
      carton(40_000, 200, 200, 200),
      'a parcel as packed weighs more than the 31500 g that a piece may',
      40_000,
    ],
    ['long', carton(1000, 1300, 50, 50), 'longer than the 1200 mm allowed', 1300],
  ])('must leave a service for which a carton is too %s, though it costs more', (_, one, rejectedBecause, value) => {
    const { run } = assigned();
    const [moved] = run.feed(pack('o1', 1, T + HOUR, [one]));
    expect(moved!.details['carrierId']).toBe('flat');
    expect(moved!.alternatives).toContainEqual(expect.objectContaining({ what: 'scale/s', rejectedBecause, value }));
  });

  it('must go with a service of its temperature where its coolant lasts for hand-over alone, or not until a later promise', () => {
    const cool = [service('van'), tariff('van', 4), service('cool', { minTempC: 2, maxTempC: 8 }), tariff('cool', 9)];
    const warm = sku('sku-1', { maxTempC: 20, weightG: 5000 });
    const sent = (details: Action['details']) => {
      const run = routing(warm, ...cool);
      expect(run.feed(...order('o1', T, { promisedAt: T + 46 * HOUR }))[0]!.details['carrierId']).toBe('van');
      return run.feed(pack('o1', 1, T + HOUR, [carton(9000, 300, 300, 300)], { details }));
    };
    expect(sent({})).toEqual([]);
    const unkept: Action['details'][] = [{ needsControlledService: true }, { hoursToDelivery: 20 }];
    for (const details of unkept) {
      const [moved] = sent(details);
      expect(moved).toMatchObject({ details: { carrierId: 'cool' } });
      expect(moved!.alternatives[0]!.rejectedBecause).toContain('their cartons do not keep them so until the promise');
    }
  });

  it('is taken back and put before people where nobody takes it, until it is packed otherwise', () => {
    const { run, first } = assigned();
    const [call] = run.feed(pack('o1', 1, T + HOUR, [carton(120_000, 200, 200, 200)]));
    expect(call).toMatchObject({ type: 'escalate', supersedes: first.actionId });
    const [anew] = run.feed(pack('o1', 2, T + 2 * HOUR, [carton(2000, 200, 200, 200)]));
    expect(anew).toMatchObject({ type: 'assign-carrier', supersedes: call!.actionId, details: { carrierId: 'scale' } });
  });

  it('counts by its goods again when it is not packed so any more', () => {
    const [id, at] = ['picking:o1:pack-1', T + 2 * HOUR];
    const ends = [
      pack('o1', 2, at, [], { type: 'unpackable' }),
      pack('o1', 2, at, [], { type: 'withdraw', supersedes: null, details: { actionId: id } }),
      order('o1', at, { version: 2, lines: [{ lineId: '1', skuId: 'sku-1', quantity: 2, uom: 'each' }] })[0]!,
    ];
    for (const end of ends) {
      const { run } = assigned();
      run.feed(pack('o1', 1, T + HOUR, [large]));
      expect(run.feed(end)).toMatchObject([{ details: { carrierId: 'scale', costBasis: 'goods before packing' } }]);
    }
  });

  it('heeds nothing else of picking, no pack twice, and none that is a rehearsal', () => {
    const { run } = assigned();
    expect(run.feed(pack('o1', 1, T + HOUR, [large], { details: { mode: 'dry-run' } }))).toEqual([]);
    expect(run.feed(pack('o1', 1, T + HOUR, [large], { type: 'enqueue' }))).toEqual([]);
    expect(run.feed(pack('o2', 1, T + HOUR, [large]))).toEqual([]);
    expect(run.feed(pack('o1', 1, T + HOUR, [large]), pack('o1', 1, T + HOUR, [large]))).toHaveLength(1);
    expect(Object.fromEntries(run.outcomes)).toMatchObject({
      ...{ 'pack-rehearsed': 1, 'pack-of-unknown-order': 1, 'pack-seen-before': 1, packed: 1 },
    });
  });

  it('is one whole for who puts parcels together', () => {
    const run = routing(service('freight', { mode: 'ltl' }), tariff('freight', 10), service('van'), tariff('van', 9));
    expect(run.feed(...order('o1', T))).toMatchObject([{ details: { carrierId: 'van' } }]);
    const two = [carton(2500, 600, 400, 400), carton(2500, 600, 400, 400, 0)];
    expect(run.feed(pack('o1', 1, T + HOUR, two))).toMatchObject([
      { details: { carrierId: 'freight', cost: 10, pieces: 1, cartons: 2 } },
    ]);
  });
});

it('an order leaves its load where that does not take its cartons, and stays in it where it does', () => {
  const freight = [service('freight', { mode: 'ltl', maxWeightG: null, maxLengthMm: 1500 }), tariff('freight', 20)];
  const van = [service('van', { maxWeightG: null, maxLengthMm: 5000 }), tariff('van', 30)];
  const run = routing(sku('sku-1', { weightG: 50_000 }), ...freight, ...van);
  const bulky = (orderId: string) => order(orderId, T, { promisedAt: T + 100 * HOUR }, { transport: 'bulky' });
  run.feed(...bulky('o1'), ...bulky('o2'));
  const [load] = run.advance(T + 8.6 * HOUR);
  expect(load).toMatchObject({ type: 'consolidate', details: { orders: 2, costBasis: 'goods before packing' } });
  expect(run.feed(pack('o1', 1, T + 8.7 * HOUR, [carton(60_000, 1400, 400, 400)]))).toEqual([]);
  expect(run.feed(pack('o2', 1, T + 8.7 * HOUR, [carton(60_000, 1600, 400, 400)]))).toMatchObject([
    { target: { entityId: 'o2' }, supersedes: null, details: { carrierId: 'van', leavesLoad: load!.actionId } },
  ]);
});

describe('an order that was handed over before it was packed so', () => {
  const heavy = () => carton(40_000, 200, 200, 200);
  const call = {
    type: 'escalate',
    because: expect.stringContaining(
      'scale/s has the order and does not take its cartons as packed (1 of 40 kg and 8 l)',
    ),
    details: { carrierId: 'scale', why: 'packed-unfit' },
    alternatives: [{ what: 'scale/s', value: 40_000, unit: 'g' }],
  };

  it('is put before people, once, when its service is booked, and no more when it is packed otherwise', () => {
    const { run } = assigned();
    run.feed(booked('scale', T + HOUR));
    const [told] = run.feed(pack('o1', 1, T + 2 * HOUR, [heavy()]));
    expect(told).toMatchObject(call);
    expect(run.feed(pack('o1', 2, T + 2 * HOUR, [heavy()]))).toEqual([]);
    expect(run.feed(pack('o1', 3, T + 3 * HOUR, [large]))).toMatchObject([
      { type: 'withdraw', details: { actionId: told!.actionId } },
    ]);
  });

  it('is so when its departure has passed, also where the pack bears an earlier time, as after a pause', () => {
    const { run } = assigned();
    run.feed(...order('o2', T + 11 * HOUR));
    const before = T + HOUR;
    expect(run.feed(pack('o1', 1, before, [heavy()]))).toMatchObject([{ ...call, createdAt: T + 11 * HOUR }]);
  });

  it('is left alone where its service takes it', () => {
    const { run } = assigned();
    run.feed(booked('scale', T + HOUR));
    expect(run.feed(pack('o1', 1, T + 2 * HOUR, [large]))).toEqual([]);
  });
});
