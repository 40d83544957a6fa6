import { compileModel, loadModel, type Observation } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { observed, run } from './testing/driver.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const ORDERS = 10_000;

const MODEL = `
model: chain
version: 1
entities:
  order:
    transient: true
    retention: 1h
    links: { lines: { type: sku, values: { quantity: number } } }
    attributes:
      fragileUnits: { over: lines, sum: line.quantity, where: sku.fragility >= 0.6 }
      inSeason: { over: lines, any: sku.demand >= 2 }
    dimensions:
      handling: { segments: { fragile: { when: fragileUnits >= 1 }, standard: {} } }
      season: { segments: { high: { when: inSeason }, low: {} } }
  sku:
    links: { category: category }
    attributes:
      fragility: { latest: fragility }
      demand: { from: category.demand }
  category:
    attributes:
      demand: { latest: demandIndex }
`;
const engine = compileModel(loadModel(MODEL, 'chain.yaml'));

const one = (relation: string, entityType: string, entityId: string, values = {}): Observation['links'][number] => ({
  relation,
  targets: [{ entityType, entityId, values }],
});
const sku = (observedAt: number, fragility: number) =>
  observed({
    entityType: 'sku',
    entityId: 'vase',
    observedAt,
    values: { fragility },
    links: [one('category', 'category', 'gifts')],
  });
const category = (observedAt: number, demandIndex: number) =>
  observed({ entityType: 'category', entityId: 'gifts', observedAt, values: { demandIndex } });
const orders = (observedAt: number, of: Partial<Observation>) =>
  Array.from({ length: ORDERS }, (_, i) =>
    observed({ entityType: 'order', entityId: `o${i}`, observedAt: observedAt + i, ...of }),
  );

describe.each([1, 4])('ten thousand open orders of one SKU, on %d partition(s)', (partitions) => {
  const placed = [
    category(T0, 1),
    sku(T0 + 1, 0.1),
    ...orders(T0 + HOUR, { links: [one('lines', 'sku', 'vase', { quantity: 1 })] }),
  ];
  const options = { partitions, batch: 2000 };
  const open = run(engine, placed, options);
  const go = (log: Omit<Observation, 'source'>[]) =>
    run(engine, log, { ...options, stored: open.stored, offset: placed.length });

  it('all follow it when it changes, once each, and it is found out in few reads', () => {
    const { changes, asked } = go([sku(T0 + 2 * HOUR, 0.9)]);
    expect(changes).toHaveLength(ORDERS);
    expect(new Set(changes.map(({ entityId }) => entityId)).size).toBe(ORDERS);
    expect(changes[0]).toMatchObject({
      from: 'standard',
      to: 'fragile',
      origin: 'reference',
      occurredAt: T0 + 2 * HOUR,
    });
    // The states of all orders and buckets, a few times over: not one by one.
    expect(asked).toBeLessThan(100);
  });

  it('all follow what the SKU itself reads of another', () => {
    const { changes, asked } = go([category(T0 + 2 * HOUR, 3), category(T0 + 3 * HOUR, 1)]);
    const of = (entityId: string) => changes.filter((change) => change.entityId === entityId).map(({ to }) => to);
    expect(changes).toHaveLength(2 * ORDERS);
    for (const order of ['o0', 'o9999']) expect(of(order)).toEqual(['high', 'low']);
    expect(asked).toBeLessThan(100);
  });

  it('leave nothing behind when they end, nor does what they refer to', () => {
    // Time passes for every task.
    const ticks = Array.from({ length: 40 }, (_, i) => ({
      ...sku(T0 + 9 * HOUR + 2, 0),
      entityId: `other${i}`,
      links: [],
    }));
    const over = orders(T0 + 2 * HOUR, { ended: true });
    const { stored, changes } = go([...over, sku(T0 + 9 * HOUR, 0.9), category(T0 + 9 * HOUR + 1, 5), ...ticks]);
    const left = [...stored.keys()].map((key) => key.slice(key.indexOf('/') + 1));
    expect(left.filter((key) => key.startsWith('order:') || key.startsWith('~ref:sku'))).toEqual([]);
    expect(changes.filter(({ occurredAt }) => occurredAt >= T0 + 9 * HOUR)).toEqual([]);
    // The SKU still refers to its category.
    expect(left.filter((key) => key.startsWith('~ref:category:gifts'))).toHaveLength(1);
  });
});
