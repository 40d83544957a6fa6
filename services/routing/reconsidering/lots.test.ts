import type { PlaybookChoice, PlaybookFor } from '@detent/pipeline';
import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from '../process.ts';

const divertWarm: PlaybookFor = (memberships): PlaybookChoice | undefined =>
  memberships['lot.route'] === 'strayed' && memberships['lot.freshness'] === 'sell-now'
    ? { name: 'divert-warm-lot', sop: 'docs/sops/sell-now.md', do: { divert: true } }
    : undefined;

function routing(...given: GivenRecord[]) {
  const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] }, divertWarm);
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }));
  run.feed(...given);
  return run;
}

const received = (lotId: string, hours: number) =>
  fact('detent.inventory.LotReceived', {
    ...{ eventId: lotId, occurredAt: T, skuId: 'sku-1', lotId, siteId: 'site-1', quantity: 900, uom: 'each' },
    ...{ manufacturedAt: null, expiresAt: T + hours * HOUR, locationId: null },
  });
const takes = (orderId: string, lotId: string, at = T + 2) =>
  fact('detent.orders.OrderLineStatusChanged', {
    ...{ eventId: `${orderId}-${lotId}`, occurredAt: at, orderId, lineId: '1', status: 'released', quantity: 1, lotId },
  });
let told = 0;
/** A change of a lot's freshness, or of another dimension, with what it tells of the life lost. */
const lotIs = (to: string, at: number, attributes: Record<string, number> = {}, dimension = 'freshness') => {
  told += 1;
  const of = { entityType: 'lot', entityId: 'lot-1', dimension, to, epoch: 'inventory.v1-0-1' };
  return segmentChanged({ ...of, sequence: told, occurredAt: at, attributes });
};
const customer = (minRemainingLifeHours: number) =>
  fact('detent.customers.CustomerProfiled', {
    ...{ eventId: 'c', occurredAt: T, customerId: 'c-1', tier: 'standard', minRemainingLifeHours },
  });
const orderOf = (hours: number) => order('o1', T, { customerId: 'c-1', promisedAt: T + hours * HOUR });

/** Leaves 9 h from T; arrives after 49 h by the slow one, after 19 h by the fast one, which costs 4 more. */
const twoSpeeds = () => [
  ...[lane(), sku('sku-1', { shelfLifeHours: 240 }), customer(24)],
  ...[service('slow', {}, 40), tariff('slow', 4), service('fast', {}, 10), tariff('fast', 40)],
];

describe('a lot in stock', () => {
  it('that was warm moves its order at once, whatever the change costs: the life really left counts, not the date', () => {
    const run = routing(...twoSpeeds(), received('lot-1', 120));
    const [first] = run.feed(...orderOf(200));
    expect(run.feed(takes('o1', 'lot-1'))).toEqual([]);
    expect(first!.details['carrierId']).toBe('slow');
    run.restart();
    // 120 h by the date less 60 is 60: too few for 49 on the road and 24 for the customer.
    const [moved] = run.feed(lotIs('short', T + HOUR, { hoursLost: 60 }));
    expect(moved).toMatchObject({
      details: { carrierId: 'fast' },
      supersedes: first!.actionId,
      segment: { dimension: 'freshness', segment: 'short' },
    });
    expect(moved!.changeId).toContain('lot/lot-1/freshness');
    expect(moved!.alternatives.find(({ what }) => what === 'slow/s')!.rejectedBecause).toMatch(/too little shelf life/);
  });

  it('tells its loss by the share of life that is left as well', () => {
    const run = routing(...twoSpeeds(), received('lot-1', 121));
    run.feed(...orderOf(200), takes('o1', 'lot-1'));
    // A quarter of 240 h is 60 h, where the date has 120.
    expect(run.feed(lotIs('sell-now', T + HOUR, { lifeLeft: 0.25 }))[0]!.details['carrierId']).toBe('fast');
  });

  it('that strays without losing life moves nothing for less than the change costs; a loss for good needs no margin', () => {
    // The dear one saves 30 h, which come to count more than its price when little life is left, though not by a tenth.
    const world = (dear: number) => [
      ...[lane(), sku('sku-1', { shelfLifeHours: 240 })],
      ...[service('slow', {}, 40), tariff('slow', 4), service('fast', {}, 10), tariff('fast', dear)],
    ];
    const carriersAfter = (dear: number, change: GivenRecord) => {
      const run = routing(...world(dear), received('lot-1', 300));
      run.feed(...orderOf(400), takes('o1', 'lot-1'));
      return run.feed(change).map(({ details }) => details['carrierId']);
    };
    const strays = () => lotIs('strayed', T + HOUR, {}, 'route');
    const loses = () => lotIs('short', T + HOUR, { hoursLost: 50 });
    // By then it would save 0.17 EUR.
    expect(carriersAfter(8.8, strays())).toEqual([]);
    expect(carriersAfter(9.7, loses())).toEqual(['fast']);
    expect(carriersAfter(30, loses())).toEqual([]);
  });

  it('whose order nobody brings in time any more is taken back, and a person is asked; another lot brings it on its way', () => {
    const run = routing(...twoSpeeds(), received('lot-1', 120), received('lot-2', 200));
    const [first] = run.feed(...orderOf(200), takes('o1', 'lot-1'));
    const [asked] = run.feed(lotIs('sell-now', T + HOUR, { hoursLost: 100 }));
    expect(asked).toMatchObject({
      type: 'escalate',
      supersedes: first!.actionId,
      details: { fastestService: 'fast/s' },
    });
    expect(run.outcomes.get('taken-back')).toBe(1);
    run.restart();
    const [sent] = run.feed(takes('o1', 'lot-2', T + 2 * HOUR));
    expect(sent).toMatchObject({ type: 'assign-carrier', supersedes: asked!.actionId });
  });

  it('does not get life back', () => {
    const run = routing(...twoSpeeds(), received('lot-1', 120));
    run.feed(lotIs('short', T, { hoursLost: 60 }), lotIs('fresh', T + 1, { hoursLost: 0 }));
    run.feed(...order('o1', T + 2, { customerId: 'c-1', promisedAt: T + 200 * HOUR }));
    expect(run.feed(takes('o1', 'lot-1', T + 3))[0]!.details['carrierId']).toBe('fast');
  });
});

describe('a lot on the road', () => {
  const shipment = { shipmentId: 's-1', siteId: 'site-1' };
  const booked = fact('detent.shipments.ShipmentBooked', {
    ...{ ...shipment, eventId: 'b', occurredAt: T + 3, orderIds: ['o1'], carrierId: 'slow', serviceId: 's' },
    ...{ laneId: 'de', cartons: [], cost: null, currency: null },
  });
  const loaded = (quantity: number) =>
    fact('detent.shipments.ShipmentLoaded', {
      ...{ ...shipment, eventId: 'l', occurredAt: T + 9 * HOUR, assetId: 'a', assetType: null },
      lots: [{ lotId: 'lot-1', skuId: 'sku-1', quantity }],
    });
  const milestone = (name: string, at: number) =>
    fact('detent.shipments.ShipmentMilestone', {
      ...{ eventId: name, occurredAt: at, shipmentId: 's-1', carrierId: 'slow', laneId: 'de', milestone: name },
      ...{ plannedAt: at, actualAt: at },
    });
  function onTheRoad(quantity = 200) {
    const run = routing(...twoSpeeds(), received('lot-1', 120));
    run.feed(...orderOf(200), takes('o1', 'lot-1'), booked, loaded(quantity));
    run.restart();
    return run;
  }
  const strayed = (at: number) => lotIs('strayed', at, {}, 'route');

  it('is sent elsewhere when its route strays, it has no life left for its customer, and the change is earned', () => {
    const run = onTheRoad();
    expect(run.feed(lotIs('sell-now', T + 12 * HOUR, { hoursLost: 60 }))).toEqual([]);
    const [divert, ...more] = run.feed(strayed(T + 13 * HOUR));
    expect(more).toEqual([]);
    expect(divert).toMatchObject({
      type: 'divert',
      target: { entityType: 'shipment', entityId: 's-1' },
      siteId: 'site-1',
      segment: { dimension: 'route', segment: 'strayed' },
      // 120 h by the date, less 60 lost and 49 on the way; 200 kg at 8 EUR, of which 60 % are got elsewhere.
      details: { lotId: 'lot-1', hoursLeftOnArrival: 11, hoursAsked: 24, saving: 960, changeCost: 120 },
      tasks: [{ lotId: 'lot-1', skuId: 'sku-1', quantity: 200 }],
      undo: { type: 'resume-route', details: { shipmentId: 's-1' } },
      playbook: 'divert-warm-lot',
    });
    expect(divert!.alternatives).toMatchObject([{ what: 'as planned', value: 11 }]);
    // Once: what is on its way elsewhere already is not sent there again.
    expect(run.feed(lotIs('sell-now', T + 14 * HOUR, { hoursLost: 70 }))).toEqual([]);
    run.restart();
    expect(run.feed(milestone('arrived', T + 20 * HOUR))).toMatchObject([
      { type: 'withdraw', details: { actionId: divert!.actionId } },
    ]);
  });

  it.each([
    ['there are too few goods to pay for it', 20, 60, T + 13 * HOUR],
    ['it arrives with the life that is asked for', 200, 20, T + 13 * HOUR],
    ['it is nearly there', 200, 60, T + 48 * HOUR],
  ])('goes on where %s', (_why, quantity, hoursLost, at) => {
    const run = onTheRoad(quantity);
    run.feed(lotIs('sell-now', at - 1, { hoursLost }));
    expect(run.feed(strayed(at))).toEqual([]);
    expect(run.outcomes.get('divert-not-earned')).toBe(1);
  });

  it('goes on where no playbook sends it elsewhere, and when it has arrived', () => {
    const run = onTheRoad();
    run.feed(lotIs('sell-now', T + 12 * HOUR, { hoursLost: 60 }));
    run.feed(milestone('delivered', T + 13 * HOUR));
    expect(run.feed(strayed(T + 14 * HOUR))).toEqual([]);
    expect(run.snapshot().filter(([key]) => key.startsWith('shipment:'))).toEqual([]);
  });
});
