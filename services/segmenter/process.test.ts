import { compileModel, loadModel, type Membership, type Observation, type SegmentPin } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { observed, run } from './testing/driver.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);

const MODEL = `
model: test
version: 1
grace: 2h
entities:
  order:
    transient: true
    undecidedAfter: 10m
    retention: 1d
    links:
      customer: customer
      lines: { type: sku, values: { quantity: number } }
    attributes:
      fragileUnits: { over: lines, sum: line.quantity, where: sku.fragility >= 0.6 }
      tier: { from: customer.tier }
      hoursToPromise: { until: promisedAt }
    dimensions:
      handling:
        segments:
          fragile: { when: fragileUnits >= 2 }
          standard: {}
      care:
        segments:
          premium: { when: tier == 'gold' }
          regular: {}
      urgency:
        segments:
          late: { when: hoursToPromise < 0 }
          soon: { when: hoursToPromise <= 4 }
          normal: {}
  sku:
    attributes:
      fragility: { latest: fragility }
  customer:
    attributes:
      tier: { latest: tier, missing: default none }
    dimensions:
      kind:
        segments:
          known: { when: tier != 'none' }
          guest: {}
`;
const engine = compileModel(loadModel(MODEL, 'test.yaml'));

const order = (entityId: string, observedAt: number, of: Partial<Observation> = {}) =>
  observed({
    entityType: 'order',
    entityId,
    observedAt,
    values: { promisedAt: T0 + 10 * HOUR },
    links: [
      { relation: 'customer', targets: [{ entityType: 'customer', entityId: 'c1', values: {} }] },
      {
        relation: 'lines',
        targets: [
          { entityType: 'sku', entityId: 'vase', values: { quantity: 2 } },
          { entityType: 'sku', entityId: 'towel', values: { quantity: 5 } },
        ],
      },
    ],
    ...of,
  });
const sku = (entityId: string, observedAt: number, fragility: number) =>
  observed({ entityType: 'sku', entityId, observedAt, values: { fragility } });
const customer = (observedAt: number, tier: string) =>
  observed({ entityType: 'customer', entityId: 'c1', observedAt, values: { tier } });

const described = [sku('vase', T0 - 2, 0.9), sku('towel', T0 - 1, 0)];
const moves = (changes: ReturnType<typeof run>['changes'], entityId: string, dimension: string) =>
  changes
    .filter((c) => c.entityId === entityId && c.dimension === dimension)
    .map((c) => `${c.from} → ${c.to} (${c.origin})`);

describe.each([1, 4])('an order and what it refers to, on %d partition(s)', (partitions) => {
  it('takes the values of SKUs and customer, and follows them when they change', () => {
    const { changes } = run(
      engine,
      [...described, order('o1', T0), sku('vase', T0 + HOUR, 0.1), customer(T0 + 2 * HOUR, 'gold')],
      { partitions },
    );
    expect(moves(changes, 'o1', 'handling')).toEqual(['null → fragile (reference)', 'fragile → standard (reference)']);
    expect(moves(changes, 'o1', 'care')).toEqual(['null → regular (reference)', 'regular → premium (reference)']);
    const [, left] = changes.filter(({ dimension }) => dimension === 'handling');
    expect(left).toMatchObject({
      occurredAt: T0 + HOUR,
      because: { text: 'fragileUnits 0 < 2' },
      attributes: { fragileUnits: 0 },
    });
  });

  it('is placed by default, saying so, when a SKU stays unknown, and moves when it is described', () => {
    const { changes } = run(
      engine,
      [
        order('o1', T0),
        sku('other', T0 + HOUR, 1),
        ...described.map((s) => ({ ...s, observedAt: T0 + 2 * HOUR })),
        order('o1', T0 + 3 * HOUR),
      ],
      {
        partitions,
      },
    );
    expect(moves(changes, 'o1', 'handling')).toEqual(['null → standard (timer)', 'standard → fragile (reference)']);
    expect(changes.find(({ dimension }) => dimension === 'handling')).toMatchObject({
      occurredAt: T0 + HOUR / 6,
      hysteresis: { kind: 'missing' },
    });
  });

  it('forgets a SKU that is no longer in the order', () => {
    const without = order('o1', T0 + HOUR, {
      links: [{ relation: 'lines', targets: [{ entityType: 'sku', entityId: 'towel', values: { quantity: 1 } }] }],
    });
    const { changes, stored } = run(engine, [...described, order('o1', T0), without, sku('vase', T0 + 2 * HOUR, 0.8)], {
      partitions,
    });
    expect(moves(changes, 'o1', 'handling')).toEqual(['null → fragile (reference)', 'fragile → standard (live)']);
    expect([...stored.keys()].filter((key) => key.includes('~ref:sku:vase'))).toEqual([]);
  });
});

describe('the end of an entity', () => {
  const ended = order('o1', T0 + HOUR, { values: {}, links: [], ended: true });

  it('takes it out of every segment, withdraws its membership and its references', () => {
    const { changes, memberships, stored } = run(engine, [...described, order('o1', T0), ended]);
    expect(moves(changes, 'o1', 'urgency')).toEqual(['null → normal (live)', 'normal → null (live)']);
    expect([...memberships.keys()]).toEqual([]);
    expect([...stored.keys()].filter((key) => key.includes('~ref:'))).toEqual([]);
    expect(new Set(changes.filter(({ to }) => to === null).map(({ evaluationId }) => evaluationId)).size).toBe(1);
  });

  it('ignores and counts what comes after it, and forgets the entity when its retention is over', () => {
    const log = [...described, order('o1', T0), ended, order('o1', T0 + 2 * HOUR), sku('vase', T0 + 48 * HOUR, 0.8)];
    const { changes, counts, stored } = run(engine, log);
    expect(changes.filter(({ occurredAt }) => occurredAt > T0 + HOUR)).toEqual([]);
    expect(counts.get('detent_segmenter_observations_total ended')).toBe(1);
    expect([...stored.keys()]).not.toContain('0/order:o1');
  });

  it('tells referrers of an erased customer that the value is missing, and takes a returning one as new', () => {
    const erased = { ...customer(T0 + HOUR, ''), values: {}, ended: true };
    const { changes } = run(engine, [
      customer(T0 - 1, 'gold'),
      ...described,
      order('o1', T0),
      erased,
      customer(T0 + 2 * HOUR, 'gold'),
      order('o2', T0 + 3 * HOUR),
    ]);
    expect(moves(changes, 'c1', 'kind')).toEqual([
      'null → known (initial)',
      'known → null (live)',
      'null → known (initial)',
    ]);
    const epochs = changes.filter(({ entityId, to }) => entityId === 'c1' && to !== null).map(({ epoch }) => epoch);
    expect(epochs).toEqual(['test.v1-0-0', 'test.v1-0-5']);
    // Missing holds: the order stays where it is.
    expect(moves(changes, 'o1', 'care')).toEqual(['null → premium (reference)']);
  });
});

describe('what others still refer to when it has ended', () => {
  const erased = { ...customer(T0 + HOUR, ''), values: {}, ended: true };

  it('answers missing until it returns, and then anew, though its value be the default', () => {
    const asked = MODEL.replace(
      'tier: { from: customer.tier }',
      'tier: { from: customer.tier, missing: default unknown }',
    );
    const { changes } = run(compileModel(loadModel(asked.replaceAll("'gold'", "'none'"), 'asked.yaml')), [
      customer(T0 - 1, 'none'),
      ...described,
      order('o1', T0, { values: { promisedAt: T0 + 9000 * HOUR } }),
      erased,
      sku('vase', T0 + 40 * 24 * HOUR, 0.9),
      customer(T0 + 41 * 24 * HOUR, 'none'),
    ]);
    expect(moves(changes, 'o1', 'care')).toEqual([
      'null → regular (live)',
      'regular → premium (reference)',
      'premium → regular (reference)',
      'regular → premium (reference)',
    ]);
  });

  it('is gone once nobody does', () => {
    const over = order('o1', T0 + 41 * 24 * HOUR, { values: {}, links: [], ended: true });
    const log = [customer(T0 - 1, 'gold'), ...described, order('o1', T0), erased];
    const later = sku('vase', T0 + 90 * 24 * HOUR, 0.9);
    expect([...run(engine, [...log, later]).stored.keys()]).toContain('0/customer:c1');
    expect([...run(engine, [...log, over, later]).stored.keys()]).not.toContain('0/customer:c1');
  });
});

describe('time', () => {
  it('fires timers at their own instants, though nothing is observed of the entity', () => {
    const { changes } = run(engine, [...described, order('o1', T0), sku('other', T0 + 24 * HOUR, 1)]);
    const urgency = changes.filter(({ dimension }) => dimension === 'urgency');
    expect(urgency.map(({ to, occurredAt, origin }) => [to, occurredAt - T0, origin])).toEqual([
      ['normal', 0, 'live'],
      ['soon', 6 * HOUR, 'timer'],
      ['late', 10 * HOUR + 1, 'timer'],
    ]);
  });

  it('refuses what is older than grace as late, and says which record', () => {
    const { refused } = run(engine, [customer(T0, 'gold'), customer(T0 - 3 * HOUR, 'none')]);
    expect(refused.map(({ record, refusal }) => [record.raw.offset, refusal.code])).toEqual([[1, 'LATE']]);
  });

  it('counts by attribute what comes later than the attribute allows', () => {
    const strict = MODEL.replace('{ latest: fragility }', '{ max: fragility, window: 8h, grace: 30m }');
    const late = [sku('vase', T0, 0.1), sku('vase', T0 - HOUR, 0.9)];
    const { counts, refused } = run(
      compileModel(
        loadModel(strict.replace(/fragileUnits: .*\n/, 'fragileUnits: { over: lines, sum: line.quantity }\n'), 's'),
      ),
      late,
    );
    expect(counts.get('detent_attribute_late_total sku.fragility')).toBe(1);
    expect(refused).toEqual([]);
  });

  it('marks changes of a replay', () => {
    const { changes } = run(engine, [customer(T0, 'gold')], { replay: true });
    expect(changes.map(({ origin }) => origin)).toEqual(['replay']);
  });
});

describe('a pin', () => {
  const pinned = (occurredAt: number, segment: string | null, of: Partial<SegmentPin> = {}): SegmentPin => ({
    entityType: 'customer',
    entityId: 'c1',
    dimension: 'kind',
    segment,
    until: segment === null ? null : occurredAt + HOUR,
    by: 'u1',
    reason: 'fair',
    occurredAt,
    ...of,
  });

  it('moves the entity and shows in its membership until it is over', () => {
    const log = [customer(T0, 'gold'), pinned(T0 + 1, 'guest')];
    const { changes, memberships } = run(engine, log);
    expect(moves(changes, 'c1', 'kind')).toEqual(['null → known (initial)', 'known → guest (manual)']);
    const standing = () => [...memberships].find(([key]) => key.endsWith('/c1'))?.[1] as Membership;
    expect(standing().dimensions['kind']?.pin).toEqual({ until: T0 + 1 + HOUR, by: 'u1', reason: 'fair' });
    const later = run(engine, [...log, sku('other', T0 + 24 * HOUR, 1)]);
    expect(moves(later.changes, 'c1', 'kind').at(-1)).toBe('guest → known (timer)');
  });

  it('that cannot be goes to the dead letters with its reason', () => {
    const { refused, counts } = run(engine, [
      customer(T0, 'gold'),
      pinned(T0 + 1, 'knwon'),
      pinned(T0 + 2, 'known', { entityId: 'nobody' }),
      pinned(T0 + 3, 'known', { entityType: 'pallet' }),
    ]);
    expect(refused.map(({ refusal }) => [refusal.code, refusal.message])).toEqual([
      ['PIN_IMPOSSIBLE', 'dimension kind has no segment knwon, did you mean known?'],
      ['PIN_IMPOSSIBLE', 'nothing is known of customer nobody, or it has ended'],
      ['PIN_IMPOSSIBLE', 'the model has no entity type pallet'],
    ]);
    expect(counts.get('detent_segmenter_pins_total refused')).toBe(3);
  });
});

describe('a value of the wrong type', () => {
  it('is refused whole, with the value and what was expected', () => {
    const wrong = observed({ entityType: 'sku', entityId: 'vase', observedAt: T0, values: { fragility: 'high' } });
    const { refused, stored } = run(engine, [wrong]);
    expect(refused.map(({ refusal }) => [refusal.code, refusal.message])).toEqual([
      ['VALUE_TYPE', 'fragility is "high", but the model reads it as a number'],
    ]);
    expect([...stored.keys()]).not.toContain('0/sku:vase');
  });
});
