import { DecisionHarness, type GivenRecord, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { changesOfLots, HOUR, lot, MINUTE, sku, stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';
import { Lots } from './lots.ts';

const playbookFor = (memberships: Readonly<Record<string, string>>) =>
  memberships['lot.quality'] === 'recalled' ? { name: 'recalled', sop: '', do: { picking: false } } : undefined;

function picking(...given: GivenRecord[]) {
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }, playbookFor) }),
  );
  run.feed(zone('z', []), ...given);
  return run;
}

const lies = (locationId: string, lotId: string, onHand: number, at = T) => stock(locationId, onHand, at, { lotId });

function order(orderId: string, quantity: number, at = T, promisedIn = 24, urgency = 'late') {
  const lines = [{ lineId: '1', skuId: 'sku-1', quantity, uom: 'each' }];
  return [
    orderPlaced({ orderId, occurredAt: at, lines, promisedAt: T + promisedIn * HOUR }),
    segmentChanged({ entityType: 'order', entityId: orderId, dimension: 'urgency', to: urgency, occurredAt: at }),
  ];
}

/** What an order placed then takes, with the batch that does so. */
function taken(run: DecisionHarness, quantity: number, at: number, orderId = `o-${at}`) {
  const told = [...run.feed(...order(orderId, quantity, at)), ...run.advance(at + 5 * MINUTE)];
  const batch = told.find(({ type }) => type === 'release-batch');
  return { batch, lots: batch?.tasks?.map(({ lotId, quantity: units }) => [lotId, units]) };
}

/** `warm` has 200 hours by its date, `early` 150, in one place. */
const world = () => [lot('warm', 200), lot('early', 150), lies('A', 'warm', 9), lies('A', 'early', 9)];

describe('a lot that was warm', () => {
  it('goes before one of an earlier date that stayed cold, and the task says why, with numbers', () => {
    const run = picking(...world());
    run.feed(changesOfLots()('warm', 'short', T + HOUR, { hoursLost: 80 }));
    run.restart();
    const { batch, lots } = taken(run, 12, T + 2 * HOUR);
    expect(lots).toEqual([
      ['warm', 9],
      ['early', 3],
    ]);
    expect(batch!.tasks!.map(({ because }) => because)).toEqual([
      'good until 2026-03-07T09:00Z: expires 2026-03-10T17:00Z, and warmth has cost 80 h of its life',
      'expires 2026-03-08T15:00Z',
    ]);
    expect(batch!.alternatives).toContainEqual({
      what: 'lot early, whose date is earlier, before lot warm',
      rejectedBecause: expect.stringMatching(
        /^lot early is good for 30 h longer: lot warm is good until 2026-03-07T09:00Z/,
      ),
      value: 30,
      unit: 'h',
    });
  });

  it('counts by the share of life that it has left, where the article tells how long it keeps', () => {
    const run = picking(sku('sku-1', { shelfLifeHours: 400 }), ...world());
    run.restart();
    // 199 hours by the date, 120 by what it has been through.
    run.feed(changesOfLots()('warm', 'short', T + HOUR, { lifeLeft: 0.3 }));
    expect(taken(run, 1, T + 2 * HOUR).lots).toEqual([['warm', 1]]);
  });

  it('goes by its date where nothing is known of its life', () => {
    const change = changesOfLots();
    const run = picking(...world());
    run.feed(change('warm', 'short', T + HOUR, { lifeLeft: 0.3, hoursLost: null }), change('warm', 'fresh', T + HOUR));
    expect(taken(run, 1, T + 2 * HOUR)).toMatchObject({
      batch: { alternatives: [], tasks: [{ lotId: 'early', because: 'expires 2026-03-08T15:00Z' }] },
    });
  });

  it('does not change places to and fro: less life lost than known, or hardly more, says nothing', () => {
    const change = changesOfLots();
    const run = picking(...world());
    run.feed(
      change('warm', 'short', T + HOUR, { hoursLost: 50.9 }),
      change('early', 'short', T + HOUR, { hoursLost: 0.98 }),
    );
    expect(taken(run, 1, T + 2 * HOUR).lots).toEqual([['warm', 1]]);
    run.feed(change('warm', 'fresh', T + 3 * HOUR, { hoursLost: 0 }));
    expect(taken(run, 1, T + 4 * HOUR).lots).toEqual([['warm', 1]]);
    run.feed(change('early', 'short', T + 5 * HOUR, { hoursLost: 1 }));
    expect(taken(run, 1, T + 6 * HOUR).lots).toEqual([['early', 1]]);
  });

  it('changes no batch that is released, also where nobody has begun it', () => {
    const run = picking(...world());
    expect(taken(run, 2, T + HOUR).lots).toEqual([['early', 2]]);
    const change = changesOfLots();
    const told = run.feed(
      change('warm', 'sell-now', T + 2 * HOUR, { hoursLost: 120 }),
      change('early', 'recalled', T + 2 * HOUR, {}, 'quality'),
    );
    expect(told).toEqual([]);
  });

  it('is not taken where what is left of its life does not reach the promise: the order waits, and people are told', () => {
    const run = picking(lot('warm', 200), lies('A', 'warm', 9));
    run.feed(changesOfLots()('warm', 'sell-now', T + HOUR, { hoursLost: 180 }));
    const told = [...run.feed(...order('o1', 3, T + 2 * HOUR, 48)), ...run.advance(T + 3 * HOUR)];
    expect(told.filter(({ type }) => type !== 'enqueue')).toMatchObject([
      { type: 'report-short', details: { units: 3, unitsTooOld: 9 } },
    ]);
    // What is promised sooner gets it.
    expect([...run.feed(...order('o2', 1, T + 3 * HOUR, 10)), ...run.advance(T + 4 * HOUR)]).toContainEqual(
      expect.objectContaining({
        type: 'release-batch',
        tasks: [expect.objectContaining({ orderId: 'o2', lotId: 'warm' })],
      }),
    );
  });
});

describe('a lot that nobody is to take', () => {
  it.each([
    ['by its playbook', 'recalled', 'quality'],
    ['by its segment', 'expired', 'freshness'],
  ])('%s is left, after a restart too, until that is over; then who waits for it gets it', (_, segment, dimension) => {
    const change = changesOfLots();
    const run = picking(...world());
    run.feed(change('early', segment, T + HOUR, {}, dimension));
    run.restart();
    expect(taken(run, 5, T + 2 * HOUR, 'o1').lots).toEqual([['warm', 5]]);
    const told = [...run.feed(...order('o2', 7, T + 3 * HOUR, 40, 'normal')), ...run.advance(T + 6 * HOUR)];
    expect(told.find(({ type }) => type === 'report-short')).toMatchObject({
      because: expect.stringContaining('or are of lots that are not to be taken'),
      details: { units: 3, unitsBlocked: 9 },
    });
    expect(told.some(({ type }) => type === 'release-batch')).toBe(false);
    const freed = [
      ...run.feed(change('early', 'fine', T + 7 * HOUR, {}, dimension)),
      ...run.advance(T + 10 * HOUR),
    ].filter(({ type }) => type === 'release-batch');
    expect(
      freed.flatMap(({ tasks }) => tasks!.map(({ orderId, lotId, quantity }) => [orderId, lotId, quantity])),
    ).toEqual([['o2', 'early', 7]]);
    expect(run.outcomes.get('lot-held')).toBe(1);
  });

  it('and has no date, is known until its segments end', () => {
    const change = changesOfLots();
    const run = picking(lies('A', 'plain', 9), change('plain', 'recalled', T, {}, 'quality'), lot('plain', null));
    const kept = () => run.snapshot().filter(([key]) => key.startsWith('lot:'));
    expect(kept()).toHaveLength(1);
    expect(taken(run, 1, T + HOUR).lots).toBeUndefined();
    const freed = [...run.feed(change('plain', null, T + 2 * HOUR, {}, 'quality')), ...run.advance(T + 3 * HOUR)];
    expect(freed.map(({ type }) => type)).toContain('release-batch');
    expect(kept()).toEqual([]);
  });
});

it('a state of before segments of lots were read is a lot that stayed cold', () => {
  const lots = new Lots();
  lots.restore('old', { skuId: 'sku-1', expiresAt: T + 200 * HOUR });
  expect([lots.goodUntil('old'), lots.isHeld('old')]).toEqual([T + 200 * HOUR, false]);
});
