import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { createStorageProcessor } from './process.ts';

const HOUR = 3_600_000;

function storage(...given: GivenRecord[]) {
  const playbookFor = (memberships: Readonly<Record<string, string>>) =>
    memberships['stock.velocity'] === 'A' ? { name: 'slot-fast', sop: 'docs/sops/slotting.md', do: {} } : undefined;
  const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}, playbookFor) }));
  run.feed(...given);
  return run;
}

/** 50 units 120 m away in reserve; free places at 20 m and 40 m. */
const world = () => [
  ...[zone('pick', 'picking'), zone('reserve', 'storage'), sku()],
  ...[location('far', 120, { zoneId: 'reserve' }), location('near', 20), location('middle', 40)],
  counted('sku-1', 'far', 50),
];

describe('a stock that is picked more', () => {
  it('moves to the nearest free place, with saving, cost, change and SOP', () => {
    const [action] = storage(...world()).feed(velocity('sku-1', 'A', 12));
    expect(action).toMatchObject({
      type: 'move',
      target: { entityType: 'stock', entityId: 'sku-1@site-1' },
      changeId: 'stock/sku-1@site-1/velocity/inventory.v1-0-0/1',
      segment: { dimension: 'velocity', segment: 'A' },
      playbook: 'slot-fast',
      sop: 'docs/sops/slotting.md',
      // 50 units serve 50 picks of 100 m less; one trip of 60 m handling and 70 m of way.
      details: { from: 'far', to: 'near', units: 50, savingM: 5000, costM: 130, mode: 'live' },
      tasks: [{ skuId: 'sku-1', quantity: 50, fromLocationId: 'far', toLocationId: 'near' }],
      undo: { type: 'move', details: { from: 'near', to: 'far', units: 50 } },
    });
    // 50 picks of 80 m less, and 140 m to carry it there.
    expect(action!.alternatives).toContainEqual({
      what: '50 units to middle',
      rejectedBecause: 'gains less: saves 4000 m and costs 140 m',
      value: 3860,
      unit: 'm',
    });
  });

  it('stays where the saving does not exceed the cost', () => {
    const run = storage(...world());
    // 0.09 picks a day are 1.26 in the horizon: 126 m, against 130 m.
    expect(run.feed(velocity('sku-1', 'B', 0.09))).toEqual([]);
    expect(run.outcomes.get('not-worth-it')).toBe(1);
    expect(run.feed(velocity('sku-1', 'A', 0.1, T, { sequence: 2 }))).toHaveLength(1);
  });

  it.each<[string, GivenRecord[], RegExp, number | null]>([
    ['holds other goods', [sku('other'), counted('other', 'near', 1)], /holds, or is to hold, other/, null],
    ['is too small', [location('near', 20, { capacityL: 0.5 })], /less room than the 1 l/, 0.5],
    ['bears too little', [location('near', 20, { maxWeightG: 900 })], /bears less than the 1000 g/, 900],
    ['is kept cold', [location('near', 20, { minTempC: 2, maxTempC: 7 })], /kept cold for goods that need it/, 7],
  ])('does not go where a place %s, and says so', (_what, facts, reason, value) => {
    const [action] = storage(...world(), ...facts).feed(velocity('sku-1', 'A', 12));
    expect(action!.details['to']).toBe('middle');
    const rejected = action!.alternatives.find(({ what }) => what === 'near')!;
    expect(rejected.rejectedBecause).toMatch(reason);
    expect(rejected.value).toBe(value);
  });

  it('that must be kept cold goes only where it is', () => {
    const milk = sku('sku-1', { minTempC: 2, maxTempC: 7 });
    const cold = location('middle', 40, { minTempC: 3, maxTempC: 6 });
    const ambient = location('ambient', 30, { minTempC: 5, maxTempC: 30 });
    const [action] = storage(...world(), milk, cold, ambient).feed(velocity('sku-1', 'A', 12));
    expect(action!.details['to']).toBe('middle');
    expect(action!.alternatives).toEqual(
      expect.arrayContaining([
        {
          what: 'near',
          rejectedBecause: 'its temperatures are not known, and the goods need 2 to 7 °C',
          value: null,
          unit: null,
        },
        {
          what: 'ambient',
          rejectedBecause: 'may get warmer than the 7 °C that the goods need',
          value: 30,
          unit: 'Cel',
        },
      ]),
    );
  });

  it('that is dangerous goes to no zone where another class lies, or is to lie', () => {
    const flammable = sku('sku-1', { hazmatClass: '3' });
    const acid = [sku('acid', { hazmatClass: '8' }), location('acid-place', 150), counted('acid', 'acid-place', 5)];
    const run = storage(...world(), flammable, ...acid);
    expect(run.feed(velocity('sku-1', 'A', 12))).toEqual([]);
    expect(run.outcomes.get('not-worth-it')).toBe(1);
    const beside = [sku('thinner', { hazmatClass: '3' }), location('beside', 150), counted('thinner', 'beside', 5)];
    expect(storage(...world(), flammable, ...beside).feed(velocity('sku-1', 'A', 12))).toHaveLength(1);
    const coming = storage(...world(), flammable, sku('acid', { hazmatClass: '8' }), counted('acid', 'far', 50));
    expect(coming.feed(velocity('acid', 'A', 12))).toHaveLength(1);
    expect(coming.feed(velocity('sku-1', 'A', 12))).toEqual([]);
  });

  it('goes to the kind of zone that its velocity asks for', () => {
    const nearReserve = location('near', 20, { zoneId: 'reserve' });
    expect(storage(...world(), nearReserve).feed(velocity('sku-1', 'A', 12))[0]!.details['to']).toBe('middle');
    expect(storage(...world(), nearReserve).feed(velocity('sku-1', 'C', 1))[0]!.details['to']).toBe('near');
  });

  it('moves no more than fits, and than it needs', () => {
    const small = location('near', 20, { capacityL: 30 });
    expect(
      storage(...world(), small, location('middle', 119)).feed(velocity('sku-1', 'A', 12))[0]!.details,
    ).toMatchObject({
      to: 'near',
      units: 30,
    });
    expect(storage(...world()).feed(velocity('sku-1', 'B', 2))[0]!.details['units']).toBe(28);
  });
});

describe('what is already on its way', () => {
  const two = [sku('sku-2'), location('far-2', 120, { zoneId: 'reserve' }), counted('sku-2', 'far-2', 50)];

  it('takes its room, also after a restart', () => {
    const run = storage(...world(), ...two);
    run.feed(velocity('sku-1', 'A', 12));
    run.restart();
    expect(run.feed(velocity('sku-2', 'A', 12))[0]!.details['to']).toBe('middle');
  });

  it('is not moved twice', () => {
    const run = storage(...world());
    run.feed(velocity('sku-1', 'A', 12));
    expect(run.feed(velocity('sku-1', 'A', 14, T, { sequence: 2 }))).toEqual([]);
  });

  it('is done when the goods arrive', () => {
    const run = storage(...world());
    run.feed(velocity('sku-1', 'A', 12), counted('sku-1', 'far', 0), counted('sku-1', 'near', 30));
    expect(run.outcomes.get('move-done')).toBeUndefined();
    run.feed(counted('sku-1', 'near', 50));
    expect(run.outcomes.get('move-done')).toBe(1);
    expect(run.snapshot().filter(([key]) => key.startsWith('move:'))).toEqual([]);
  });

  it('is told from another move to the same place by where it was taken up', () => {
    const run = storage(...world(), location('far-2', 110, { zoneId: 'reserve' }), counted('sku-1', 'far-2', 50));
    run.feed(velocity('sku-1', 'A', 12), velocity('sku-1', 'A', 14, T, { sequence: 2 }));
    expect(run.actions.map(({ details }) => [details['from'], details['to']])).toEqual([
      ['far', 'near'],
      ['far-2', 'near'],
    ]);
    const moved = (place: string, delta: number) =>
      counted('sku-1', place, 0, T + HOUR, { onHand: null, delta, reason: 'move' });
    run.feed(moved('far-2', -50), moved('near', 50));
    const left = run.snapshot().filter(([key]) => key.startsWith('move:'));
    expect(left).toHaveLength(1);
    expect(left[0]![1]).toContain('"from":"far"');
  });

  it.each([
    ['failed', (id: string) => fact('detent.actions.ActionStatus', status(id, 'failed')), T + HOUR],
    ['was not begun in time', () => counted('sku-1', 'far', 50, T + 25 * HOUR), T + 25 * HOUR],
  ])('gives its room back when it %s', (_what, record, at) => {
    const run = storage(
      ...world().filter(({ value }) => !('locationId' in value) || value['locationId'] !== 'middle'),
      ...two,
    );
    const [move] = run.feed(velocity('sku-1', 'A', 12));
    expect(run.feed(velocity('sku-2', 'A', 12))).toEqual([]);
    expect(run.outcomes.get('waits-for-room')).toBe(1);
    run.restart();
    const actions = [...run.feed(record(move!.actionId)), ...run.advance(at)];
    expect(actions).toMatchObject([{ target: { entityId: 'sku-2@site-1' }, details: { to: 'near' } }]);
  });

  const status = (actionId: string, kind: string) => {
    const target = { entityType: 'stock', entityId: 'sku-1@site-1' };
    return {
      eventId: 'a',
      occurredAt: T + HOUR,
      actionId,
      target,
      status: kind,
      quantityDone: null,
      reason: null,
      by: null,
    };
  };
});

describe('lots', () => {
  const lot = (lotId: string, hours: number) =>
    fact('detent.inventory.LotReceived', {
      ...{ eventId: lotId, occurredAt: T, skuId: 'sku-1', lotId, siteId: 'site-1', quantity: 25, uom: 'each' },
      ...{ manufacturedAt: null, expiresAt: T + hours * HOUR, locationId: 'far' },
    });
  const warm = (lotId: string, attributes: Record<string, number>) =>
    segmentChanged({
      entityType: 'lot',
      entityId: lotId,
      dimension: 'freshness',
      to: 'short',
      attributes,
      occurredAt: T,
    });
  const two = [
    ...world().slice(0, -1),
    sku('sku-1', { shelfLifeHours: 400 }),
    ...[lot('early', 200), lot('late', 300)],
    ...[counted('sku-1', 'far', 25, T, { lotId: 'early' }), counted('sku-1', 'far', 25, T, { lotId: 'late' })],
  ];
  const lotsOf = (run: ReturnType<typeof storage>) =>
    run.feed(velocity('sku-1', 'A', 2)).flatMap(({ tasks }) => tasks!.map(({ lotId, quantity }) => [lotId, quantity]));

  it('that expire first come to the near place first', () => {
    expect(lotsOf(storage(...two))).toEqual([
      ['early', 25],
      ['late', 3],
    ]);
  });

  it.each<[string, Record<string, number>]>([
    ['hours lost', { hoursLost: 150 }],
    // 300 hours by its date are 150 by its temperatures.
    ['a share of its life', { lifeLeft: 0.375 }],
  ])('that were warm come before an earlier date, told by %s, also after a restart', (_what, attributes) => {
    const run = storage(...two, warm('late', attributes));
    run.restart();
    expect(lotsOf(run)).toEqual([
      ['late', 25],
      ['early', 3],
    ]);
  });

  it('that are on their way are not taken again', () => {
    const run = storage(...two, location('near', 20, { capacityL: 25 }));
    expect(lotsOf(run)).toEqual([['early', 25]]);
    const more = run.feed(velocity('sku-1', 'A', 2, T, { sequence: 2 }));
    expect(more.flatMap(({ tasks }) => tasks!.map(({ lotId }) => lotId))).toEqual(['late']);
  });

  it('are forgotten long after their date', () => {
    const run = storage(...two);
    run.advance(T + 200 * 24 * HOUR);
    expect(run.snapshot().filter(([key]) => key.startsWith('lot:'))).toEqual([]);
  });
});

describe('a stock that found no room', () => {
  it('moves when a place becomes free', () => {
    const full = [sku('other'), counted('other', 'near', 1), counted('other', 'middle', 1)];
    const run = storage(...world(), ...full);
    expect(run.feed(velocity('sku-1', 'A', 12))).toEqual([]);
    run.restart();
    expect(run.feed(counted('other', 'near', 0, T + HOUR))).toMatchObject([{ details: { to: 'near' } }]);
  });

  it('no longer does when it has become slow', () => {
    const run = storage(...world(), sku('other'), counted('other', 'near', 1), counted('other', 'middle', 1));
    run.feed(velocity('sku-1', 'A', 12), velocity('sku-1', 'dormant', 0, T, { sequence: 2 }));
    expect(run.feed(counted('other', 'near', 0, T + HOUR))).toEqual([]);
  });
});

describe('facts that come late', () => {
  const parts: Record<string, GivenRecord[]> = {
    zones: [zone('pick', 'picking'), zone('reserve', 'storage')],
    locations: [location('near', 20), location('far', 120, { zoneId: 'reserve' })],
    sku: [sku()],
    stock: [counted('sku-1', 'far', 50)],
    change: [velocity('sku-1', 'A', 12)],
  };
  it.each(Object.keys(parts))('%s last: the move is commanded then, also after a restart', (last) => {
    const run = storage();
    for (const part of Object.keys(parts)) if (part !== last) run.feed(...parts[part]!);
    expect(run.actions).toEqual([]);
    run.restart();
    expect(run.feed(...parts[last]!)).toMatchObject([{ type: 'move', details: { to: 'near' } }]);
  });
});

describe('what commands nothing', () => {
  it.each(['initial', 'replay'] as const)('a change of origin %s', (origin) => {
    const run = storage(...world());
    run.feed(velocity('sku-1', 'A', 12, T, { origin }));
    run.feed(counted('sku-1', 'far', 60, T + HOUR));
    expect(run.actions).toEqual([]);
  });

  it('a change seen before, and one of another dimension', () => {
    const run = storage(...world(), velocity('sku-1', 'A', 12));
    const demand = { dimension: 'demand', sequence: 1 };
    expect(run.feed(velocity('sku-1', 'A', 12), velocity('sku-1', 'surging', 12, T, demand))).toEqual([]);
  });

  it('a stock that ended', () => {
    const run = storage(...world(), sku('other'), counted('other', 'near', 1), counted('other', 'middle', 1));
    run.feed(velocity('sku-1', 'A', 12), velocity('sku-1', null, 0, T, { sequence: 2 }));
    expect(run.feed(counted('other', 'near', 0, T + HOUR))).toEqual([]);
  });
});
