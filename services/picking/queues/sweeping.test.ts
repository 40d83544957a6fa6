import { DecisionHarness, type GivenRecord, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { defaultPickingConfig } from '../config.ts';
import { createPickingProcessor } from '../process.ts';

const COUNT = 3000;
const SECOND = 1000;

function picking(): DecisionHarness {
  const model = modelOf({ order: ['urgency'] });
  return new DecisionHarness(() => createPickingProcessor({ actions: 'live', model }));
}

function order(n: number): GivenRecord[] {
  const orderId = `o${String(n).padStart(5, '0')}`;
  const change = { entityType: 'order', entityId: orderId, dimension: 'urgency', to: 'normal', occurredAt: T };
  return [orderPlaced({ orderId, occurredAt: T }), segmentChanged(change)];
}
const orders = Array.from({ length: COUNT }, (_, n) => order(n)).flat();
const queued = (run: DecisionHarness) =>
  run.actions.filter(({ type }) => type === 'enqueue').map(({ target }) => target.entityId);

describe('thousands of orders that wait for one fact', () => {
  it('for the zones of their site: are queued a few a call, each once and none lost, also over a restart', () => {
    const run = picking();
    run.feed(...orders);
    expect(queued(run)).toEqual([]);
    const before = run.actions.length;
    run.feed(zone('z', []));
    const { sweepOrders } = defaultPickingConfig;
    expect(queued(run)).toHaveLength(sweepOrders);
    // What a queue releases beside it is bounded by its own pause.
    expect(run.actions.length - before).toBeLessThan(3 * sweepOrders);
    run.restart();
    run.advance(T + 0.1 * SECOND);
    expect(queued(run).length).toBeLessThan(7 * sweepOrders);
    run.restart();
    run.advance(T + 5 * SECOND);
    const all = queued(run);
    expect(new Set(all).size).toBe(COUNT);
    expect(all).toHaveLength(COUNT);
    expect(run.snapshot().filter(([key]) => key.startsWith('sweep:'))).toEqual([]);
  });

  it('for stock: are looked at once a delivery, though there is not enough for all', () => {
    const run = picking();
    run.feed(zone('z', []), stock('a', 1), stock('a', 0), ...orders);
    run.advance(T + 24 * 3600 * SECOND);
    const short = () => run.outcomes.get('waits-for-stock') ?? 0;
    expect(run.outcomes.get('batch-released')).toBeUndefined();
    const before = short();
    expect(before).toBeGreaterThanOrEqual(COUNT);
    const at = T + 24 * 3600 * SECOND;
    run.feed(stock('a', 40, at));
    expect(short() - before).toBeLessThan(10 * defaultPickingConfig.sweepOrders);
    run.advance(at + 60 * SECOND);
    const released = run.actions.filter(({ type }) => type === 'release-batch').flatMap(({ tasks }) => tasks!);
    expect(released.reduce((sum, { quantity }) => sum + quantity!, 0)).toBe(40);
    expect(run.snapshot().filter(([key]) => key.startsWith('sweep:'))).toEqual([]);
    expect(short() - before).toBeLessThan(2 * COUNT);
  });
});
