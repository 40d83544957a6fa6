import { DecisionHarness, type GivenRecord, modelOf } from '@detent/testing/decisions';
import { capacity, HOUR, lane, order, service, sku, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { defaultRoutingConfig } from '../config.ts';
import { createRoutingProcessor } from '../process.ts';

const MOST = defaultRoutingConfig.reconsiderMost;
const SECOND = 1000;

function routing(...given: GivenRecord[]) {
  const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });
  const run = new DecisionHarness(() => createRoutingProcessor({ actions: 'live', model }));
  run.feed(lane(), sku(), ...given);
  return run;
}

const idOf = (letter: string, n: number) => `${letter}${String(n).padStart(3, '0')}`;
const ids = (letter: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => idOf(letter, from + n));
/** Orders of which the last is promised first. */
const orders = (letter: string, count: number, promisedAt = T + 90 * HOUR, of: object = {}) =>
  ids(letter, count).flatMap((id, n) => order(id, T, { promisedAt: promisedAt - n, ...of }));
const assigned = (run: DecisionHarness) =>
  run.actions.filter(({ type }) => type === 'assign-carrier').map(({ target }) => target.entityId);
const wakes = (run: DecisionHarness) => run.snapshot().flatMap(([key]) => (key.startsWith('wake:') ? [key] : []));
const tariffAt = (carrierId: string, occurredAt: number) => tariff(carrierId, 4, 0, { occurredAt });

describe('many orders that wait for one fact', () => {
  it('are settled a hundred a step when it comes, each once and who is promised first before the others', () => {
    const run = routing(service('slow'), ...orders('m', 250));
    expect(run.actions).toEqual([]);
    run.feed(tariffAt('slow', T + HOUR));
    const inTurn = ids('m', 250).reverse();
    expect(assigned(run)).toEqual(inTurn.slice(0, MOST));
    run.restart();
    run.advance(T + HOUR + SECOND);
    expect(assigned(run)).toEqual(inTurn.slice(0, 2 * MOST));
    run.restart();
    run.advance(T + HOUR + 5 * SECOND);
    expect(assigned(run)).toEqual(inTurn);
    expect(wakes(run)).toEqual([]);
  });

  it('are looked at once more where another fact comes in the middle', () => {
    const run = routing(service('slow'), ...orders('m', 250));
    // It is no use without a price.
    run.feed(capacity('slow', 999, { occurredAt: T + HOUR }));
    run.restart();
    run.feed(tariffAt('slow', T + HOUR + 500));
    run.advance(T + HOUR + 2 * SECOND);
    const inTurn = ids('m', 250).reverse();
    expect(assigned(run)).toEqual(inTurn.slice(MOST));
    run.restart();
    run.advance(T + HOUR + 5 * SECOND);
    expect(assigned(run).slice(250 - MOST)).toEqual(inTurn.slice(0, MOST));
    expect(wakes(run)).toEqual([]);
  });

  it('on several lanes: are a hundred a step together', () => {
    const countries = ['AT', 'BE', 'CZ'];
    const lanes = countries.map((laneId) => ({
      ...{ laneId, transitHours: 24, transitBasis: 'clock' as const, tariffId: 'flat-slow', departures: [] },
    }));
    const run = routing(
      ...countries.map((country) => lane(country, [], country)),
      service('slow', { lanes }),
      ...countries.flatMap((country) => orders(country, 60, undefined, { destination: { country, postcode: '1' } })),
    );
    run.feed(tariffAt('slow', T + HOUR));
    expect(assigned(run)).toHaveLength(MOST);
    run.restart();
    run.advance(T + HOUR + SECOND);
    expect(new Set(assigned(run)).size).toBe(180);
    expect(wakes(run)).toEqual([]);
  });

  it('get what room comes, as far as it goes, and nobody beyond is looked at', () => {
    const run = routing(service('slow'), tariff('slow', 4), capacity('slow', 0), ...orders('m', 250, T + 36 * HOUR));
    expect(assigned(run)).toEqual([]);
    run.feed(capacity('slow', 170, { occurredAt: T + SECOND }));
    expect(assigned(run)).toHaveLength(MOST);
    run.restart();
    run.advance(T + 2 * SECOND);
    expect(assigned(run)).toHaveLength(170);
    const told = run.outcomes.get('still-escalated');
    expect(wakes(run)).toEqual([]);
    run.advance(T + 10 * SECOND);
    expect(run.outcomes.get('still-escalated')).toBe(told);
  });

  it('come to their turn, however often something is told that helps none of those before them', () => {
    const run = routing(
      ...[service('full', {}, 6), tariff('full', 4), capacity('full', 0), service('slow', {}, 40)],
      ...orders('soon', 300, T + 24 * HOUR),
      ...orders('later', 60, T + 90 * HOUR),
    );
    run.feed(tariffAt('slow', T + HOUR));
    for (let n = 1; n <= 12; n += 1) run.feed(capacity('full', 0, { occurredAt: T + HOUR + n * 0.6 * SECOND }));
    expect(new Set(assigned(run))).toEqual(new Set(ids('later', 60)));
    run.advance(T + HOUR + 20 * SECOND);
    expect(wakes(run)).toEqual([]);
  });
});
