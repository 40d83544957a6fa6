import type { Action } from '@detent/schemas';
import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { defaultRoutingConfig } from '../config.ts';
import { createRoutingProcessor } from '../process.ts';

const MOST = defaultRoutingConfig.reconsiderMost;
const SECOND = 1000;

function routing(...given: GivenRecord[]) {
  const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }));
  run.feed(...given);
  return run;
}

/** Two services that leave at 17:00 UTC: the dear one takes 30 h less. The lot's date is far enough for both. */
const world = (dear: number) => [
  ...[lane(), sku('sku-1', { shelfLifeHours: 240 })],
  ...[service('slow', {}, 40), tariff('slow', 4), service('fast', {}, 10), tariff('fast', dear)],
  fact('detent.inventory.LotReceived', {
    ...{
      eventId: 'lot-1',
      occurredAt: T,
      skuId: 'sku-1',
      lotId: 'lot-1',
      siteId: 'site-1',
      quantity: 900,
      uom: 'each',
    },
    ...{ manufacturedAt: null, expiresAt: T + 300 * HOUR, locationId: null },
  }),
];
/** Orders of the lot, by their ids. */
const ofLot = (ids: readonly string[], at: number, where: Record<string, string> = {}) =>
  ids.flatMap((orderId) => [
    ...order(orderId, at, { promisedAt: T + 400 * HOUR }, where),
    fact('detent.orders.OrderLineStatusChanged', {
      ...{ eventId: orderId, occurredAt: at, orderId, lineId: '1', status: 'released', quantity: 1, lotId: 'lot-1' },
    }),
  ]);
const ids = (letter: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `${letter}${String(from + i).padStart(3, '0')}`);
const ofActions = (actions: readonly Action[]) => actions.map(({ target }) => target.entityId);
const lotIs = (to: string, at: number, hoursLost?: number) =>
  segmentChanged({
    ...{ entityType: 'lot', entityId: 'lot-1', to, epoch: 'inventory.v1-0-1', sequence: 1, occurredAt: at },
    ...(hoursLost === undefined ? { dimension: 'route' } : { dimension: 'freshness', attributes: { hoursLost } }),
  });
const keysOf = (run: DecisionHarness, prefix: string) =>
  run.snapshot().flatMap(([key]) => (key.startsWith(prefix) ? [key] : []));

describe('many orders of a lot that loses life', () => {
  it('are all looked at in the end, a hundred a step and the next to be handed over first, also over a restart', () => {
    const run = routing(...world(9.7));
    // What comes after 15:00 UTC goes a day later.
    run.feed(...ofLot(ids('z', 130), T), ...ofLot(ids('a', 100), T + 7.5 * HOUR));
    expect(new Set(run.actions.map(({ details }) => details['carrierId']))).toEqual(new Set(['slow']));
    expect(ofActions(run.feed(lotIs('short', T + 8 * HOUR, 50)))).toEqual(ids('z', MOST));
    run.restart();
    expect(ofActions(run.advance(T + 8 * HOUR + SECOND))).toEqual([...ids('z', 30, MOST), ...ids('a', 70)]);
    run.restart();
    const last = run.advance(T + 9 * HOUR);
    expect(ofActions(last)).toEqual(ids('a', 30, 70));
    expect(last[0]!.details['carrierId']).toBe('fast');
    expect(keysOf(run, 'sweep:')).toEqual([]);
  });

  it('are looked at as of a lot with life lost for good, though a mere warm reading comes in the middle', () => {
    const run = routing(...world(9.7));
    run.feed(...ofLot(ids('m', 150), T));
    expect(run.feed(lotIs('short', T + HOUR, 50))).toHaveLength(MOST);
    run.restart();
    // It begins anew: the first have moved already, and stay.
    expect(run.feed(lotIs('strayed', T + HOUR + 500))).toEqual([]);
    const rest = run.advance(T + 2 * HOUR);
    expect(ofActions(rest)).toEqual(ids('m', 50, MOST));
    expect(rest[0]!.segment).toEqual({ dimension: 'route', segment: 'strayed' });
    expect(keysOf(run, 'sweep:')).toEqual([]);
  });

  it('are left alone when they ended meanwhile', () => {
    const run = routing(...world(9.7));
    run.feed(...ofLot(ids('m', 120), T));
    run.feed(lotIs('short', T + HOUR, 50));
    const cancel = (orderId: string) =>
      fact('detent.orders.OrderCancelled', { eventId: 'c', occurredAt: T + HOUR + 1, orderId });
    run.feed(...ids('m', 10, 105).map(cancel));
    const rest = run.advance(T + 2 * HOUR);
    expect(ofActions(rest)).toEqual([...ids('m', 5, 100), ...ids('m', 5, 115)]);
    expect(keysOf(run, 'sweep:')).toEqual([]);
  });

  it('leave the load that they are held for, where it comes too late', () => {
    const run = routing(
      ...[...world(30), service('yak', { mode: 'ltl', maxWeightG: 900_000 }, 60), tariff('yak', 1)],
      ...ofLot(ids('held', 30), T, { transport: 'bulky' }),
      ...ofLot(ids('m', 100), T + 1),
    );
    expect(keysOf(run, 'group:')).toHaveLength(1);
    expect(ofActions(run.actions)).toEqual(ids('m', 100));
    // 300 h by the date less 232 is 68: by the lorry it is 69 h, by the slow one 49.
    run.feed(lotIs('short', T + HOUR, 232));
    run.restart();
    run.advance(T + HOUR + 2 * SECOND);
    const last = new Map(run.actions.map(({ target, details }) => [target.entityId, details['carrierId']]));
    for (const id of ids('held', 30)) expect([id, last.get(id)]).toEqual([id, 'slow']);
    expect(keysOf(run, 'group:')).toEqual([]);
  });
});

it('loads of a carrier that fails are looked at as wholes, so many a step as have a hundred orders together', () => {
  const ltl = { mode: 'ltl', maxWeightG: 900_000 };
  const run = routing(
    ...[lane(), sku('sku-1', { weightG: 8000 })],
    ...[service('yak', ltl), tariff('yak', 20), service('elk', ltl), tariff('elk', 60)],
  );
  // Fifty of them are heavy enough to leave at once; loads have every fifth id.
  const fifths = Array.from({ length: 250 }, (_, n) => ids('m', 1, (n % 50) * 5 + Math.floor(n / 50))[0]!);
  run.feed(...fifths.flatMap((id) => order(id, T, { promisedAt: T + 90 * HOUR }, { transport: 'bulky' })));
  const loads = () => run.actions.filter(({ type }) => type === 'consolidate');
  const carriers = () => loads().map(({ details }) => details['carrierId']);
  expect(carriers()).toEqual(Array(5).fill('yak'));
  run.feed(stands('carrier', 'yak', 'failing', T + HOUR));
  expect(carriers()).toHaveLength(7);
  run.restart();
  run.advance(T + HOUR + SECOND);
  expect(carriers()).toHaveLength(9);
  run.advance(T + 2 * HOUR);
  expect(carriers().slice(5)).toEqual(Array(5).fill('elk'));
  expect(loads().every(({ tasks }) => tasks!.length === 50)).toBe(true);
  expect(keysOf(run, 'sweep:')).toEqual([]);
});
