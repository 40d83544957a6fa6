import { DecisionHarness, fact, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { HOUR, lot, MINUTE, stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { defaultPickingConfig } from '../config.ts';
import { createPickingProcessor } from '../process.ts';

const lies = (locationId: string, lotId: string, onHand: number, at = T) => stock(locationId, onHand, at, { lotId });

function order(orderId: string, quantity: number, promisedIn: number, at = T, urgency = 'late') {
  const lines = [{ lineId: '1', skuId: 'sku-1', quantity, uom: 'each' }];
  return [
    orderPlaced({ orderId, occurredAt: at, lines, promisedAt: T + promisedIn * HOUR, customerId: 'c1' }),
    segmentChanged({ entityType: 'order', entityId: orderId, dimension: 'urgency', to: urgency, occurredAt: at }),
  ];
}

function picking() {
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }) }),
  );
  run.feed(zone('z', []));
  return run;
}

/** What the batches released until now fetch, by order: units, lot and location. */
function fetched(run: DecisionHarness, at: number) {
  const tasks = run
    .advance(at)
    .filter(({ type }) => type === 'release-batch')
    .flatMap((action) => action.tasks!);
  return tasks.map(({ orderId, quantity, lotId, fromLocationId }) => [orderId, quantity, lotId, fromLocationId]);
}

describe('the stock that a task takes', () => {
  it('is of the lot that expires first, though more lies elsewhere, and the task names it', () => {
    const run = picking();
    run.feed(lot('old', 200), lot('new', 900), lot('ever', null));
    run.feed(lies('A', 'new', 500), lies('B', 'old', 3), lies('C', 'ever', 900), lies('D', 'new', 1));
    run.feed(...order('o1', 5, 24));
    expect(fetched(run, T + 5 * MINUTE)).toEqual([
      ['o1', 3, 'old', 'B'],
      ['o1', 2, 'new', 'A'],
    ]);
  });

  it('is of several lots at one location in their order, and none is promised twice, after a restart neither', () => {
    const run = picking();
    run.feed(lot('old', 200), lot('new', 900), lies('A', 'new', 10), lies('A', 'old', 4));
    run.feed(...order('o1', 3, 24));
    expect(fetched(run, T + 5 * MINUTE)).toEqual([['o1', 3, 'old', 'A']]);
    run.restart();
    run.feed(...order('o2', 3, 24, T + HOUR));
    expect(fetched(run, T + HOUR + 5 * MINUTE)).toEqual([
      ['o2', 1, 'old', 'A'],
      ['o2', 2, 'new', 'A'],
    ]);
    // What is picked of a lot fulfils what was promised of it.
    run.feed(stock('A', null, T + 2 * HOUR, { lotId: 'old', delta: -4, reason: 'pick' }));
    run.feed(...order('o3', 8, 24, T + 2 * HOUR));
    expect(fetched(run, T + 2 * HOUR + 5 * MINUTE)).toEqual([['o3', 8, 'new', 'A']]);
  });

  it('is good until the promise, and for as long after as the customer asks; else the order waits, and people are told why', () => {
    const run = picking();
    run.feed(lot('expired', -1), lot('short', 20), lot('fair', 60), lot('long', 900));
    run.feed(lies('A', 'expired', 50), lies('B', 'short', 50), lies('C', 'fair', 2), lies('D', 'long', 2));
    run.feed(...order('o1', 1, 24), ...order('o2', 1, 10));
    expect(fetched(run, T + 5 * MINUTE)).toEqual(
      expect.arrayContaining([
        ['o1', 1, 'fair', 'C'],
        ['o2', 1, 'short', 'B'],
      ]),
    );
    const asks = { eventId: 'c', occurredAt: T, customerId: 'c1', tier: 'gold', lifetimeValue: null };
    run.feed(
      fact('detent.customers.CustomerProfiled', {
        ...{ ...asks, currency: null, returnRate: null, minRemainingLifeHours: 100 },
      }),
    );
    run.restart();
    run.feed(...order('o3', 1, 24, T + HOUR));
    expect(fetched(run, T + HOUR + 5 * MINUTE)).toEqual([['o3', 1, 'long', 'D']]);
    run.feed(...order('o4', 2, 40, T + 2 * HOUR, 'normal'));
    const [told] = run.advance(T + 20 * HOUR).filter(({ type }) => type === 'report-short');
    expect(told).toMatchObject({
      because: expect.stringContaining('or are of lots that expire too soon for it'),
      details: { units: 1, unitsTooOld: 100 },
    });
    run.feed(fact('detent.customers.CustomerErased', { eventId: 'e', occurredAt: T + 21 * HOUR, customerId: 'c1' }));
    run.feed(...order('o5', 1, 30, T + 21 * HOUR));
    expect(fetched(run, T + 22 * HOUR)).toEqual([['o5', 1, 'fair', 'C']]);
  });

  it('is looked for anew when a lot is told to be good for longer', () => {
    const run = picking();
    run.feed(lot('short', 20), lies('A', 'short', 5), ...order('o1', 2, 48, T, 'normal'));
    expect(fetched(run, T + 3 * HOUR)).toEqual([]);
    run.restart();
    const released = run.feed(lot('short', 90, T + 4 * HOUR)).filter(({ type }) => type === 'release-batch');
    expect(released).toMatchObject([{ tasks: [{ orderId: 'o1', quantity: 2, lotId: 'short', fromLocationId: 'A' }] }]);
  });

  it('is another when the lot is blocked before anybody began, though as many units of others lie there', () => {
    const run = picking();
    run.feed(lot('old', 200), lot('new', 900), lies('A', 'old', 4), lies('A', 'new', 4), ...order('o1', 3, 24));
    expect(fetched(run, T + 5 * MINUTE)).toEqual([['o1', 3, 'old', 'A']]);
    const [again] = run.feed(
      stock('A', 4, T + HOUR, { lotId: 'old', status: 'quarantine', reason: 'adjustment' }),
      stock('A', 0, T + HOUR, { lotId: 'old', reason: 'adjustment' }),
    );
    expect(again).toMatchObject({
      because: 'lot old of sku-1 is not at A any more',
      tasks: [{ quantity: 3, lotId: 'new', fromLocationId: 'A' }],
    });
  });

  it('counts as all gone where too little of a lot was found, but not of the other lots there', () => {
    const run = picking();
    run.feed(lot('old', 200), lot('new', 900), lies('A', 'old', 4), lies('A', 'new', 4), ...order('o1', 3, 24));
    const [batch] = run.advance(T + 5 * MINUTE).filter(({ type }) => type === 'release-batch');
    const at = T + 10 * MINUTE;
    const [more] = run.feed(
      fact('detent.warehouse.TaskCompleted', {
        ...{ eventId: 't', occurredAt: at, zoneId: 'z', siteId: 'site-1', taskId: batch!.tasks![0]!.taskId },
        ...{ taskType: 'pick', errors: 1, orderId: 'o1', skuId: 'sku-1', locationId: 'A', actionId: batch!.actionId },
        ...{ workerId: null, startedAt: at, completedAt: at, quantity: 1 },
      }),
    );
    expect(more).toMatchObject({
      details: { trigger: 'found-empty' },
      tasks: [{ quantity: 2, lotId: 'new', fromLocationId: 'A' }],
    });
  });
});

it('an expired lot is known for as long as any of it lies somewhere', () => {
  const { retentionMs } = defaultPickingConfig;
  const run = picking();
  run.feed(lot('old', 1), lot('gone', 1), lies('A', 'old', 4));
  run.advance(T + 2 * retentionMs);
  const kept = () => run.snapshot().filter(([key]) => key.startsWith('lot:'));
  expect(kept().map(([key]) => key)).toEqual(['lot:old']);
  run.feed(lies('A', 'old', 0, T + 2 * retentionMs));
  run.advance(T + 4 * retentionMs);
  expect(kept()).toEqual([]);
});
