import type { Action } from '@detent/schemas';
import { DecisionHarness, fact, ledgerWorld, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';

const T = Date.UTC(2026, 2, 2, 9);
const HOUR = 3_600_000;
const dimensions = ['handling', 'climate', 'urgency'];
const order = (orderId: string, shipBy: number | null = null) => [
  orderPlaced({ orderId, shipBy, occurredAt: T, lines: [{ lineId: '1', skuId: 'cup', quantity: 3, uom: 'each' }] }),
  ...Object.entries({ handling: 'standard', climate: 'ambient', urgency: 'normal' }).map(([dimension, to]) =>
    segmentChanged({ entityType: 'order', entityId: orderId, dimension, to, occurredAt: T }),
  ),
];

/** Two orders in one queue. */
function waiting() {
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: dimensions }) }),
  );
  const zone = { eventId: 'z', occurredAt: T, siteId: 'site-1', zoneId: 'z', kind: 'packing', capacityPerHour: 60 };
  const zones = fact('detent.sites.ZoneDescribed', { ...zone, capabilities: [] });
  return { run, queued: run.feed(zones, ...order('o1'), ...order('o2')) };
}

/** Two orders in one released batch. */
function released() {
  const { run } = waiting();
  const [batch] = run.advance(T + 3 * HOUR).filter(({ type }) => type === 'release-batch');
  return { run, batch: batch! };
}

const status = ({ actionId }: Action, kind: 'done' | 'failed' | 'rejected', at: number) =>
  ledgerWorld.statusOf(actionId, kind, at, { reason: 'the aisle is closed' });
const unitsOf = (action: Action | undefined) =>
  Object.fromEntries(action!.tasks!.map(({ orderId, quantity }) => [orderId, quantity]));

describe('a batch that is not picked', () => {
  it.each(['failed', 'rejected'] as const)('%s: gives its orders back, and they come in a later batch', (kind) => {
    const { run, batch } = released();
    const at = batch.createdAt + 10 * 60_000;
    const queued = run.feed(status(batch, kind, at));
    expect(queued.map(({ type, target }) => [type, target.entityId])).toEqual([
      ['enqueue', 'o1'],
      ['enqueue', 'o2'],
    ]);
    // Not at once: who rejected it is not handed the same thing a minute later.
    expect(run.advance(at + HOUR)).toEqual([]);
    const [again] = run.advance(at + 3 * HOUR).filter(({ type }) => type === 'release-batch');
    expect(unitsOf(again)).toEqual({ o1: 3, o2: 3 });
  });

  it('gives back no order that was cancelled meanwhile', () => {
    const { run, batch } = released();
    const at = batch.createdAt + 60_000;
    const told = run.feed(fact('detent.orders.OrderCancelled', { eventId: 'c', occurredAt: at, orderId: 'o1' }, 'o1'));
    const left = told.find(({ supersedes }) => supersedes === batch.actionId)!;
    const queued = run.feed(status(left, 'failed', at + 1));
    expect(queued.map(({ target }) => target.entityId)).toEqual(['o2']);
  });

  it('is left to those who began it, though one of its orders ends its time early; what is left goes back later', () => {
    const { run } = waiting();
    run.feed(...order('o3', T + 4 * HOUR));
    const [batch] = run.advance(T + 3 * HOUR).filter(({ type }) => type === 'release-batch');
    expect(batch!.validUntil).toBe(T + 4 * HOUR);
    run.feed(ledgerWorld.statusOf(batch!.actionId, 'accepted', batch!.createdAt + 60_000, {}));
    const queued = (at: number) => run.advance(at).filter(({ type }) => type === 'enqueue');
    expect(queued(batch!.createdAt + 5 * HOUR - 1)).toEqual([]);
    run.restart();
    const back = queued(batch!.createdAt + 5 * HOUR + 1).map(({ target }) => target.entityId);
    expect(back.sort()).toEqual(['o1', 'o2', 'o3']);
  });

  it('keeps its orders when it is done', () => {
    const { run, batch } = released();
    expect(run.feed(status(batch, 'done', batch.createdAt + 60_000))).toEqual([]);
    expect(run.advance(T + 20 * HOUR)).toEqual([]);
  });
});

it('an order that leaves its queue has its enqueue taken back; one that was released has it done', () => {
  const { run } = released();
  const [enqueued] = run.actions;
  const done = run.snapshot().find(([key]) => key === `~action:${enqueued!.actionId}`);
  expect(JSON.parse(done![1])).toMatchObject({ value: { state: 'done' } });

  const { run: other, queued } = waiting();
  const cancelled = fact('detent.orders.OrderCancelled', { eventId: 'c', occurredAt: T + 1, orderId: 'o1' }, 'o1');
  expect(other.feed(cancelled)).toMatchObject([
    { type: 'withdraw', details: { actionId: queued[0]!.actionId, undo: 'dequeue' } },
  ]);
});
