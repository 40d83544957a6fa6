import { DecisionHarness, fact, type GivenRecord, modelOf, seeded } from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { createRoutingProcessor } from '../process.ts';

const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });
const routing = (...given: GivenRecord[]) => {
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }));
  run.feed(...given);
  return run;
};

/** `told` has a tariff of 6; `bare` has none, or one in a currency that nobody gave a rate for. */
const world = () => [lane(), sku(), service('told'), tariff('told', 6), service('bare')];
const invoice = (carrierId: string, cost: number | null, i: number, of: object = {}) =>
  fact('detent.outcomes.DeliveryCompleted', {
    ...{ eventId: `i${i}`, occurredAt: T + i, orderId: 'past', shipmentId: 's', carrierId, serviceId: 's' },
    ...{ laneId: 'de', deliveredAt: T, promisedAt: T + 1, cost, currency: 'EUR', lines: [], complete: true, ...of },
  });
/** So many invoices of both, `bare` around a price. */
function invoices(count: number, price: number, spread: number): GivenRecord[] {
  const random = seeded(5);
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? invoice('told', 6, i) : invoice('bare', price * (1 + spread * (random() - 0.5)), i),
  );
}
const answer = (run: DecisionHarness) =>
  run.feed(...order('o1', T + HOUR)).find(({ target }) => target.entityId === 'o1')!;

describe('a service without a price', () => {
  it('is offered at what its invoices let expect, with the interval, once enough are known', () => {
    const run = routing(...world(), ...order('past', T));
    run.feed(...invoices(749, 4, 0.1));
    expect(answer(routing(...world(), ...order('past', T), ...invoices(749, 4, 0.1))).details['carrierId']).toBe(
      'told',
    );
    run.feed(invoice('bare', 4, 749));
    run.restart();
    const action = answer(run);
    expect(action.details).toMatchObject({ carrierId: 'bare', currency: 'EUR' });
    const { cost, expectedCost, expectedCostLow, expectedCostHigh } = action.details as Record<string, number>;
    expect(cost).toBe(expectedCost);
    expect(expectedCost).toBeGreaterThan(3.7);
    expect(expectedCost).toBeLessThan(4.3);
    expect(expectedCostLow).toBeLessThanOrEqual(expectedCost!);
    expect(expectedCostHigh).toBeGreaterThanOrEqual(expectedCost!);
    expect(action.because).toMatch(/as its invoices let expect/);
  });

  it('counts by the upper end: where its invoices tell little, who has a price is preferred', () => {
    const action = answer(routing(...world(), ...order('past', T), ...invoices(750, 5, 1.4)));
    expect(action.details['carrierId']).toBe('told');
    expect(action.alternatives[0]).toMatchObject({
      what: 'bare/s',
      rejectedBecause: expect.stringMatching(/its price not known/),
    });
  });

  it('is offered likewise where no rate is known for its currency', () => {
    const run = routing(...world(), tariff('bare', 4, 0, { currency: 'CHF' }), ...order('past', T));
    run.feed(...invoices(750, 4, 0.1));
    expect(answer(run).details['carrierId']).toBe('bare');
  });

  it('stays out where too few of the invoices are its own, or they do not say what was paid', () => {
    const unpaid = (i: number) => [
      invoice('bare', null, i),
      invoice('bare', 4, i, { currency: 'CHF' }),
      invoice('bare', 4, i, { complete: false }),
      invoice('bare', 4, i, { orderId: 'nobody knows' }),
    ];
    const run = routing(...world(), ...order('past', T));
    run.feed(...Array.from({ length: 750 }, (_, i) => [invoice('told', 6, i), ...unpaid(i)]).flat());
    const action = answer(run);
    expect(action.details['carrierId']).toBe('told');
    expect(action.details['expectedCost']).toBeCloseTo(6, 0);
    expect(action.alternatives[0]!.rejectedBecause).toMatch(/was not described/);
  });
});

describe('what was learnt', () => {
  it('is the same after restarts at any time, and does not grow without end', () => {
    const past = [...world(), ...order('past', T), ...invoices(2300, 4, 0.4)];
    const [once, often] = [{ batch: 5000 }, { batch: 700, restartEachBatch: true }].map((options) => {
      const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }), options);
      run.feed(...past);
      return run;
    });
    expect(answer(often!)).toEqual(answer(once!));
    expect(once!.snapshot().filter(([key]) => key.startsWith('invoice:'))).toHaveLength(1000);
  });
});
