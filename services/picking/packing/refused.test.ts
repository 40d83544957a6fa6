import type { Action } from '@detent/schemas';
import { DecisionHarness, fact, ledgerWorld, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { HOUR, MINUTE, sku, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';

/** An order of one article, queued; after `released` hours what was commanded last. */
function ordered(of: Parameters<typeof sku>[1] = {}) {
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }) }),
  );
  const lines = [{ lineId: '1', skuId: 'a', quantity: 1, uom: 'each' }];
  run.feed(zone('z', []), sku('a', of), orderPlaced({ orderId: 'o1', occurredAt: T, lines }));
  run.feed(segmentChanged({ entityType: 'order', entityId: 'o1', dimension: 'urgency', to: 'normal', occurredAt: T }));
  return run;
}

function packed(of: Parameters<typeof sku>[1] = {}) {
  const run = ordered(of);
  const [pack] = run.advance(T + 3 * HOUR).filter(({ type }) => type === 'pack');
  run.restart();
  return { run, pack: pack! };
}

const refuse = (
  run: DecisionHarness,
  { actionId }: Action,
  reason: string | null,
  kind: 'failed' | 'rejected' = 'failed',
) => run.feed(ledgerWorld.statusOf(actionId, kind, T + 3 * HOUR + MINUTE, { reason }));
const typesOf = ({ cartons }: Action) => cartons!.map(({ typeId }) => typeId);
const cancelled = fact(
  'detent.orders.OrderCancelled',
  { eventId: 'c', occurredAt: T + 4 * HOUR, orderId: 'o1', siteId: null, reason: null },
  'o1',
);

describe('a pack that is refused', () => {
  it.each(['no carton of this size left', 'XS is out of stock'])('%s: is told anew without that carton', (reason) => {
    const { run, pack } = packed();
    expect(typesOf(pack)).toEqual(['XS']);
    const [again, ...more] = refuse(run, pack, reason);
    expect(more).toEqual([]);
    expect(again).toMatchObject({
      ...{ type: 'pack', supersedes: pack.actionId, details: { ranOut: 'XS' } },
      because: expect.stringContaining('XS had run out'),
    });
    expect(typesOf(again!)).toEqual(['S']);
    const [third] = refuse(run, again!, 'no cartons');
    expect(typesOf(third!)).toEqual(['M']);
    // Who speaks of one that was replaced changes nothing.
    expect(refuse(run, pack, 'XS again')).toEqual([]);
  });

  it('for want of the last carton that holds the goods: goes as it is, and when that fails too people are called', () => {
    const { run, pack } = packed({ lengthMm: 590, widthMm: 390, heightMm: 350 });
    expect(typesOf(pack)).toEqual(['3XL']);
    const [again] = refuse(run, pack, 'no carton left');
    expect(typesOf(again!)).toEqual(['own-packaging']);
    const [call, ...more] = refuse(run, again!, 'no carton left');
    expect(more).toEqual([]);
    expect(call).toMatchObject({ type: 'escalate', target: { entityType: 'order', entityId: 'o1' } });
  });

  it('where the others keep the goods for hand-over alone: people are called, for the carrier was chosen without', () => {
    // Beside coolant for 46 hours only the largest has room.
    const { run, pack } = packed({ lengthMm: 340, widthMm: 240, heightMm: 230, weightG: 12_000, maxTempC: 20 });
    expect(pack.details['needsControlledService']).toBe(false);
    const calls: Action[] = [];
    for (let last = pack; calls.length === 0; ) {
      const [next] = refuse(run, last, 'no carton of this size left');
      if (next!.type === 'escalate') calls.push(next!);
      else expect(next!.details['needsControlledService']).toBe(false);
      last = next!;
    }
    expect(calls[0]!.because).toContain('it needs a service of its temperature, and its carrier was chosen without');
  });

  it('for another reason: people are called with it, once, and no more once the order has ended', () => {
    const { run, pack } = packed();
    const [call, ...more] = refuse(run, pack, 'goods look damaged', 'rejected');
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      type: 'escalate',
      because: 'pack of order o1 was rejected: goods look damaged; somebody must decide what becomes of it',
      details: { actionId: pack.actionId, why: 'pack-not-done', reason: 'goods look damaged', status: 'rejected' },
      sop: 'docs/sops/unanswered-action.md',
    });
    run.restart();
    const ended = run.feed(cancelled);
    expect(ended).toContainEqual(
      expect.objectContaining({
        type: 'withdraw',
        details: expect.objectContaining({ actionId: call!.actionId, type: 'escalate' }),
      }),
    );
  });
});

it('an enqueue that is rejected calls people; the order keeps its place, and its batch goes in its time', () => {
  const run = ordered();
  const [enqueued] = run.actions;
  const told = run.feed(ledgerWorld.statusOf(enqueued!.actionId, 'rejected', T + MINUTE, { reason: null }));
  expect(told).toMatchObject([
    {
      type: 'escalate',
      because: expect.stringContaining('was rejected: no reason was given; it keeps its place'),
      details: { actionId: enqueued!.actionId, why: 'enqueue-not-done' },
    },
  ]);
  const later = run.advance(T + 3 * HOUR).map(({ type, details }) => [type, details['type']]);
  expect(later).toEqual([
    ['release-batch', undefined],
    ['withdraw', 'escalate'],
    ['pack', undefined],
  ]);
});
