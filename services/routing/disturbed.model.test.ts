import type { PlaybookFor } from '@detent/pipeline';
import type { Action, SegmentChanged } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  type HarnessOptions,
  ledgerWorld,
  modelOf,
  orderPlaced,
  seeded,
  segmentChanged,
} from '@detent/testing/decisions';
import { capacity, HOUR, lane, segments, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from './process.ts';

/** Days with lots that get warm, dangerous goods, little capacity, cancellations, rejections, failures and bookings. */
const PER_DAY: Record<string, number> = { ant: 14, bee: 12, fox: 9, hen: 8, yak: 5 };
const SERVICES = {
  ant: { mode: 'parcel', minTempC: null, maxTempC: null, hours: 26, base: 4 },
  bee: { mode: 'air', minTempC: null, maxTempC: null, hours: 8, base: 9 },
  fox: { mode: 'courier', minTempC: 3, maxTempC: 6, hours: 6, base: 18 },
  hen: { mode: 'parcel', minTempC: 3, maxTempC: 6, hours: 20, base: 7 },
  yak: { mode: 'ltl', minTempC: null, maxTempC: null, hours: 30, base: 30 },
} as const;
const GOODS = {
  plain: { weightG: 900 },
  acid: { weightG: 1200, hazmatClass: '8' },
  gas: { weightG: 2000, hazmatClass: '2.1' },
  milk: { weightG: 700, minTempC: 2, maxTempC: 7, shelfLifeHours: 300 },
} as const;
/** Who takes them, by the configuration as it is. */
const TAKERS: Record<string, readonly string[]> = {
  plain: ['ant', 'bee', 'yak'],
  acid: ['ant', 'yak'],
  gas: ['yak'],
  milk: ['fox', 'hen'],
};
const ASKED = 30;
const SPAN = 48 * HOUR;

const divertWarm: PlaybookFor = (of) =>
  of['lot.route'] === 'strayed' ? { name: 'divert', sop: '', do: { divert: true, cost: 20 } } : undefined;
const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] }, divertWarm);

function scenario(seed: number): GivenRecord[] {
  const random = seeded(seed);
  const pick = <V>(values: readonly V[]): V => values[Math.floor(random() * values.length)]!;
  /** Instants of different kinds never meet. */
  const instant = (kind: number, from = 0) => T + from + Math.floor((random() * (SPAN - from)) / 10) * 10 + kind;
  const records: GivenRecord[] = [];
  const base = { ...{ eventId: 'e', skuId: 'milk', siteId: 'site-1', quantity: 99, uom: 'each' } };
  for (let l = 0; l < 8; l += 1) {
    const lotId = `lot-${l}`;
    const expiresAt = T + Math.floor(90 + random() * 120) * HOUR;
    records.push(fact('detent.inventory.LotReceived', { ...base, lotId, occurredAt: T, expiresAt }, lotId));
    let lost = 0;
    const times = Array.from({ length: 5 }, () => instant(5)).sort((a, b) => a - b);
    for (const [n, occurredAt] of times.entries()) {
      lost += random() * 25;
      const of = { entityType: 'lot', entityId: lotId, epoch: 'inventory.v1-0-1', sequence: n + 1, occurredAt };
      records.push(
        segmentChanged({ ...of, dimension: 'freshness', to: `f${n % 2}`, attributes: { hoursLost: lost } }),
        segmentChanged({ ...of, occurredAt: occurredAt + 1, dimension: 'route', to: pick(['strayed', 'steady']) }),
      );
    }
  }
  for (let i = 0; i < 150; i += 1) {
    const orderId = `o${i}`;
    const at = instant(0);
    const skuId = pick(['plain', 'plain', 'acid', 'gas', 'milk', 'milk']);
    const lines = [{ lineId: '1', skuId, quantity: 1 + Math.floor(random() * 3), uom: 'each' }];
    const customerId = random() < 0.5 ? 'asks' : 'does-not';
    const promisedAt = at + Math.floor((20 + random() * 90) * HOUR);
    records.push(orderPlaced({ orderId, occurredAt: at, lines, promisedAt, customerId }));
    records.push(...segments(orderId, at, { climate: skuId === 'milk' ? 'chilled' : 'ambient' }));
    if (skuId === 'milk' && random() < 0.8) {
      const taken = { orderId, lineId: '1', status: 'released', quantity: 1, lotId: `lot-${Math.floor(random() * 8)}` };
      records.push(
        fact('detent.orders.OrderLineStatusChanged', { ...taken, eventId: 't', occurredAt: at + 2 }, orderId),
      );
    }
    if (random() < 0.12) {
      const cancelled = { eventId: 'c', occurredAt: instant(3, at - T), orderId };
      records.push(fact('detent.orders.OrderCancelled', cancelled, orderId));
    }
  }
  for (let i = 1; i <= 6; i += 1) {
    const at = T + i * 7 * HOUR + 7;
    records.push(stands('carrier', pick(['ant', 'hen']), i % 2 === 1 ? 'failing' : 'reliable', at, i));
    records.push(stands('lane', 'de', i % 3 === 0 ? 'congested' : 'clear', at, i));
  }
  return records;
}

function world(): GivenRecord[] {
  const records: GivenRecord[] = [lane(), ...Object.entries(GOODS).map(([skuId, goods]) => sku(skuId, goods))];
  for (const [carrierId, { mode, minTempC, maxTempC, hours, base }] of Object.entries(SERVICES)) {
    records.push(service(carrierId, { mode, minTempC, maxTempC }, hours), tariff(carrierId, base, 0.2));
    for (let day = 2; day <= 12; day += 1) {
      records.push(capacity(carrierId, PER_DAY[carrierId]!, { day: `2026-03-${String(day).padStart(2, '0')}` }));
    }
  }
  const asks = { eventId: 'c', occurredAt: T, customerId: 'asks', tier: 'standard', minRemainingLifeHours: ASKED };
  return [...records, fact('detent.customers.CustomerProfiled', asks)];
}

/** What the floor makes of the actions of a first run: it refuses some, and books and loads others. */
function disturbances(actions: readonly Action[], lotOf: ReadonlyMap<string, string>, seed: number): GivenRecord[] {
  const random = seeded(seed + 1);
  return actions.flatMap((action): GivenRecord[] => {
    if (action.type !== 'assign-carrier') return [];
    const dice = random();
    const at = action.createdAt + 1000 + Math.floor(random() * 1000) * 10 + 4;
    if (dice < 0.12) return [ledgerWorld.statusOf(action.actionId, 'rejected', at, { reason: 'no dock' })];
    if (dice < 0.2) return [ledgerWorld.statusOf(action.actionId, 'failed', at, { reason: 'no truck' })];
    if (dice > 0.5) return [];
    const orderId = action.target.entityId;
    const shipment = { shipmentId: `s-${orderId}`, siteId: 'site-1', eventId: 'b', occurredAt: at };
    const { carrierId } = action.details;
    const booked = { ...shipment, orderIds: [orderId], carrierId, serviceId: 's', laneId: 'de', cartons: [] };
    const lotId = lotOf.get(orderId);
    const loaded = { ...shipment, occurredAt: at + 2, assetId: 'a', lots: [{ lotId, skuId: 'milk', quantity: 80 }] };
    const reached = { ...shipment, occurredAt: Number(action.details['arriveAt']), milestone: 'arrived' };
    return [
      fact('detent.shipments.ShipmentBooked', booked, orderId),
      ...(lotId === undefined ? [] : [fact('detent.shipments.ShipmentLoaded', loaded)]),
      fact('detent.shipments.ShipmentMilestone', reached),
    ];
  });
}

const inTime = (records: readonly GivenRecord[]) =>
  [...records].sort((a, b) => a.value.occurredAt - b.value.occurredAt);
function run(records: readonly GivenRecord[], options: HarnessOptions = {}): DecisionHarness {
  const harness = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }), options);
  harness.feed(...world(), ...inTime(records));
  harness.advance(T + 20 * 24 * HOUR);
  return harness;
}

describe.each([31, 32, 33, 34, 35])('disturbed days, seed %i', (seed) => {
  const planned = scenario(seed);
  const named = (suffix: string) =>
    planned.filter(({ name }) => name.endsWith(suffix)) as { key: string; value: Any }[];
  const lotOf = new Map(named('OrderLineStatusChanged').map(({ key, value }) => [key, value['lotId'] as string]));
  const records = inTime([...planned, ...disturbances(run(planned).actions, lotOf, seed)]);
  const harness = run(records);
  const orders = new Map(named('OrderPlaced').map(({ key, value }) => [key, value as Any]));
  /** What is told of the services' own decisions; calls of the ledger about actions are not of them. */
  const decided = harness.actions.filter(({ details }) => details['actionId'] === undefined);
  const sent = decided.filter(({ type }) => type === 'assign-carrier');

  /** Until when an order's lot serves its customer, as told before an instant. */
  function freshUntil(orderId: string, at: number): number {
    const lotId = lotOf.get(orderId);
    const taken = records.find(({ name, key }) => name.endsWith('LineStatusChanged') && key === orderId);
    if (lotId === undefined || taken!.value.occurredAt > at) return Number.POSITIVE_INFINITY;
    const { expiresAt } = named('LotReceived').find(({ key }) => key === lotId)!.value as unknown as {
      expiresAt: number;
    };
    const lost = named('SegmentChanged')
      .filter(({ key, value }) => key === lotId && value.occurredAt <= at && value['dimension'] === 'freshness')
      .map(({ value }) => (value['attributes'] as { hoursLost: number }).hoursLost);
    const asked = orders.get(orderId)!['customerId'] === 'asks' ? ASKED : 0;
    return expiresAt - (Math.max(0, ...lost) + asked) * HOUR;
  }

  it('breaks no hard constraint: temperature, danger, promise, and the life that lots really have left', () => {
    for (const { target, details, createdAt } of sent) {
      const order = orders.get(target.entityId)!;
      const { skuId } = (order['lines'] as { skuId: string }[])[0]!;
      expect(TAKERS[skuId]).toContain(details['carrierId']);
      expect(details['arriveAt']).toBeLessThanOrEqual(order['promisedAt'] as number);
      expect(details['arriveAt']).toBeLessThanOrEqual(freshUntil(target.entityId, createdAt));
    }
    expect(new Set(sent.map(({ details }) => details['carrierId'])).size).toBe(5);
  });

  it('leaves no order with a carrier that would bring it with too little life, from the instant that this is known', () => {
    let moved = 0;
    for (const { key, value } of named('SegmentChanged')) {
      if (value['entityType'] !== 'lot') continue;
      for (const [orderId, lotId] of lotOf) {
        if (lotId !== key) continue;
        const last = decided.findLast((one) => one.target.entityId === orderId && one.createdAt <= value.occurredAt);
        if (last === undefined) continue;
        if (last.createdAt === value.occurredAt) moved += 1;
        const isOver = records.some(
          (one) => one.key === orderId && /Cancelled|Booked/.test(one.name) && one.value.occurredAt <= value.occurredAt,
        );
        const { departAt, arriveAt } = last.details as Record<string, number>;
        if (isOver || last.type !== 'assign-carrier' || departAt! <= value.occurredAt) continue;
        expect(arriveAt).toBeLessThanOrEqual(freshUntil(orderId, value.occurredAt));
      }
    }
    expect(moved).toBeGreaterThan(0);
  });

  it('gives no service more in a day than it can take', () => {
    /** What orders hold is given back by who cancels, refuses, or books otherwise; bookings keep it. */
    const holds = new Map<string, { day: string; carrierId: unknown; amount: number; actionId: string }>();
    const giveBack = ({ name, key, value }: GivenRecord): void => {
      const of = value as Any;
      if (name.endsWith('Cancelled')) holds.delete(key);
      if (name.endsWith('Booked') && holds.get(key)?.carrierId !== of['carrierId']) holds.delete(key);
      if (!name.endsWith('ActionStatus')) return;
      for (const [orderId, { actionId }] of holds) if (actionId === of['actionId']) holds.delete(orderId);
    };
    let heard = 0;
    for (const [i, action] of decided.entries()) {
      for (; records[heard] && records[heard]!.value.occurredAt <= action.createdAt; heard += 1)
        giveBack(records[heard]!);
      const { entityId } = action.target;
      if (action.type === 'escalate') holds.delete(entityId);
      if (action.type === 'assign-carrier') {
        const { carrierId, departAt, pieces } = action.details;
        const day = `${carrierId} ${new Date(Number(departAt)).toISOString().slice(0, 10)}`;
        holds.set(entityId, { day, carrierId, amount: Number(pieces), actionId: action.actionId });
      }
      // Orders change places at one instant.
      if (decided[i + 1]?.createdAt === action.createdAt) continue;
      const used = new Map<string, number>();
      for (const { day, amount } of holds.values()) used.set(day, (used.get(day) ?? 0) + amount);
      for (const [day, amount] of used) {
        expect([action.actionId, day, amount <= PER_DAY[day.split(' ')[0]!]!]).toEqual([action.actionId, day, true]);
      }
    }
  });

  it('loses no order: each is with a carrier, with people, or closed, and none waits for room any more', () => {
    expect(harness.outcomes.get('waits-for-room')).toBeGreaterThan(0);
    const states = harness.snapshot().filter(([key]) => key.startsWith('order:'));
    expect(states).toHaveLength(orders.size);
    for (const [key, json] of states) {
      const { closed, assignment, escalation, waitsFor } = (JSON.parse(json) as { value: Any }).value;
      expect([key, closed || assignment !== null || escalation !== null]).toEqual([key, true]);
      expect(String(waitsFor)).not.toMatch(/^room:/);
      const last = decided.findLast(({ target }) => target.entityId === key.slice('order:'.length));
      if (!closed) expect([key, last?.type]).toEqual([key, assignment === null ? 'escalate' : 'assign-carrier']);
    }
  });

  it('traces each action to a change that may command', () => {
    const changes = new Map(named('SegmentChanged').map(({ value }) => [value['changeId'], value as Any]));
    for (const action of harness.actions) {
      const { dimension, to } = changes.get(action.changeId) as unknown as SegmentChanged;
      expect(action.segment).toEqual({ dimension, segment: to });
    }
  });

  it('sends a shipment elsewhere once, before it arrives, and only where that is earned', () => {
    const diverts = decided.filter(({ type }) => type === 'divert');
    for (const outcome of ['divert-not-earned', 'taken-back', 'balanced']) {
      expect([outcome, harness.outcomes.has(outcome)]).toEqual([outcome, true]);
    }
    const inForce = new Set<string>();
    for (const action of harness.actions) {
      if (action.type === 'withdraw' && action.target.entityType === 'shipment') inForce.delete(action.target.entityId);
      if (action.type !== 'divert') continue;
      expect(inForce.has(action.target.entityId)).toBe(false);
      inForce.add(action.target.entityId);
    }
    for (const { details, createdAt } of diverts) {
      const { saving, changeCost, hoursLeftOnArrival, hoursAsked, arriveAt } = details as Record<string, number>;
      expect(saving).toBeGreaterThan(changeCost!);
      expect(hoursLeftOnArrival).toBeLessThan(hoursAsked!);
      expect(arriveAt).toBeGreaterThan(createdAt + 2 * HOUR);
    }
  });

  it('decides the same in batches of any size and after restarts', () => {
    for (const options of [{ batch: 31, restartEachBatch: true }, { batch: 5000 }]) {
      const other = run(records, options);
      expect(other.actions).toEqual(harness.actions);
      expect(other.snapshot()).toEqual(harness.snapshot());
    }
  });
});

type Any = Record<string, unknown> & { occurredAt: number };
