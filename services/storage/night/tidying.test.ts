import type { Action } from '@detent/schemas';
import { DecisionHarness, fact, type GivenRecord, modelOf } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { defaultStorageConfig, type StorageConfig } from '../config.ts';
import { createStorageProcessor } from '../process.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NIGHT = T + 11 * HOUR; // 20:00 UTC

function storage(given: readonly GivenRecord[], of: Partial<StorageConfig> = {}) {
  const config = { ...defaultStorageConfig, ...of };
  const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}), config }));
  run.feed(...given);
  return run;
}

const zones = [zone('pick', 'picking'), zone('reserve', 'storage'), zone('high', 'dense')];
const reserve = (locationId: string, travelM: number) => location(locationId, travelM, { zoneId: 'reserve' });
/** A change at the site, so that its nights are planned; about an article that lies nowhere. */
const begin = velocity('none', 'A', 1);
const steady = (skuId: string, to = 'C', picksPerDay = 0) => velocity(skuId, to, picksPerDay, T, { origin: 'initial' });
const ends = (actions: readonly Action[]) =>
  actions.map(({ details }) => [details['from'], details['to'], details['units']]);

describe('nearly empty places of reserve', () => {
  const rests = [
    reserve('r-1', 100),
    reserve('r-2', 110),
    sku(),
    counted('sku-1', 'r-1', 10),
    counted('sku-1', 'r-2', 60),
  ];

  it('are emptied into the fuller place of the same article, for what an empty place is worth', () => {
    const run = storage([...zones, ...rests, steady('sku-1'), begin]);
    const [action, ...others] = run.advance(NIGHT);
    expect(others).toEqual([]);
    expect(action).toMatchObject({
      type: 'move',
      // An empty place is worth 300 m; handling costs 60 m, and the way 105 m.
      details: { from: 'r-1', to: 'r-2', units: 10, what: 'consolidate', savingM: 300, costM: 165, night: true },
      because:
        'empties r-1, of which 10 % is used, into r-2, where the same lies. The empty place is worth 135 m more than that costs',
    });
    expect(run.advance(NIGHT + HOUR)).toEqual([]);
  });

  it.each<[string, GivenRecord[], Partial<StorageConfig>]>([
    ['the labour costs more', [], { emptyPlaceM: 160 }],
    ['the budget is spent', [], { nightlyMoves: 0 }],
    ['enough places are empty', [reserve('r-3', 130)], {}],
    ['the other place has no room for all', [counted('sku-1', 'r-2', 95)], {}],
    ['neither is nearly empty', [counted('sku-1', 'r-1', 25)], {}],
    ['they hold different lots', [counted('sku-1', 'r-1', 0), counted('sku-1', 'r-1', 10, T, { lotId: 'lot-1' })], {}],
    ['something is on its way there', [location('near', 10), velocity('sku-1', 'B', 0.7, T, { sequence: 2 })], {}],
  ])('stay where %s', (_what, facts, of) => {
    const run = storage([...zones, ...rests, steady('sku-1'), ...facts, begin], of);
    expect(run.advance(NIGHT).filter(({ details }) => details['what'] === 'consolidate')).toEqual([]);
  });

  it('three of one article become one, and the lots of each stay apart', () => {
    const more = [
      reserve('r-3', 120),
      counted('sku-1', 'r-3', 5),
      sku('sku-2'),
      reserve('r-4', 100),
      reserve('r-5', 100),
    ];
    const lots = [counted('sku-2', 'r-4', 5, T, { lotId: 'a' }), counted('sku-2', 'r-5', 7, T, { lotId: 'a' })];
    const run = storage([...zones, ...rests, ...more, ...lots, steady('sku-1'), steady('sku-2'), begin]);
    expect(ends(run.advance(NIGHT)).sort()).toEqual([
      ['r-1', 'r-2', 10],
      ['r-3', 'r-2', 5],
      ['r-4', 'r-5', 5],
    ]);
  });
});

describe('slow movers', () => {
  const there = [
    location('near', 20),
    location('high-1', 140, { zoneId: 'high' }),
    reserve('r-1', 60),
    sku(),
    counted('sku-1', 'near', 30),
  ];

  it('leave a place that is picked from for dense storage at night', () => {
    const run = storage([...zones, ...there, velocity('sku-1', 'dormant', 0)]);
    expect(run.advance(NIGHT)).toMatchObject([
      { details: { from: 'near', to: 'high-1', units: 30, what: 'clear', costM: 140, savingM: 300 } },
    ]);
    expect(storage([...zones, ...there, velocity('sku-1', 'B', 3)]).advance(NIGHT)).toEqual([]);
  });

  it('stay while enough of those places are empty', () => {
    const run = storage([...zones, ...there, location('empty', 25), velocity('sku-1', 'dormant', 0)]);
    expect(run.advance(NIGHT)).toEqual([]);
  });

  it('stay where their own picks would walk more than the place is worth', () => {
    // 14 picks in four weeks of 120 m more.
    expect(storage([...zones, ...there, velocity('sku-1', 'C', 0.5)]).advance(NIGHT)).toEqual([]);
  });

  it('go to reserve at a site without dense zones', () => {
    const run = storage([
      ...zones.slice(0, 2),
      ...there.filter(({ value }) => !('zoneId' in value && value.zoneId === 'high')),
      velocity('sku-1', 'dormant', 0),
    ]);
    expect(ends(run.advance(NIGHT))).toEqual([['near', 'r-1', 30]]);
  });

  it('make room at once for a faster one that waits, which follows when the place is empty', () => {
    const fast = [sku('fast'), reserve('r-2', 120), counted('fast', 'r-2', 50)];
    const run = storage([...zones, ...there, ...fast, steady('sku-1', 'C', 0.1)]);
    const [room, ...others] = run.feed(velocity('fast', 'A', 12, T + HOUR));
    expect(others).toEqual([]);
    expect(room).toMatchObject({
      ...{ type: 'move', target: { entityId: 'sku-1@site-1' } },
      // Its own stock has no change that may command, so it is moved for the other's.
      changeId: 'stock/fast@site-1/velocity/inventory.v1-0-0/1',
      details: { from: 'near', to: 'high-1', units: 30, roomFor: 'fast@site-1' },
    });
    // Not a second time, whatever is tried again.
    expect(run.feed(location('tiny', 15, { capacityL: 0.1 }))).toEqual([]);
    run.restart();
    run.feed(counted('sku-1', 'high-1', 30, T + 2 * HOUR));
    expect(ends(run.feed(counted('sku-1', 'near', 0, T + 2 * HOUR)))).toEqual([['r-2', 'near', 50]]);
  });

  it('make no room where that costs more than it saves', () => {
    const fast = [sku('fast'), reserve('r-2', 30), counted('fast', 'r-2', 50)];
    const run = storage([...zones, ...there, ...fast, steady('sku-1', 'C', 0.1)]);
    expect(run.feed(velocity('fast', 'B', 2, T + HOUR))).toEqual([]);
  });
});

describe('the forecast of a night', () => {
  const wide = { capacityL: 1000, maxWeightG: 1e6 };
  /** Two articles; their segments say that the near one is picked more, their picks that the far one is. */
  const world = [
    ...[zones[0]!, location('near', 10, wide), location('far', 90, wide), location('free', 95, wide)],
    ...[sku('a'), sku('b'), counted('a', 'near', 500), counted('b', 'far', 500)],
    ...[velocity('a', 'B', 4), velocity('b', 'B', 2)],
  ];
  const picks = (days: number) =>
    Array.from({ length: days }, (_, day) =>
      Array.from({ length: 10 }, (_pick, n) =>
        counted('b', 'far', 500 - day * 10 - n, T + day * DAY + n * 60_000, { reason: 'pick' }),
      ),
    ).flat();

  it('is learnt from picks once these have been heard of long enough', () => {
    const run = storage(world, { demandMinDays: 5 });
    expect(run.feed(...picks(5))).toEqual([]);
    const planned = run.advance(T + 5 * DAY + 11 * HOUR).filter(({ type }) => type === 'move');
    const nearer = planned.find(({ details }) => details['to'] === 'near')!;
    expect(nearer.target.entityId).toBe('b@site-1');
    expect(Number(nearer.details['picksPerDay'])).toBeGreaterThan(5);
  });

  it('is the rate of the segment until then', () => {
    const run = storage(world, { demandMinDays: 30 });
    expect(run.feed(...picks(5))).toEqual([]);
    expect(run.advance(T + 5 * DAY + 11 * HOUR)).toEqual([]);
  });
});

describe('a step of a night that fails', () => {
  /** The far ones are picked more, and all places but one are full: chains. */
  const world = [
    zones[0]!,
    ...Array.from({ length: 6 }, (_, i) => [location(`p${i}`, 10 + 30 * i), sku(`s${i}`)]).flat(),
    location('free', 5),
    ...Array.from({ length: 6 }, (_, i) => [counted(`s${i}`, `p${i}`, 50), velocity(`s${i}`, 'A', 1 + 3 * i)]).flat(),
  ];

  it('takes back those that need it to be done before, and theirs; the others stand', () => {
    const run = storage(world, { zoneKinds: {} });
    const steps = run.advance(NIGHT);
    const afters = (id: string): string[] =>
      steps
        .filter(({ details }) => String(details['after']).split(' ').includes(id))
        .flatMap(({ actionId }) => [actionId, ...afters(actionId)]);
    const first = steps.find(({ actionId }) => afters(actionId).length > 1)!;
    const expected = new Set(afters(first.actionId));
    expect(expected.size).toBeLessThan(steps.length);
    const failed = fact('detent.actions.ActionStatus', {
      ...{ eventId: 'a', occurredAt: NIGHT + HOUR, actionId: first.actionId, target: first.target },
      ...{ status: 'failed', quantityDone: null, reason: 'shelf broken', by: null },
    });
    run.restart();
    const taken = run.feed(failed).filter(({ type }) => type === 'withdraw');
    expect(new Set(taken.map(({ details }) => details['actionId']))).toEqual(expected);
    expect(taken[0]!.because).toContain('was not done');
    const left = run.snapshot().filter(([key]) => key.startsWith('move:'));
    expect(left.length).toBe(steps.length - 1 - expected.size);
  });
});
