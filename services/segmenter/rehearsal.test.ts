import { readFileSync } from 'node:fs';
import { compileModel, loadModel, type Observation, rehearse } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { run } from './testing/driver.ts';
import { randomLog } from './testing/random-log.ts';

const text = readFileSync(new URL('../../models/fulfilment.yaml', import.meta.url), 'utf8');
const plain = loadModel(text, 'fulfilment.yaml');
const numbered = (log: ReturnType<typeof randomLog>): Observation[] =>
  log.map((each, offset) => ({ ...each, source: { topic: 'test.v1', partition: 0, offset } }));
const byIds = <T extends { changeId: string }>(changes: readonly T[]) =>
  changes.toSorted((a, b) => (a.changeId < b.changeId ? -1 : 1));

/** The rehearsal of core has a loop of its own for what passes between entities: here it is held to the service. */
describe('a rehearsal', () => {
  it.each([1, 2])('comes to the changes that the segmenter publishes (seed %i)', (seed) => {
    const log = randomLog(seed, 1500);
    const engine = compileModel(plain);
    const published = run(engine, log, { batch: 200 }).changes.map(({ ...change }) => {
      delete (change as { detectedAt?: number }).detectedAt;
      return change;
    });
    const { changes, held, rehearsal } = rehearse(engine, numbered(log));
    expect(published.length).toBeGreaterThan(200);
    expect(byIds(changes)).toEqual(byIds(published));
    expect(held.length).toBeGreaterThan(50);
    expect(rehearsal.streamTime).toBe(log.at(-1)!.observedAt);
  });

  it('puts observations into order as the segmenter does', () => {
    const log = randomLog(5, 1500);
    // Out of order within the grace, and now and then far beyond it.
    const shuffled = log
      .map((each, i) => ({
        each,
        at: each.observedAt + ((i * 7919) % 11) * 60_000 + (i % 500 === 0 ? 7 * 3_600_000 : 0),
      }))
      .sort((a, b) => a.at - b.at)
      .map(({ each }) => each);
    const engine = compileModel({ ...plain, reorderMs: 3_600_000 });
    const published = run(engine, shuffled, { final: true, batch: 50 }).changes;
    const { changes, rehearsal } = rehearse(engine, numbered(shuffled));
    const settled = (of: readonly { changeId: string; occurredAt: number }[]) =>
      byIds(of.filter(({ occurredAt }) => occurredAt < rehearsal.streamTime - 5 * 3_600_000)).map(
        ({ changeId }) => changeId,
      );
    expect(settled(published).length).toBeGreaterThan(150);
    expect(settled(changes)).toEqual(settled(published));
  });

  it('tells every flip of the plain conditions, moved or held', () => {
    const { changes, held, flips } = rehearse(compileModel(plain), numbered(randomLog(4, 2000)));
    const placed = flips.filter(({ from }) => from === null).length;
    expect(placed).toBeGreaterThan(20);
    // Every held flip is one of them.
    const known = new Set(
      flips.map(({ entityType, entityId, dimension, to, at }) => [entityType, entityId, dimension, to, at].join()),
    );
    for (const { entityType, entityId, dimension, to, at } of held)
      expect(known).toContain([entityType, entityId, dimension, to, at].join());
    expect(flips.length).toBeGreaterThan(held.length + placed);
    expect(changes.length).toBeLessThan(flips.length + changes.filter(({ to }) => to === null).length + placed);
  });
});
