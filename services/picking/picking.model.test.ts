import type { Action, ActionTask, SegmentChanged } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  type HarnessOptions,
  modelOf,
  orderPlaced,
  seeded,
} from '@detent/testing/decisions';
import { changesOfOrders, MINUTE, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { defaultPickingConfig, type LaneKind } from './config.ts';
import { createPickingProcessor } from './process.ts';

const END = T + 400 * 24 * 3_600_000;

/** A day of orders at two sites: placed, changed, cancelled, re-segmented, with facts that come late and repeats. */
function scenario(seed: number): GivenRecord[] {
  const random = seeded(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const records: GivenRecord[] = [];
  const numbered = changesOfOrders();
  const change = (orderId: string, dimension: string, to: string | null, at: number): GivenRecord =>
    numbered(orderId, dimension, to, at, random() < 0.1 ? 'initial' : 'live');
  const segments = {
    handling: ['fragile-multi', 'standard'],
    climate: ['ambient', 'ambient', 'chilled', 'frozen'],
    urgency: ['late', 'at-risk', 'same-day', 'normal', 'normal'],
  };
  for (const [index, capabilities] of [['cushion'], ['slowConveyor'], ['chilled']].entries()) {
    for (const siteId of ['site-1', 'site-2']) {
      if (siteId === 'site-2' && index === 0) continue;
      const at = T + Math.floor(random() * 60 * MINUTE);
      records.push(zone(`${siteId}-z${index}`, capabilities, { siteId, capacityPerHour: 50, occurredAt: at }));
    }
  }
  for (let i = 0; i < 150; i += 1) {
    const orderId = `o${i}`;
    let at = T + Math.floor(random() * 600) * MINUTE;
    const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, line) => ({
      ...{ lineId: String(line + 1), skuId: pick(['a', 'b', 'c']), uom: 'each' },
      quantity: random() < 0.03 ? 90 : 1 + Math.floor(random() * 12),
    }));
    const placed = { orderId, lines, siteId: pick(['site-1', 'site-2']), occurredAt: at };
    const promisedAt = at + Math.floor(random() * 48 * 60) * MINUTE;
    const order = orderPlaced({ ...placed, promisedAt });
    const changes = Object.entries(segments).map(([dimension, to]) => change(orderId, dimension, pick(to), at));
    records.push(...(random() < 0.2 ? [...changes, order] : [order, ...changes]));
    for (let more = Math.floor(random() * 3); more > 0; more -= 1) {
      at += Math.floor(random() * 90) * MINUTE;
      const [dimension, to] = pick(Object.entries(segments));
      const moved = change(orderId, dimension, pick(to), at);
      records.push(moved);
      if (random() < 0.2) records.push(moved);
    }
    if (random() < 0.15) {
      at += Math.floor(random() * 60) * MINUTE;
      records.push(fact('detent.orders.OrderCancelled', { eventId: orderId, occurredAt: at, orderId }, orderId));
    }
  }
  return records
    .map((record, index) => ({ record, index }))
    .sort((a, b) => a.record.value.occurredAt - b.record.value.occurredAt || a.index - b.index)
    .map(({ record }) => record);
}

function run(records: GivenRecord[], options: HarnessOptions = {}): DecisionHarness {
  const setup = {
    actions: 'live' as const,
    model: modelOf({ order: ['handling', 'climate', 'urgency'] }),
  };
  const harness = new DecisionHarness(() => createPickingProcessor(setup), options);
  harness.feed(...records);
  harness.advance(END - 380 * 24 * 3_600_000);
  return harness;
}

const batches = (actions: readonly Action[]) => actions.filter(({ type }) => type === 'release-batch');

/** Batches as they stand in the end: without those that were replaced or withdrawn. */
function inForce(actions: readonly Action[]): Action[] {
  const last = new Map<unknown, Action>();
  for (const action of actions) {
    const { batchId } = action.details;
    if (action.type === 'release-batch') last.set(batchId, action);
    else if (action.type === 'withdraw') last.delete(batchId);
  }
  return [...last.values()];
}

describe.each([1, 2, 3, 4])('random days, seed %i', (seed) => {
  const records = scenario(seed);
  const harness = run(records);

  it('no batch exceeds its bounds', () => {
    expect(batches(harness.actions).length).toBeGreaterThan(5);
    for (const { details, tasks } of batches(harness.actions)) {
      // Each order takes its share of what its own lane allows.
      const rulesOf = ({ lane }: ActionTask) => defaultPickingConfig.lanes[lane as LaneKind];
      const share = tasks!.reduce((sum, task) => sum + task.quantity! / rulesOf(task).maxUnits, 0);
      expect(share).toBeLessThanOrEqual(1 + 1e-9);
      expect(tasks!.reduce((sum, { quantity }) => sum + quantity!, 0)).toBe(details['units']);
      const orders = [...new Map(tasks!.map((task) => [task.orderId, task])).values()];
      expect(orders.reduce((sum, task) => sum + 1 / rulesOf(task).maxOrders, 0)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('an order that fits into a batch is not spread over two', () => {
    const parts = new Map<string, { units: number; batches: number; bound: number }>();
    for (const { tasks } of inForce(harness.actions)) {
      for (const orderId of new Set(tasks!.map((task) => task.orderId!))) {
        const { lane } = tasks!.find((task) => task.orderId === orderId)!;
        const bound = defaultPickingConfig.lanes[lane as LaneKind].maxUnits;
        const part = parts.get(orderId) ?? { units: 0, batches: 0, bound };
        for (const task of tasks!) if (task.orderId === orderId) part.units += task.quantity!;
        part.batches += 1;
        parts.set(orderId, part);
      }
    }
    for (const { units, batches: count, bound } of parts.values()) expect(count > 1).toBe(units > bound);
  });

  it('every order that may be picked is picked once and whole; the others not at all', () => {
    const picked = new Map<string, number>();
    const cancelled = new Map<string, number>();
    const commanded = new Set<string>();
    for (const { name, value, key } of records) {
      if (name.endsWith('OrderCancelled')) cancelled.set(key, value.occurredAt);
      if (name.endsWith('SegmentChanged') && (value as SegmentChanged).origin === 'live') commanded.add(key);
    }
    for (const { tasks, validUntil } of inForce(harness.actions)) {
      for (const { orderId, quantity } of tasks!) {
        // What could not be begun any more when the order was cancelled is not taken back.
        if (validUntil <= (cancelled.get(orderId!) ?? 0)) continue;
        picked.set(orderId!, (picked.get(orderId!) ?? 0) + quantity!);
      }
    }
    let whole = 0;
    for (const { name, value, key } of records) {
      if (!name.endsWith('OrderPlaced')) continue;
      const units = (value as unknown as { lines: { quantity: number }[] }).lines.reduce(
        (sum, line) => sum + line.quantity,
        0,
      );
      if (!cancelled.has(key)) expect([key, picked.get(key) ?? 0]).toEqual([key, commanded.has(key) ? units : 0]);
      else expect([key, picked.get(key)]).toEqual([key, undefined]);
      if (picked.has(key)) whole += 1;
    }
    expect(whole).toBeGreaterThan(100);
  });

  it('every action names a change that may command, and its segment', () => {
    const changes = new Map(
      records
        .filter(({ name }) => name.endsWith('SegmentChanged'))
        .map(({ value }) => [(value as SegmentChanged).changeId, value as SegmentChanged]),
    );
    for (const { changeId, segment } of harness.actions) {
      const change = changes.get(changeId)!;
      expect(change.origin).toBe('live');
      expect(segment).toEqual({ dimension: change.dimension, segment: change.to });
    }
    const ids = harness.actions.map(({ actionId }) => actionId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('nothing is kept of an order once its retention is over', () => {
    const later = run(records);
    const orders = () => later.snapshot().filter(([key]) => key.startsWith('order:'));
    expect(orders()).not.toEqual([]);
    later.advance(END + 60 * 24 * 3_600_000);
    expect(orders()).toEqual([]);
    for (const [key, kept] of later.snapshot()) if (key.startsWith('queue:')) expect(JSON.parse(kept).dueAt).toBeNull();
  });

  it('decides the same in batches of any size and after restarts', () => {
    for (const options of [{ batch: 50 }, { batch: 7, restartEachBatch: true }, { batch: 5000 }]) {
      const other = run(records, options);
      expect(other.actions).toEqual(harness.actions);
      expect(other.snapshot()).toEqual(harness.snapshot());
    }
  });
});
