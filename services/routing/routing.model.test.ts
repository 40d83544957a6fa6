import type { Action, OrderPlaced, SegmentChanged } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  type HarnessOptions,
  modelOf,
  orderPlaced,
  seeded,
  segmentChanged,
} from '@detent/testing/decisions';
import { capacity, HOUR, lane, segments, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from './process.ts';

interface Limits {
  mode: string;
  maxWeightG: number;
  maxLengthMm: number;
  minTempC: number | null;
  maxTempC: number | null;
}

const SERVICES: Record<string, Limits & { hours: number; base: number; perDay: number }> = {
  ant: {
    mode: 'parcel',
    maxWeightG: 30_000,
    maxLengthMm: 1000,
    minTempC: null,
    maxTempC: null,
    hours: 20,
    base: 4,
    perDay: 30,
  },
  bee: {
    mode: 'parcel',
    maxWeightG: 30_000,
    maxLengthMm: 1500,
    minTempC: null,
    maxTempC: null,
    hours: 14,
    base: 6,
    perDay: 20,
  },
  fox: {
    mode: 'courier',
    maxWeightG: 20_000,
    maxLengthMm: 900,
    minTempC: 3,
    maxTempC: 6,
    hours: 6,
    base: 14,
    perDay: 12,
  },
  yak: {
    mode: 'ltl',
    maxWeightG: 900_000,
    maxLengthMm: 4000,
    minTempC: null,
    maxTempC: null,
    hours: 30,
    base: 38,
    perDay: 8,
  },
  elk: {
    mode: 'ltl',
    maxWeightG: 900_000,
    maxLengthMm: 4000,
    minTempC: null,
    maxTempC: null,
    hours: 36,
    base: 35,
    perDay: 6,
  },
};
const GOODS = [
  { weightG: 500, lengthMm: 200, minTempC: null, maxTempC: null },
  { weightG: 9000, lengthMm: 800, minTempC: null, maxTempC: null },
  { weightG: 700, lengthMm: 200, minTempC: 2, maxTempC: 7 },
  { weightG: 28_000, lengthMm: 1400, minTempC: null, maxTempC: null },
];

function world(): GivenRecord[] {
  const records = [lane(), ...GOODS.map((goods, index) => sku(`g${index}`, goods))];
  for (const [carrierId, { hours, base, ...limits }] of Object.entries(SERVICES)) {
    const { mode, maxWeightG, maxLengthMm, minTempC, maxTempC } = limits;
    records.push(
      service(carrierId, { mode, maxWeightG, maxLengthMm, minTempC, maxTempC }, hours),
      tariff(carrierId, base, 0.3),
    );
    for (let day = 2; day <= 20; day += 1) {
      const date = `2026-03-${String(day).padStart(2, '0')}`;
      records.push(capacity(carrierId, limits.perDay, { day: date, unit: 'parcel' }));
    }
  }
  return records;
}

/** Three days of orders, with changes, cancellations, storms and carriers that fail and recover. */
function scenario(seed: number): GivenRecord[] {
  const random = seeded(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const records: GivenRecord[] = [];
  for (let i = 0; i < 160; i += 1) {
    const orderId = `o${i}`;
    const at = T + Math.floor(random() * 72 * HOUR);
    const good = Math.floor(random() * GOODS.length);
    const quantity = good === 3 ? 1 : 1 + Math.floor(random() * 5);
    const lines = [{ lineId: '1', skuId: `g${good}`, quantity, uom: 'each' }];
    const order = orderPlaced({
      orderId,
      occurredAt: at,
      lines,
      promisedAt: at + Math.floor((12 + random() * 120) * HOUR),
    });
    const where = {
      transport: good === 3 ? 'bulky' : 'parcel',
      urgency: random() < 0.2 ? 'at-risk' : 'normal',
      climate: good === 2 ? 'chilled' : 'ambient',
    };
    const placed = segments(orderId, at, where, random() < 0.1 ? 'initial' : 'live');
    records.push(...(random() < 0.3 ? [...placed, order] : [order, ...placed]));
    if (random() < 0.2) {
      const urgency = {
        entityType: 'order',
        entityId: orderId,
        dimension: 'urgency',
        to: pick(['late', 'same-day', 'normal']),
      };
      records.push(segmentChanged({ ...urgency, sequence: 2, occurredAt: at + Math.floor(random() * 20 * HOUR) }));
    }
    if (random() < 0.1) {
      const occurredAt = at + Math.floor(random() * 10 * HOUR);
      records.push(fact('detent.orders.OrderCancelled', { eventId: 'c', occurredAt, orderId }, orderId));
    }
  }
  for (let i = 1; i <= 8; i += 1) {
    const at = T + i * 9 * HOUR;
    records.push(stands('carrier', 'ant', i % 2 === 1 ? 'unreliable' : 'reliable', at, i));
    records.push(stands('carrier', 'elk', i % 2 === 0 ? 'failing' : 'reliable', at, i));
    records.push(stands('lane', 'de', i % 3 === 0 ? 'congested' : 'clear', at, i));
  }
  return [...world(), ...records.sort((a, b) => a.value.occurredAt - b.value.occurredAt)];
}

function run(records: readonly GivenRecord[], options: HarnessOptions = {}): DecisionHarness {
  const orderDimensions = ['transport', 'urgency', 'care', 'climate'];
  const setup = { actions: 'live' as const, model: modelOf({ order: orderDimensions }) };
  const harness = new DecisionHarness(() => createRoutingProcessor(setup), options);
  harness.feed(...records);
  harness.advance(T + 10 * 24 * HOUR);
  return harness;
}

/** Orders of an action that names a carrier. */
const ordersOf = (action: Action) =>
  action.type === 'consolidate' ? action.tasks!.map(({ orderId }) => orderId!) : [action.target.entityId];

describe.each([21, 22, 23, 24])('random days, seed %i', (seed) => {
  const records = scenario(seed);
  const harness = run(records);
  const orders = new Map(
    records
      .filter(({ name }) => name.endsWith('OrderPlaced'))
      .map(({ key, value }) => [key, value as unknown as OrderPlaced]),
  );
  const sent = harness.actions.filter(({ type }) => type === 'assign-carrier' || type === 'consolidate');

  it('breaks no hard constraint', () => {
    expect(new Set(sent.map(({ details }) => details['carrierId'])).size).toBeGreaterThanOrEqual(4);
    for (const action of sent) {
      const limits = SERVICES[action.details['carrierId'] as string]!;
      for (const orderId of ordersOf(action)) {
        const { lines, promisedAt } = orders.get(orderId)!;
        const goods = GOODS[Number(lines[0]!.skuId.slice(1))]!;
        expect(goods.weightG).toBeLessThanOrEqual(limits.maxWeightG);
        expect(goods.lengthMm).toBeLessThanOrEqual(limits.maxLengthMm);
        if (goods.maxTempC !== null) {
          expect(limits.minTempC).toBeGreaterThanOrEqual(goods.minTempC);
          expect(limits.maxTempC).toBeLessThanOrEqual(goods.maxTempC);
        }
        expect(action.details['arriveAt']).toBeLessThanOrEqual(promisedAt);
      }
      const { departAt, arriveAt, handoverBy } = action.details as Record<string, number>;
      expect(arriveAt! - departAt!).toBeGreaterThanOrEqual(limits.hours * HOUR);
      expect(handoverBy).toBeGreaterThan(action.createdAt);
      expect(action.validUntil).toBe(handoverBy);
    }
  });

  it('gives no service more in a day than it can take', () => {
    // What an order holds now: its last assignment, unless it was cancelled.
    const cancelledAt = new Map(
      records.filter(({ name }) => name.endsWith('Cancelled')).map(({ key, value }) => [key, value.occurredAt]),
    );
    const holds = new Map<string, { day: string; amount: number }>();
    for (const action of sent) {
      for (const [orderId, at] of cancelledAt) if (at < action.createdAt) holds.delete(orderId);
      const members = ordersOf(action);
      const pieces = action.type === 'consolidate' ? 1 : Number(action.details['pieces']);
      const day = `${action.details['carrierId']} ${new Date(Number(action.details['departAt'])).toISOString().slice(0, 10)}`;
      for (const orderId of members) holds.set(orderId, { day, amount: pieces / members.length });
      const used = [...holds.values()].filter((held) => held.day === day).reduce((sum, { amount }) => sum + amount, 0);
      expect(used).toBeLessThanOrEqual(SERVICES[day.split(' ')[0]!]!.perDay + 1e-6);
    }
  });

  it('loses no order: each that may be routed is assigned or escalated', () => {
    const decided = new Set([...sent.flatMap(ordersOf), ...harness.actions.map(({ target }) => target.entityId)]);
    const cancelled = new Set(records.filter(({ name }) => name.endsWith('Cancelled')).map(({ key }) => key));
    const commanded = new Set(
      records.filter(({ value }) => (value as unknown as SegmentChanged).origin === 'live').map(({ key }) => key),
    );
    let escalated = 0;
    for (const orderId of orders.keys()) {
      if (!commanded.has(orderId)) expect([orderId, decided.has(orderId)]).toEqual([orderId, false]);
      else if (!cancelled.has(orderId)) expect([orderId, decided.has(orderId)]).toEqual([orderId, true]);
    }
    for (const { type } of harness.actions) if (type === 'escalate') escalated += 1;
    expect(escalated).toBeGreaterThan(0);
    expect(escalated).toBeLessThan(80);
  });

  it('never has two assignments of an order in force, and names a change that may command', () => {
    const changes = new Map(
      records
        .filter(({ name }) => name.endsWith('SegmentChanged'))
        .map(({ value }) => [(value as unknown as SegmentChanged).changeId, value as unknown as SegmentChanged]),
    );
    const inForce = new Map<string, string>();
    for (const action of harness.actions) {
      const change = changes.get(action.changeId)!;
      expect(change.origin).toBe('live');
      expect(action.segment).toEqual({ dimension: change.dimension, segment: change.to });
      if (action.type === 'withdraw') {
        expect(inForce.get(action.target.entityId)).toBe(action.details['actionId']);
        inForce.delete(action.target.entityId);
        continue;
      }
      for (const orderId of action.type === 'escalate' ? [action.target.entityId] : ordersOf(action)) {
        const before = inForce.get(orderId);
        if (before !== undefined) expect([orderId, action.supersedes]).toEqual([orderId, before]);
        inForce.set(orderId, action.actionId);
      }
    }
    const ids = harness.actions.map(({ actionId }) => actionId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(harness.outcomes.get('reassigned')).toBeGreaterThan(0);
  });

  it('nothing is kept of orders, groups and days of capacity once their time is over', () => {
    const later = run(records);
    const passing = () => later.snapshot().filter(([key]) => /^(order|group|capacity):/.test(key));
    expect(passing()).not.toEqual([]);
    later.advance(T + 400 * 24 * HOUR);
    expect(passing()).toEqual([]);
  });

  it('decides the same in batches of any size and after restarts', () => {
    for (const options of [{ batch: 64 }, { batch: 25, restartEachBatch: true }, { batch: 5000 }]) {
      const other = run(records, options);
      expect(other.actions).toEqual(harness.actions);
      expect(other.snapshot()).toEqual(harness.snapshot());
    }
  });
});
