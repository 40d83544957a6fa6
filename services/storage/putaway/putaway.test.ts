import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { createStorageProcessor } from '../process.ts';

const HOUR = 3_600_000;

function storage(...given: GivenRecord[]) {
  const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}) }));
  run.feed(...given);
  return run;
}

const zones = [zone('pick', 'picking'), zone('reserve', 'storage'), zone('dock', 'dock')];
const places = [
  location('dock-1', 60, { zoneId: 'dock', capacityL: 1e6, maxWeightG: 1e9 }),
  ...[location('near', 20), location('far', 120, { zoneId: 'reserve' })],
];
const known = (to = 'B', origin: 'initial' | 'live' | 'replay' = 'initial') => velocity('sku-1', to, 2, T, { origin });

/** 40 units of a lot at the dock, unless said otherwise. */
const came = (of: Record<string, unknown> = {}, at = T + HOUR) =>
  fact('detent.inventory.LotReceived', {
    ...{ eventId: 'e-1', occurredAt: at, skuId: 'sku-1', lotId: 'lot-1', siteId: 'site-1', quantity: 40, uom: 'each' },
    ...{ manufacturedAt: null, expiresAt: T + 1000 * HOUR, locationId: 'dock-1', ...of },
  });
const lotAt = (place: string, units: number, at = T + HOUR, lotId = 'lot-1') =>
  counted('sku-1', place, units, at, { lotId, reason: 'receipt' });
const status = (actionId: string, kind: string, at = T + 2 * HOUR) =>
  fact('detent.actions.ActionStatus', {
    ...{ eventId: `a-${at}`, occurredAt: at, actionId, target: { entityType: 'lot', entityId: 'lot-1' } },
    ...{ status: kind, quantityDone: null, reason: null, by: null },
  });
const given = [...zones, ...places, sku(), known()];
const goals = (actions: ReturnType<DecisionHarness['feed']>) =>
  actions.flatMap(({ tasks }) => tasks!.map(({ toLocationId, quantity }) => [toLocationId, quantity]));

describe('a lot that came in', () => {
  it('is put away: what is picked soon near, the rest in reserve, with change, cost and undo', () => {
    const [action, ...others] = storage(...given).feed(lotAt('dock-1', 40), came());
    expect(others).toEqual([]);
    expect(action).toMatchObject({
      type: 'putaway',
      target: { entityType: 'lot', entityId: 'lot-1' },
      siteId: 'site-1',
      segment: { dimension: 'velocity', segment: 'B' },
      details: { skuId: 'sku-1', units: 40, unitsWithoutRoom: 0, picksPerDay: 2, from: 'dock-1' },
      // Two picks a day for 14 days.
      tasks: [
        { skuId: 'sku-1', lotId: 'lot-1', quantity: 28, fromLocationId: 'dock-1', toLocationId: 'near' },
        { skuId: 'sku-1', lotId: 'lot-1', quantity: 12, fromLocationId: 'dock-1', toLocationId: 'far' },
      ],
      undo: { type: 'putaway', details: { lotId: 'lot-1', units: 40, to: 'dock-1' } },
    });
  });

  it('counts in base units what comes in cases', () => {
    const cased = sku('sku-1', {
      packagings: [{ level: 'case', unitsPer: 12, dims: null, weightG: null, gtin: null }],
    });
    expect(storage(...given, cased).feed(came({ quantity: 2, uom: 'case' }))[0]!.details['units']).toBe(24);
    const run = storage(...given);
    expect(run.feed(came({ quantity: 2, uom: 'case' }))).toEqual([]);
    expect(run.feed(cased)[0]!.details['units']).toBe(24);
  });

  it('is left where it was put, if that is no dock, and commanded where nobody says where it stands', () => {
    expect(storage(...given).feed(came({ locationId: 'far' }))).toEqual([]);
    expect(storage(...given, lotAt('far', 40)).feed(came({ locationId: null }))).toEqual([]);
    const [action] = storage(...given).feed(came({ locationId: null }));
    expect(action!.tasks![0]).toMatchObject({ fromLocationId: null, toLocationId: 'near' });
  });

  it('tops up, and is not mixed with another lot in reserve', () => {
    const other = [lotAt('near', 10, T, 'lot-0'), lotAt('far', 10, T, 'lot-0')];
    const run = storage(...given, location('far-2', 130, { zoneId: 'reserve' }), ...other);
    const [action] = run.feed(lotAt('dock-1', 40), came());
    expect(goals([action!])).toEqual([
      ['near', 18],
      ['far-2', 22],
    ]);
    expect(action!.alternatives).toContainEqual(
      expect.objectContaining({
        what: 'far',
        rejectedBecause: expect.stringMatching(/lot lot-0, and lots are not mixed/),
      }),
    );
  });

  it('does not go before a lot in reserve that expires earlier', () => {
    const early = [
      came({ eventId: 'e-0', lotId: 'lot-0', locationId: 'far', expiresAt: T + 500 * HOUR }),
      lotAt('far', 10, T, 'lot-0'),
    ];
    const run = storage(...given, location('far-2', 130, { zoneId: 'reserve' }), ...early);
    expect(goals(run.feed(came()))).toEqual([['far-2', 40]]);
  });

  it('keeps temperature, weight, hazard and what is on its way', () => {
    const facts = [sku('other'), counted('other', 'far', 30)];
    const run = storage(...given, ...facts, location('far-2', 130, { zoneId: 'reserve' }));
    run.feed(velocity('other', 'A', 12));
    // `near` is the other's now.
    const [action] = run.feed(came());
    expect(goals([action!])).toEqual([['far-2', 40]]);
    const acid = [sku('acid', { hazmatClass: '8' }), counted('acid', 'far', 5), sku('sku-1', { hazmatClass: '3' })];
    expect(goals(storage(...given, ...acid).feed(came()))).toEqual([['near', 40]]);
    const heavy = location('near', 20, { maxWeightG: 7000 });
    expect(goals(storage(...given, heavy).feed(came()))).toEqual([
      ['near', 7],
      ['far', 33],
    ]);
    const cold = [
      sku('sku-1', { minTempC: 1, maxTempC: 8 }),
      location('far', 120, { zoneId: 'reserve', minTempC: 2, maxTempC: 6 }),
    ];
    expect(goals(storage(...given, ...cold).feed(came()))).toEqual([['far', 40]]);
  });
  it.each(['C', 'dormant'])('that is %s goes to dense storage', (to) => {
    const dense = [zone('high', 'dense'), location('high-1', 140, { zoneId: 'high' })];
    const run = storage(...zones, ...places, ...dense, sku(), velocity('sku-1', to, 0, T, { origin: 'initial' }));
    expect(goals(run.feed(came())).at(-1)).toEqual(['high-1', to === 'C' ? 39 : 40]);
  });
});

describe('facts that come late', () => {
  const parts: Record<string, GivenRecord[]> = {
    zones,
    sku: [sku()],
    // A new article: its stock is observed for the first time when the lot comes.
    velocity: [known()],
  };
  it.each(Object.keys(parts))('%s last: the lot is put away then, also after a restart', (last) => {
    const run = storage(...places);
    for (const part of Object.keys(parts)) if (part !== last) run.feed(...parts[part]!);
    // Before its zone is known nobody can tell that it stands at a dock.
    run.feed(came(last === 'zones' ? { locationId: null } : {}));
    expect(run.actions).toEqual([]);
    run.restart();
    expect(run.feed(...parts[last]!)).toMatchObject([{ type: 'putaway' }]);
  });

  it('a stock known from a replay alone commands nothing', () => {
    const run = storage(...zones, ...places, sku(), known('B', 'replay'));
    expect(run.feed(came())).toEqual([]);
    expect(run.feed(velocity('sku-1', 'A', 12, T + 2 * HOUR, { sequence: 2 }))[0]).toMatchObject({ type: 'putaway' });
  });
});

describe('what is commanded', () => {
  it('is done when the stock says so, and not commanded twice', () => {
    const run = storage(...given);
    run.feed(lotAt('dock-1', 40), came());
    run.restart();
    expect(run.feed(velocity('sku-1', 'A', 12, T + 2 * HOUR, { sequence: 2 }))).toEqual([]);
    run.feed(lotAt('near', 28, T + 3 * HOUR), lotAt('dock-1', 12, T + 3 * HOUR));
    expect(run.outcomes.get('putaway-done')).toBeUndefined();
    run.feed(lotAt('far', 12, T + 3 * HOUR), lotAt('dock-1', 0, T + 3 * HOUR));
    expect(run.outcomes.get('putaway-done')).toBe(1);
    expect(run.snapshot().filter(([key]) => /^(move|arrival):/.test(key))).toEqual([]);
  });

  it('goes to other places where it was refused, and after three tries people are called', () => {
    const more = [location('far-2', 130, { zoneId: 'reserve' }), location('far-3', 135, { zoneId: 'reserve' })];
    const run = storage(
      ...zones,
      ...places.slice(0, 1),
      location('far', 120, { zoneId: 'reserve' }),
      ...more,
      sku(),
      known(),
    );
    const seen: unknown[] = [];
    let [last] = run.feed(lotAt('dock-1', 40), came());
    for (let n = 0; n < 3; n += 1) {
      seen.push(last!.tasks![0]!.toLocationId);
      const next = run.feed(status(last!.actionId, 'rejected', T + (1.5 + n / 2) * HOUR));
      if (n < 2) expect(next[0]).toMatchObject({ type: 'putaway', supersedes: last!.actionId });
      else expect(next).toMatchObject([{ type: 'escalate', details: { why: 'putaway-not-done', units: 40 } }]);
      [last] = next;
    }
    expect(seen).toEqual(['far', 'far-2', 'far-3']);
    expect(run.snapshot().filter(([key]) => /^(move|arrival):/.test(key))).toEqual([]);
  });

  it('is commanded anew when nobody did it in time', () => {
    const run = storage(...given);
    const [first] = run.feed(lotAt('dock-1', 40), came());
    const [again, ...others] = run.advance(first!.validUntil);
    expect(others).toEqual([]);
    expect(again).toMatchObject({ type: 'putaway', supersedes: first!.actionId, details: { units: 40 } });
  });

  it('is taken back when somebody put the lot elsewhere', () => {
    const run = storage(...given, location('spot', 70));
    const [first] = run.feed(lotAt('dock-1', 40), came());
    expect(run.feed(lotAt('spot', 40, T + 2 * HOUR))).toMatchObject([
      { type: 'withdraw', details: { actionId: first!.actionId } },
    ]);
    expect(run.advance(T + 100 * HOUR)).toEqual([]);
  });

  it('is taken back when the lot has ended', () => {
    const run = storage(...given);
    run.feed(lotAt('dock-1', 40), came());
    const lot = { entityType: 'lot', entityId: 'lot-1', dimension: 'freshness', occurredAt: T + 2 * HOUR };
    expect(run.feed(segmentChanged({ ...lot, to: null }))).toMatchObject([{ type: 'withdraw' }]);
    expect(run.snapshot().filter(([key]) => /^(move|arrival):/.test(key))).toEqual([]);
  });
});

describe('a lot without room', () => {
  const full = [sku('other'), counted('other', 'near', 1), counted('other', 'far', 1)];

  it('is tried again when a place becomes free', () => {
    const run = storage(...given, ...full);
    expect(run.feed(lotAt('dock-1', 40), came())).toEqual([]);
    run.restart();
    expect(goals(run.feed(counted('other', 'far', 0, T + 2 * HOUR)))).toEqual([['far', 40]]);
  });

  it('is told to people once after four hours, and the call ends when there is room', () => {
    const run = storage(...given, ...full);
    run.feed(lotAt('dock-1', 40), came());
    // Trying again does not begin its time anew.
    run.feed(counted('other', 'near', 2, T + 3 * HOUR), location('tiny', 30, { capacityL: 0.1 }));
    const [call, ...others] = run.advance(T + 5 * HOUR);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      ...{ type: 'escalate', target: { entityType: 'lot', entityId: 'lot-1' }, sop: 'docs/sops/slotting.md' },
      details: { why: 'putaway-without-room', units: 40, hours: 4, from: 'dock-1' },
    });
    expect(call!.alternatives.length).toBeGreaterThan(0);
    const after = run.feed(counted('other', 'far', 0, T + 6 * HOUR));
    expect(after.map(({ type }) => type)).toEqual(['putaway', 'withdraw']);
    expect(after[1]!.details['actionId']).toBe(call!.actionId);
  });

  it('calls nobody where the site has no zones, and people after four hours once it has some', () => {
    const run = storage(sku(), known());
    expect(run.feed(came({ locationId: null }))).toEqual([]);
    expect(run.advance(T + 20 * HOUR)).toEqual([]);
    run.restart();
    const tiny = location('near', 20, { capacityL: 0.1, occurredAt: T + 20 * HOUR });
    const first = zone('pick', 'picking');
    expect(run.feed({ ...first, value: { ...first.value, occurredAt: T + 20 * HOUR } }, tiny)).toEqual([]);
    const calls = run.advance(T + 25 * HOUR);
    expect(calls).toMatchObject([{ type: 'escalate', details: { why: 'putaway-without-room', hours: 4 } }]);
    const [call] = calls;
    expect(run.feed(location('wide', 30, { occurredAt: T + 25 * HOUR }))).toMatchObject([
      { type: 'putaway' },
      { type: 'withdraw', details: { actionId: call!.actionId } },
    ]);
  });

  it('waits for no more than what still stands at the dock', () => {
    const run = storage(...given, ...full);
    run.feed(lotAt('dock-1', 40), came(), lotAt('dock-1', 15, T + 2 * HOUR));
    expect(goals(run.feed(counted('other', 'far', 0, T + 3 * HOUR)))).toEqual([['far', 15]]);
    const gone = storage(...given, ...full);
    gone.feed(lotAt('dock-1', 40), came(), lotAt('dock-1', 0, T + 2 * HOUR));
    expect(gone.feed(counted('other', 'far', 0, T + 3 * HOUR))).toEqual([]);
  });
});
