import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { createStorageProcessor } from '../process.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function storage(...given: GivenRecord[]) {
  const playbookFor = (memberships: Readonly<Record<string, string>>) =>
    memberships['lot.freshness'] === 'sell-now'
      ? { name: 'sell-now', sop: 'docs/sops/sell-now.md', do: {} }
      : undefined;
  const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}, playbookFor) }));
  run.feed(...given);
  return run;
}

const lot = (lotId: string, hours: number) =>
  fact('detent.inventory.LotReceived', {
    ...{ eventId: lotId, occurredAt: T, skuId: 'sku-1', lotId, siteId: 'site-1', quantity: 30, uom: 'each' },
    ...{ manufacturedAt: null, expiresAt: T + hours * HOUR, locationId: 'far' },
  });
const turns = (lotId: string, to: string | null, sequence = 1, at = T + HOUR, origin: 'live' | 'initial' = 'live') => {
  const of = { entityType: 'lot', entityId: lotId, dimension: 'freshness', epoch: 'inventory.v1-0-0' };
  return segmentChanged({ ...of, to, sequence, origin, occurredAt: at, attributes: { hoursLost: 20 } });
};
const units = (lotId: string, onHand: number, reason = 'count', at = T, place = 'far') =>
  counted('sku-1', place, onHand, at, { lotId, reason });
/** 30 units of a lot with 220 hours left, 20 of another with 100; in reserve. */
const world = [
  ...[zone('pick', 'picking'), zone('reserve', 'storage'), sku('sku-1', { shelfLifeHours: 400 })],
  location('far', 120, { zoneId: 'reserve' }),
  ...[lot('late', 240), lot('early', 100), units('late', 30), units('early', 20)],
];
const types = (actions: ReturnType<DecisionHarness['feed']>) => actions.map(({ type }) => type);

describe('a lot that becomes short', () => {
  it('is to be sold first: where it lies, how many, how long, in which order, with the procedure', () => {
    const [action, ...others] = storage(...world).feed(turns('late', 'sell-now'));
    expect(others).toEqual([]);
    expect(action).toMatchObject({
      ...{ type: 'sell-first', target: { entityType: 'lot', entityId: 'late' }, siteId: 'site-1' },
      changeId: 'lot/late/freshness/inventory.v1-0-0/1',
      ...{ playbook: 'sell-now', sop: 'docs/sops/sell-now.md' },
      // 240 hours, an hour later, less 20 that warmth has cost.
      details: { skuId: 'sku-1', units: 30, places: 'far', lifeLeftHours: 219, rank: 2, unitsBefore: 20 },
      tasks: [{ skuId: 'sku-1', lotId: 'late', quantity: 30, fromLocationId: 'far' }],
      validUntil: T + 220 * HOUR,
    });
    expect(action!.details['lostUnits']).toBeUndefined();
  });

  it('tells what would be lost, where the demand is known', () => {
    const run = storage(...world, location('shelf', 110));
    // Two units a day for ten days, picked from elsewhere.
    run.feed(units('other', 50, 'count', T, 'shelf'));
    for (let day = 1; day <= 10; day += 1) run.feed(units('other', 50 - 2 * day, 'pick', T + day * DAY, 'shelf'));
    const [action] = run.feed(lot('late', 600), turns('late', 'short', 1, T + 10 * DAY));
    // 340 hours are 14 days; 20 units of the lot before it go first.
    const { lostUnits, unitsPerDay, lifeLeftHours } = action!.details as Record<string, number>;
    expect(lifeLeftHours).toBe(340);
    expect(unitsPerDay).toBeGreaterThan(1.4);
    expect(unitsPerDay).toBeLessThan(2.6);
    expect(lostUnits).toBe(Math.round(30 - Math.max(0, (unitsPerDay! * 340) / 24 - 20)));
    expect(action!.because).toContain(`${lostUnits} of its 30 units would be lost`);
  });

  it('is commanded once, and anew where it becomes shorter', () => {
    const run = storage(...world);
    const [first] = run.feed(turns('late', 'short'));
    run.restart();
    const again = [
      turns('late', 'short'),
      turns('late', 'short', 2, T + 2 * HOUR),
      units('late', 29, 'pick', T + 3 * HOUR),
    ];
    expect(run.feed(...again)).toEqual([]);
    expect(run.feed(turns('late', 'sell-now', 3, T + 4 * HOUR))).toMatchObject([
      { type: 'sell-first', supersedes: first!.actionId, details: { units: 29 } },
    ]);
  });

  it('is commanded when its place becomes known', () => {
    const run = storage(
      zone('reserve', 'storage'),
      location('far', 120, { zoneId: 'reserve' }),
      turns('late', 'short'),
    );
    expect(run.actions).toEqual([]);
    run.restart();
    expect(run.feed(units('late', 7, 'receipt', T + 2 * HOUR))).toMatchObject([
      { type: 'sell-first', details: { units: 7 } },
    ]);
  });

  it('commands nothing by its first placement', () => {
    const run = storage(...world);
    expect(run.feed(turns('late', 'short', 1, T, 'initial'), units('late', 29, 'pick'))).toEqual([]);
  });
});

describe('the command ends', () => {
  const commanded = () => {
    const run = storage(...world);
    const [action] = run.feed(turns('late', 'short'));
    return { run, actionId: action!.actionId };
  };
  it.each<[string, (at: number) => GivenRecord]>([
    ['the lot is no longer short', (at) => turns('late', 'fresh', 2, at)],
    ['the lot has ended', (at) => turns('late', null, 2, at)],
    ['nothing is left of it', (at) => units('late', 0, 'damage', at)],
  ])('with a withdrawal when %s', (_what, record) => {
    const { run, actionId } = commanded();
    run.restart();
    expect(run.feed(record(T + 2 * HOUR))).toMatchObject([{ type: 'withdraw', details: { actionId } }]);
  });

  it('as done when the last unit is picked, and not while it is moved', () => {
    const { run, actionId } = commanded();
    run.feed(
      location('near', 20),
      units('late', 0, 'move', T + 2 * HOUR),
      units('late', 30, 'move', T + 2 * HOUR, 'near'),
    );
    expect(run.metrics.get('detent_actions_ended_total storage sell-first done')).toBeUndefined();
    run.feed(units('late', 0, 'pick', T + 3 * HOUR, 'near'));
    expect(run.metrics.get('detent_actions_ended_total storage sell-first done')).toBe(1);
    expect(types(run.actions)).toEqual(['sell-first']);
    expect(actionId).toBe(run.actions[0]!.actionId);
  });

  it('when a person refuses it, and is not given again for the same segment', () => {
    const { run, actionId } = commanded();
    const status = fact('detent.actions.ActionStatus', {
      ...{ eventId: 'a', occurredAt: T + 1.5 * HOUR, actionId, target: { entityType: 'lot', entityId: 'late' } },
      ...{ status: 'rejected', quantityDone: null, reason: 'promised to a customer', by: 'p' },
    });
    expect(run.feed(status, units('late', 20, 'pick', T + 2 * HOUR))).toEqual([]);
    expect(types(run.feed(turns('late', 'sell-now', 2, T + 3 * HOUR)))).toEqual(['sell-first']);
  });
});

describe('a short lot in reserve', () => {
  it('comes to the nearest place that is picked from if that pays', () => {
    const near = [location('near', 20), location('nearer', 10, { capacityL: 1000, maxTempC: 6, minTempC: 2 })];
    const run = storage(...world, ...near, velocity('sku-1', 'B', 3, T, { origin: 'initial' }));
    expect(run.feed(turns('late', 'sell-now'))).toMatchObject([
      { type: 'sell-first' },
      {
        ...{ type: 'move', target: { entityId: 'sku-1@site-1' }, playbook: 'sell-now' },
        changeId: 'lot/late/freshness/inventory.v1-0-0/1',
        details: { from: 'far', to: 'near', units: 30, lots: '30 of late, 219 h left' },
        tasks: [{ lotId: 'late', quantity: 30 }],
      },
    ]);
    const slow = storage(...world, ...near, velocity('sku-1', 'C', 0.01, T, { origin: 'initial' }));
    expect(types(slow.feed(turns('late', 'sell-now')))).toEqual(['sell-first']);
  });
});
