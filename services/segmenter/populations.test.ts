import { compileModel, loadModel, type Observation, rehearse, type SegmentChange } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { observed, run } from './testing/driver.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 0, 5, 8, 10);
const SKUS = 40;

const MODEL = `
model: abc
version: 1
entities:
  sku:
    undecidedAfter: 1d
    retention: 1d
    inputs: { picked: number }
    attributes:
      picks: { sum: picked, window: 4h, missing: default 0 }
      share: { cumulativeShare: picks, refresh: 1h }
      rank: { percentileRank: picks, refresh: 1h }
    dimensions:
      abc:
        hysteresis: { evidence: false }
        segments:
          A: { when: share < 0.8 }
          B: { when: share < 0.95 }
          C: {}
      busy:
        hysteresis: { switchCost: 2h }
        segments:
          upper: { when: rank >= 0.5 }
          lower: {}
`;
const engineOf = (text: string) => compileModel(loadModel(text, 'abc.yaml'));
const engine = engineOf(MODEL);

type Entry = Omit<Observation, 'source'>;
const pick = (sku: number, observedAt: number, picked: number): Entry =>
  observed({ entityType: 'sku', entityId: `s${sku}`, observedAt, values: { picked } });

/** Hours of picks: the further down a SKU, the fewer units of it, so that few of them have most of the picks. */
function picks(from: number, hours: number, upTo = SKUS): Entry[] {
  const log: Entry[] = [];
  for (let at = from; at < from + hours * HOUR; at += 30 * MINUTE)
    for (let sku = 0; sku < upTo; sku++) log.push(pick(sku, at + sku, Math.round(1000 / (sku + 1))));
  return log;
}
const log = picks(T0, 12);

/** Share of all picks that lies with those that have more, by SKU. */
function shares(of: readonly Entry[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { entityId, values } of of) sums.set(entityId, (sums.get(entityId) ?? 0) + (values['picked'] as number));
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  const more = (sum: number) => [...sums.values()].filter((other) => other > sum).reduce((a, b) => a + b, 0);
  return new Map([...sums].map(([id, sum]) => [id, more(sum) / total]));
}
const classOf = (share: number) => (share < 0.8 ? 'A' : share < 0.95 ? 'B' : 'C');

function standing(memberships: ReadonlyMap<string, unknown>): Map<string, string> {
  return new Map(
    [...memberships].flatMap(([key, value]) => {
      const { abc } = (value as { dimensions: Record<string, { segment: string }> }).dimensions;
      return abc === undefined ? [] : [[key.slice(key.lastIndexOf('/') + 1), abc.segment]];
    }),
  );
}

it('a rehearsal counts populations as the segmenter does', () => {
  const of = (changes: readonly SegmentChange[]) =>
    changes.map(({ changeId, to, occurredAt }) => `${changeId} ${to} ${occurredAt}`).sort();
  const published = of(run(engine, log).changes);
  expect(published.length).toBeGreaterThan(100);
  const numbered = log.map((each, offset) => ({ ...each, source: { topic: 'test.v1', partition: 0, offset } }));
  expect(of(rehearse(engine, numbered).changes)).toEqual(published);
});

describe.each([1, 3])('ABC by share of picks, on %d partition(s)', (partitions) => {
  it('puts nearly all where their share belongs, whichever partition counts them', () => {
    const { memberships, crossed } = run(engine, log, { partitions });
    const actual = standing(memberships);
    expect(actual.size).toBe(SKUS);
    expect(new Set(actual.values())).toEqual(new Set(['A', 'B', 'C']));
    // Visited at different times, their windows hold eight picks or nine: near an edge either class is right.
    for (const [id, share] of shares(log))
      expect([classOf(share - 0.04), classOf(share + 0.04)]).toContain(actual.get(id));
    expect(crossed > 0).toBe(partitions > 1);
  });

  it('moves them without an observation of their own when the others change', () => {
    const calm = pick(999, T0, 300);
    const { changes } = run(engine, [calm, ...log], { partitions });
    const moves = changes.filter(({ entityId, dimension }) => entityId === 's999' && dimension === 'abc');
    expect(moves[0]).toMatchObject({ to: 'A' });
    expect(moves.length).toBeGreaterThan(1);
    expect(moves[1]).toMatchObject({ origin: 'timer', because: { text: expect.stringContaining('share') } });
  });
});

describe('a population', () => {
  it('is counted the same whatever the batches, and byte for byte', () => {
    const single = run(engine, log, { batch: 1 });
    expect(single.changes.length).toBeGreaterThan(100);
    for (const batch of [7, 400, 100_000]) {
      const other = run(engine, log, { batch });
      expect(byEntity(other.changes)).toEqual(byEntity(single.changes));
      expect(hex(other.stored)).toEqual(hex(single.stored));
    }
  });

  it('goes on from stored states as if the task had never stopped', () => {
    const half = log.length >> 1;
    const whole = run(engine, log, { batch: 50 });
    const first = run(engine, log.slice(0, half), { batch: 50 });
    const second = run(engine, log.slice(half), { batch: 50, stored: first.stored, offset: half });
    expect(byEntity([...first.changes, ...second.changes])).toEqual(byEntity(whole.changes));
  });

  it('is counted in event time, though observations come in disorder', () => {
    const ordered = engineOf(MODEL.replace('version: 1', 'version: 1\norderBy: { eventTime: true, grace: 10m }'));
    const shuffled = log
      .map((entry, i) => ({ entry, at: entry.observedAt + ((i * 7919) % 1000) * 500 }))
      .sort((a, b) => a.at - b.at)
      .map(({ entry }) => entry);
    const places = (changes: ReturnType<typeof run>['changes']) =>
      byEntity(changes).map(({ changeId: _, evaluationId: __, epoch: ___, ...rest }) => rest);
    const straight = run(ordered, log, { final: true });
    for (const batch of [1, 300]) {
      expect(places(run(ordered, shuffled, { batch, final: true }).changes)).toEqual(places(straight.changes));
    }
  });

  it('loses those who have ended, and forgets them', () => {
    const over = Array.from({ length: 10 }, (_, sku) =>
      observed({ entityType: 'sku', entityId: `s${sku}`, observedAt: T0 + 13 * HOUR, ended: true }),
    );
    const later = picks(T0 + 14 * HOUR, 3, SKUS).filter(({ entityId }) => Number(entityId.slice(1)) >= 10);
    const { stored, memberships } = run(engine, [...log, ...over, ...later]);
    const members = [...stored].filter(([key]) => key.includes('~members:sku:')).map(([, bytes]) => bytes.toString());
    const ids = members.flatMap((text) => JSON.parse(text) as string[]);
    expect(ids.sort()).toEqual(Array.from({ length: SKUS - 10 }, (_, i) => `s${i + 10}`).sort());
    // The most picked of those who are left now lead.
    expect(standing(memberships).get('s10')).toBe('A');
    const counted = JSON.parse(stored.get('0/~stat:sku')!.toString()) as [
      number,
      number,
      [string, { counts: number[] }][],
    ][];
    for (const [, { counts }] of counted[0]![2]) expect(counts.reduce((a, b) => a + b, 0)).toBe(SKUS - 10);
  });

  it('needs no more than two rounds after a long silence', () => {
    const month = 30 * 24 * HOUR;
    const { memberships } = run(engine, [...log, ...picks(T0 + month, 3, 5)]);
    const actual = standing(memberships);
    // Nothing of the old picks is left in any window: all but those five have none.
    expect([actual.get('s0'), actual.get('s10'), actual.get('s39')]).toEqual(['A', 'C', 'C']);
  });
});

function byEntity<T extends { entityId: string }>(changes: readonly T[]): T[] {
  return changes.toSorted((a, b) => (a.entityId < b.entityId ? -1 : a.entityId > b.entityId ? 1 : 0));
}

function hex(stored: ReadonlyMap<string, Buffer>): string[] {
  return [...stored].map(([key, bytes]) => `${key} ${bytes.toString('hex')}`).sort();
}
