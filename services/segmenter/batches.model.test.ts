import { readFileSync } from 'node:fs';
import { compileModel, loadModel, type Observation } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { observed, run } from './testing/driver.ts';
import { randomLog } from './testing/random-log.ts';

const file = new URL('../../models/fulfilment.yaml', import.meta.url);
const text = readFileSync(file, 'utf8');
const engine = compileModel(loadModel(text, 'models/fulfilment.yaml'));

describe('a log of observations', () => {
  it.each([1, 2, 3])(
    'gives the same changes folded one by one, in batches of 100 and of 5,000, and again (seed %d)',
    (seed) => {
      const log = randomLog(seed, 1500);
      const single = run(engine, log, { batch: 1 });
      expect(single.changes.length).toBeGreaterThan(250);
      expect(new Set(single.changes.map(({ origin }) => origin))).toEqual(
        new Set(['live', 'timer', 'reference', 'initial']),
      );
      for (const batch of [1, 100, 5000]) {
        const other = run(engine, log, { batch });
        expectSame(byEntity(other.changes), byEntity(single.changes));
        expectSame(sorted(other.memberships), sorted(single.memberships));
        expectSame(sorted(other.stored), sorted(single.stored));
      }
    },
  );

  it('goes on from stored states as if it had never stopped', () => {
    const log = randomLog(4, 1200);
    const whole = run(engine, log, { batch: 50 });
    const first = run(engine, log.slice(0, 600), { batch: 50 });
    const second = run(engine, log.slice(600), { batch: 50, stored: first.stored, offset: 600 });
    expectSame(byEntity([...first.changes, ...second.changes]), byEntity(whole.changes));
  });

  it('leads to the same places on four partitions, for references travel as messages then', () => {
    const log = randomLog(5, 1500);
    const one = run(engine, log, { batch: 1 });
    const four = run(engine, log, { batch: 1, partitions: 4 });
    expect(four.crossed).toBeGreaterThan(100);
    expectSame(segments(four.memberships), segments(one.memberships));
  });

  it('numbers the changes of every entity and dimension without gaps, and never repeats an id', () => {
    const { changes } = run(engine, randomLog(6, 1500), { batch: 20 });
    const last = new Map<string, number>();
    for (const { entityType, entityId, dimension, epoch, sequence, from, to } of changes) {
      const place = `${entityType}:${entityId}:${dimension}:${epoch}`;
      expect([place, sequence]).toEqual([place, (last.get(place) ?? 0) + 1]);
      expect(from).not.toBe(to);
      last.set(place, sequence);
    }
    expect(new Set(changes.map(({ changeId }) => changeId)).size).toBe(changes.length);
  });
});

describe('entities that end', () => {
  const mortal = compileModel(
    loadModel(
      text
        .replace('expireAfter: 400d\n', 'expireAfter: 6h\n')
        .replace('retention: 30d\n', 'retention: 3h\n')
        .replace('expireAfter: 400d\n', 'expireAfter: 12h\n    retention: 2h\n'),
      'mortal.yaml',
    ),
  );

  it.each([10, 11])(
    'by themselves do so at the same instants whatever the batches, and nothing stays (seed %d)',
    (seed) => {
      const log = randomLog(seed, 900);
      const single = run(mortal, log, { batch: 1 });
      const expired = single.changes.filter(({ because }) => because.text.includes('expired'));
      expect(new Set(expired.map(({ entityType }) => entityType))).toEqual(new Set(['order', 'lot']));
      for (const batch of [100, 5000]) {
        const other = run(mortal, log, { batch });
        expectSame(byEntity(other.changes), byEntity(single.changes));
        expectSame(sorted(other.memberships), sorted(single.memberships));
        // How often a target counted a change depends on whether an expired referrer had already left it: keys only.
        expectSame([...other.stored.keys()].sort(), [...single.stored.keys()].sort());
      }
      const long = observed({
        entityType: 'zone',
        entityId: 'z',
        observedAt: log.at(-1)!.observedAt + 1e11,
        values: { fill: 0.5 },
      });
      const { stored, memberships } = run(mortal, [...log, long], { batch: 100 });
      const mortals = (keys: Iterable<string>) => [...keys].filter((key) => /\b(order|lot)\b/.test(key));
      expect(mortals(single.stored.keys())).not.toEqual([]);
      expect(mortals(stored.keys())).toEqual([]);
      expect(mortals(memberships.keys())).toEqual([]);
      const referrers = [...stored].filter(([key]) => key.includes('~ref:')).map(([, bytes]) => bytes.toString());
      expect(referrers.filter((bucket) => bucket.includes('"order"') || bucket.includes('"lot"'))).toEqual([]);
    },
  );
});

describe('observations that come out of order', () => {
  const ordered = compileModel(
    loadModel(text.replace('grace: 24h', 'grace: 24h\norderBy: { eventTime: true, grace: 10m }'), 'ordered.yaml'),
  );

  it('give what they give in order, when each is late by less than the grace of the order', () => {
    for (const seed of [7, 8]) {
      const log = randomLog(seed, 800);
      const shuffled = disordered(log, 9 * 60_000);
      expect(shuffled).not.toEqual(log);
      const straight = run(ordered, log, { batch: 1, final: true });
      for (const batch of [1, 200]) {
        const restored = run(ordered, shuffled, { batch, final: true });
        expectSame(withoutPlaces(restored.changes), withoutPlaces(straight.changes));
        expect([...restored.stored.keys()].filter((key) => key.includes('~order'))).toEqual([]);
      }
    }
  });
});

describe('a model that has changed', () => {
  it('takes over the states of the one before it', () => {
    const log = randomLog(9, 1200);
    const first = run(engine, log.slice(0, 600), { batch: 50 });
    const edited = compileModel(
      loadModel(
        text.replace('when: lateRatio >= 0.5 ||', 'when: lateRatio >= 0.45 ||').replace('version: 1', 'version: 2'),
        'edited.yaml',
      ),
    );
    const second = run(edited, log.slice(600), { batch: 50, stored: first.stored, offset: 600 });
    const whole = run(engine, log, { batch: 50 });
    const others = (changes: typeof whole.changes) =>
      byEntity(changes.filter(({ entityType }) => entityType !== 'carrier')).map(
        ({ modelVersion: _, ...rest }) => rest,
      );
    expectSame(others([...first.changes, ...second.changes]), others(whole.changes));
    const carriers = (memberships: typeof whole.memberships) =>
      [...memberships.keys()].filter((key) => key.includes('carrier'));
    expect(second.changes.filter(({ entityType, from }) => entityType === 'carrier' && from === null)).toEqual([]);
    expect(carriers(first.memberships)).not.toEqual([]);
  });

  it('says so when the layout of a state is not to be found', () => {
    const { stored } = run(engine, [
      observed({ entityType: 'zone', entityId: 'z', observedAt: 1_767_600_000_000, values: { fill: 0.5 } }),
    ]);
    const edited = compileModel(loadModel(text.replace('halfLife: 15m', 'halfLife: 20m'), 'edited.yaml'));
    const withoutLayouts = new Map([...stored].filter(([key]) => !key.includes('~layout')));
    const later = observed({ entityType: 'zone', entityId: 'z', observedAt: 1_767_600_100_000, values: { fill: 0.5 } });
    expect(() => run(edited, [later], { stored: withoutLayouts })).toThrow('which is not among this task');
  });
});

/** Fails with the first entry that differs: whole logs are too long to be read. */
function expectSame(actual: readonly unknown[], expected: readonly unknown[]): void {
  const at = Array.from({ length: Math.max(actual.length, expected.length) }, (_, i) => i).find(
    (i) => JSON.stringify(actual[i]) !== JSON.stringify(expected[i]),
  );
  if (at !== undefined) expect([at, actual[at]]).toEqual([at, expected[at]]);
}

/** Each entity's changes in their own order: what is between entities depends on when time is let pass. */
function byEntity<T extends { entityType: string; entityId: string }>(changes: readonly T[]): T[] {
  const place = (change: T) => `${change.entityType}:${change.entityId}`;
  return changes.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
}

/** Without what names the place of an observation in the log, which disorder changes. */
function withoutPlaces(changes: ReturnType<typeof run>['changes']) {
  return byEntity(changes).map(({ changeId: _, evaluationId: __, epoch: ___, ...rest }) => rest);
}

function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function segments(memberships: ReadonlyMap<string, unknown>): string[] {
  return sorted(memberships).map(([key, value]) => {
    const { dimensions } = value as { dimensions: Record<string, { segment: string }> };
    return `${key} ${Object.entries(dimensions).map(([name, { segment }]) => `${name}=${segment}`)}`;
  });
}

/** The same log, each entry delayed by up to `byMs` of event time. */
function disordered(log: readonly Omit<Observation, 'source'>[], byMs: number) {
  return log
    .map((observation, i) => ({ observation, arrives: observation.observedAt + ((i * 7919) % 1000) * (byMs / 1000) }))
    .sort((a, b) => a.arrives - b.arrives)
    .map(({ observation }) => observation);
}
