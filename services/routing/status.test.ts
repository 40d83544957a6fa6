import type { ActionStatus } from '@detent/schemas';
import { DecisionHarness, fact, ledgerWorld, modelOf } from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from './process.ts';

const orderDimensions = ['transport', 'urgency', 'care', 'climate'];
const status = (actionId: string, kind: ActionStatus['status'], at: number, reason = 'no dock') =>
  ledgerWorld.statusOf(actionId, kind, at, { reason, by: 'lead-7' });

/** An order that went to the cheaper of two. */
function assigned() {
  const setup = { actions: 'live' as const, model: modelOf({ order: orderDimensions }) };
  const run = new DecisionHarness(() => createRoutingProcessor(setup));
  run.feed(lane(), sku(), service('cheap'), tariff('cheap', 4), service('dear'), tariff('dear', 5));
  const [action] = run.feed(...order('o1', T));
  return { run, action: action! };
}

describe('an assignment that a person rejects', () => {
  it('goes to the best of the others, and the order is not offered to that one again', () => {
    const { run, action } = assigned();
    const [next] = run.feed(status(action.actionId, 'rejected', T + 1));
    expect(next).toMatchObject({ type: 'assign-carrier', details: { carrierId: 'dear' } });
    expect(next!.alternatives).toContainEqual({
      ...{ what: 'cheap/s', rejectedBecause: 'rejected, says lead-7: no dock' },
      ...{ value: null, unit: null },
    });
    run.restart();
    expect(run.feed(stands('carrier', 'dear', 'failing', T + 2))).toEqual([]);
  });

  it('is escalated with the reasons of people once none is left', () => {
    const { run, action } = assigned();
    const [next] = run.feed(status(action.actionId, 'failed', T + 1));
    const [call] = run.feed(status(next!.actionId, 'rejected', T + 2));
    expect(call).toMatchObject({
      ...{ type: 'escalate', target: { entityId: 'o1' } },
      details: { services: 2, refusedServices: 2 },
    });
    expect(call!.because).toMatch(
      /^the order was given to cheap\/s \(failed, says lead-7: no dock\), dear\/s \(rejected, says lead-7: no dock\); /,
    );
    expect(call!.alternatives.map(({ rejectedBecause }) => rejectedBecause).sort()).toEqual([
      'failed, says lead-7: no dock',
      'rejected, says lead-7: no dock',
    ]);
  });

  it('is escalated as given in vain, apart from carriers that cannot take it', () => {
    const { run, action } = assigned();
    const [next] = run.feed(service('dear', { maxLengthMm: 1 }), status(action.actionId, 'rejected', T + 1));
    expect(next!.because).toMatch(
      /^the order was given to cheap\/s \(rejected, says lead-7: no dock\), and no other carrier can take the order within/,
    );
    expect(next!.details).toMatchObject({ services: 2, refusedServices: 1 });
  });

  it('moves nothing where the order has another assignment by then', () => {
    const { run, action } = assigned();
    run.feed(stands('carrier', 'cheap', 'failing', T + 1));
    expect(run.feed(status(action.actionId, 'rejected', T + 2))).toEqual([]);
  });
});

it('an assignment is done when it is booked, and taken back when the order is cancelled or booked otherwise', () => {
  const cancelled = fact('detent.orders.OrderCancelled', { eventId: 'c', occurredAt: T + HOUR, orderId: 'o1' }, 'o1');
  const booked = (carrierId: string) =>
    fact('detent.shipments.ShipmentBooked', {
      ...{ eventId: 'b', occurredAt: T + HOUR, shipmentId: 's', orderIds: ['o1'], carrierId, serviceId: 's' },
      ...{ laneId: 'de', cartons: [], cost: null, currency: null },
    });
  for (const [record, back] of [
    [booked('cheap'), []],
    [booked('dear'), ['withdraw']],
    [cancelled, ['withdraw']],
  ] as const) {
    const { run, action } = assigned();
    const out = run.feed(record);
    expect(out.map(({ type }) => type)).toEqual(back);
    for (const { details } of out) expect(details).toMatchObject({ actionId: action.actionId });
  }
});
