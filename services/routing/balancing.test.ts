import { DecisionHarness, fact, type GivenRecord, modelOf } from '@detent/testing/decisions';
import { capacity, HOUR, lane, order, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from './process.ts';

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
