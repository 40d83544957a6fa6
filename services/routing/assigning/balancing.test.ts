import { DecisionHarness, fact, type GivenRecord, modelOf } from '@detent/testing/decisions';
import { capacity, HOUR, lane, order, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from '../process.ts';

function routing(...given: GivenRecord[]) {
  const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }));
  run.feed(...given);
  return run;
}

/** `long` takes pieces of any length and weight; `short` is dearer and takes small ones. One parcel a day each. */
const world = () => [
  lane(),
  sku('small'),
  sku('long', { lengthMm: 1500 }),
  service('any', { maxLengthMm: 3000 }),
  tariff('any', 4),
  service('small', { maxLengthMm: 500 }),
  tariff('small', 6),
];
const of = (skuId: string) => ({ lines: [{ lineId: '1', skuId, quantity: 1, uom: 'each' }] });

describe('capacity that is short', () => {
  it('is given to who has no other way: the other one moves, in place of its first command', () => {
    const run = routing(...world(), capacity('any', 1), capacity('small', 1));
    const [first] = run.feed(...order('o1', T, of('small')));
    expect(first!.details['carrierId']).toBe('any');
    run.restart();
    const actions = run.feed(...order('o2', T + 1, of('long')));
    const by = Object.fromEntries(actions.map((action) => [action.target.entityId, action]));
    expect(actions).toHaveLength(2);
    expect(by['o2']).toMatchObject({ type: 'assign-carrier', details: { carrierId: 'any' } });
    expect(by['o1']).toMatchObject({
      details: { carrierId: 'small', changeCost: 0.5 },
      supersedes: first!.actionId,
      undo: { type: 'unassign-carrier' },
    });
    expect(by['o1']!.changeId).toContain('order/o1/');
    expect(by['o1']!.alternatives[0]).toMatchObject({ what: 'any/s as before' });
    expect(run.outcomes.get('balanced')).toBe(1);
    // Nothing is left to gain: neither the cutoff nor anything later moves them back.
    expect(run.advance(T + 200 * HOUR)).toEqual([]);
  });

  it('that nothing helps is escalated, and what others hold stays theirs', () => {
    const run = routing(...world(), capacity('any', 1), capacity('small', 0));
    run.feed(...order('o1', T, of('small')));
    expect(run.feed(...order('o2', T + 1, of('long')))).toMatchObject([
      { type: 'escalate', target: { entityId: 'o2' } },
    ]);
    run.restart();
    const [taken] = run.feed(fact('detent.orders.OrderCancelled', { eventId: 'x', occurredAt: T + 2, orderId: 'o1' }));
    expect(taken).toMatchObject({ type: 'withdraw', target: { entityId: 'o1' } });
    // Near the cutoff it is looked at again.
    expect(run.advance(T + 200 * HOUR)).toMatchObject([{ details: { carrierId: 'any' } }]);
  });
});

describe('the cutoff of a lane', () => {
  it('brings orders together better than they came, where the changes are earned', () => {
    const heavy = { breaks: [{ fromG: 0, base: 4, perKg: 0 }] };
    const perKilo = { breaks: [{ fromG: 0, base: 4, perKg: 2 }] };
    // By volume the light one is charged as 1.6 kg.
    const run = routing(
      ...[lane(), sku('light', { weightG: 1000 }), sku('heavy', { weightG: 20_000 })],
      ...[service('flat'), tariff('flat', 4, 0, heavy), service('kilo'), tariff('kilo', 4, 2, perKilo)],
      capacity('flat', 1),
    );
    run.feed(...order('o1', T, of('light')));
    const [second] = run.feed(...order('o2', T + 1, of('heavy')));
    expect(second!.details).toMatchObject({ carrierId: 'kilo', cost: 44 });
    const moved = run.advance(T + 200 * HOUR);
    expect(moved.map(({ target, details }) => [target.entityId, details['carrierId'], details['cost']])).toEqual([
      ['o1', 'kilo', 7.2],
      ['o2', 'flat', 4],
    ]);
    expect(moved[0]!.createdAt).toBe(Date.parse('2026-03-02T17:30+01:00'));
    for (const { details } of moved) expect(details['saving']).toBeGreaterThan(30);
  });

  it('moves nobody for less than the change costs', () => {
    const run = routing(...world(), tariff('small', 4.3), capacity('any', 1));
    run.feed(...order('o1', T, of('small')), ...order('o2', T + 1, of('small')));
    run.feed(capacity('any', 2, { occurredAt: T + 2 }));
    expect(run.advance(T + 200 * HOUR)).toEqual([]);
  });
});

describe('a shortage', () => {
  const MINUTE = 60_000;
  /** `any` is full; `long` things have no other way. */
  const full = () => routing(...world(), capacity('any', 0), capacity('small', 0), ...order('o0', T, of('long')));

  it('is met by one balance a minute: whoever comes meanwhile waits for the next, and is then told', () => {
    const run = full();
    expect(run.actions.map(({ type, createdAt }) => [type, createdAt])).toEqual([['escalate', T]]);
    expect(run.feed(...order('o1', T + 1, of('long')), ...order('o2', T + 2, of('long')))).toEqual([]);
    expect(run.outcomes.get('waits-for-room')).toBe(2);
    run.restart();
    expect(run.advance(T + MINUTE - 1)).toEqual([]);
    const told = run.advance(T + MINUTE);
    expect(told.map(({ type, target, createdAt }) => [type, target.entityId, createdAt])).toEqual([
      ['escalate', 'o1', T + MINUTE],
      ['escalate', 'o2', T + MINUTE],
    ]);
    expect(told[0]!.alternatives.map(({ what }) => what)).toEqual(['any/s', 'small/s']);
  });

  it('gives room that comes to who waits, at once and only as far as it goes', () => {
    const run = full();
    run.feed(...order('o1', T + 1, of('long')), ...order('o2', T + 2, of('long')));
    const [given, ...more] = run.feed(capacity('any', 1, { occurredAt: T + 3 }));
    expect(given).toMatchObject({ type: 'assign-carrier', target: { entityId: 'o1' } });
    expect(more).toEqual([]);
    expect(run.advance(T + MINUTE)).toMatchObject([{ type: 'escalate', target: { entityId: 'o2' } }]);
  });

  it('lets nobody wait past the first cutoff that it could make', () => {
    // Handed over by 18:00 in Berlin, half an hour after it is tendered. The order has been ready for hours.
    const lastAt = Date.parse('2026-03-02T17:30+01:00');
    const run = full();
    const waiting = () => run.snapshot().filter(([key, value]) => key.startsWith('order:') && value.includes('"room:'));
    const look = (occurredAt: number) => run.feed(tariff('any', 4, 0, { occurredAt }));
    look(lastAt - 40_000);
    expect(waiting()).toEqual([]);
    look(lastAt - 20_000);
    expect(waiting()).toHaveLength(1);
    // The next balance by the minute would be at 17:30:20.
    run.advance(lastAt - 1);
    expect(waiting()).toHaveLength(1);
    run.advance(lastAt);
    expect(waiting()).toEqual([]);
  });

  it('of more orders than one balance can look at asks people about the rest at once', () => {
    const run = full();
    const orders = Array.from({ length: 60 }, (_, i) => order(`p${i}`, T + 1 + i, of('long'))).flat();
    expect(run.feed(...orders)).toHaveLength(10);
    expect(run.advance(T + MINUTE)).toHaveLength(50);
  });

  it('goes away when the order does', () => {
    const run = full();
    run.feed(...order('o1', T + 1, of('long')));
    run.feed(fact('detent.orders.OrderCancelled', { eventId: 'x', occurredAt: T + 2, orderId: 'o1' }));
    expect(run.advance(T + MINUTE)).toEqual([]);
  });
});
