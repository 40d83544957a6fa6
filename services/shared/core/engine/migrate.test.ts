import { describe, expect, it } from '@jest/globals';
import { loadModel } from '../model/load.ts';
import { Subject } from '../testing/subject.ts';
import { compileModel } from './engine.ts';
import { dimensionsOf, retiredAfter } from './retired.ts';
import type { Retired } from './types.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const AT = T0 + 2 * HOUR;
const PLAIN = '      plain: { segments: { big: { when: y > 3 }, small: {} } }';
const entity = (
  changes: { halfLife?: string; high?: string; from?: number; extra?: string; plain?: string } = {},
) => `    inputs: { x: number, y: number, name: string }
    attributes:
${changes.extra ?? ''}
      smooth: { ewma: x, halfLife: ${changes.halfLife ?? '1h'} }
      y: { latest: y }
      name: { latest: name }
    dimensions:
      level: { segments: { ${changes.high ?? 'high'}: { when: smooth >= ${changes.from ?? 10} }, low: {} } }
${changes.plain ?? PLAIN}`;

/** Carries what `before` has come to over to a changed model, as of `t`. */
function adopted(before: Subject, text: string, retired: Retired = {}, t = T0 + 3 * HOUR): Subject {
  const after = new Subject(text);
  if (Object.keys(retired).length > 0) Object.assign(after, { engine: compileModel(after.engine.model, retired) });
  const layout = JSON.parse(JSON.stringify(before.engine.layoutOf('thing')));
  const edit = { from: 'test@1', to: 'test@2', at: AT };
  const bytes = before.engine.encode(before.state);
  after.state = after.engine.adopt(before.state, bytes, layout, t, edit, after.effects);
  after.changes.push(...after.effects.changes);
  return after;
}

function grown(): Subject {
  const subject = new Subject(entity());
  for (let i = 0; i < 50; i++) subject.observe(T0 + i * 60_000, { x: 20 + (i % 2), y: 5, name: 'n' });
  return subject;
}
const membership = (subject: Subject) => subject.engine.membership(subject.state, T0)?.dimensions ?? {};
const positions = (subject: Subject) =>
  Object.entries(membership(subject)).map(([name, { segment, sequence }]) => `${name}=${segment}/${sequence}`);

describe('a changed model', () => {
  it('keeps what is defined as before, though all lies elsewhere', () => {
    const before = grown();
    const after = adopted(before, entity({ extra: '      more: { max: x, window: 30d }' }));
    for (const name of ['smooth', 'y', 'name'])
      expect(after.engine.attributeValue(after.state, name, T0)).toBe(
        before.engine.attributeValue(before.state, name, T0),
      );
    expect(positions(after)).toEqual(['level=high/1', 'plain=big/1']);
    expect(after.state.epoch).toBe(before.state.epoch);
    // The bank goes on where it was: the same readings lead to the same instant.
    for (let i = 180; i < 430; i++)
      for (const subject of [before, after]) subject.observe(T0 + i * 60_000, { x: 1 + (i % 2) });
    expect(after.moves).toEqual(before.moves.slice(2));
    expect(after.moves).toHaveLength(1);
  });

  it('keeps a segment by its name, and since when, where a changed condition still holds', () => {
    const before = grown();
    const after = adopted(before, entity({ from: 15 }));
    expect(after.changes).toEqual([]);
    expect(membership(after)).toEqual(membership(before));
  });

  it('moves at once, not before the edit, with both versions and the clause, and with the next number', () => {
    const after = adopted(grown(), entity({ from: 25 }));
    expect(after.changes).toHaveLength(1);
    expect(after.changes[0]).toMatchObject({
      dimension: 'level',
      from: 'high',
      to: 'low',
      origin: 'edit',
      sequence: 2,
      occurredAt: T0 + 3 * HOUR,
      modelVersion: 'test@1',
      microSegment: 'level=low|plain=big',
      hysteresis: { kind: 'edit', evidence: null },
    });
    expect(after.changes[0]!.because.text).toMatch(/^model test@1 → test@2: smooth 20\.\d < 25$/);
    expect(adopted(grown(), entity({ from: 25 }), {}, T0).changes[0]!.occurredAt).toBe(AT);
  });

  it('starts a changed attribute anew, and leaves entities in their segment until it is known', () => {
    const after = adopted(grown(), entity({ halfLife: '2h' }));
    expect(after.engine.attributeValue(after.state, 'smooth', T0)).toBeNull();
    expect(after.engine.attributeValue(after.state, 'y', T0)).toBe(5);
    expect(positions(after)).toEqual(['level=high/1', 'plain=big/1']);
    after.advance(T0 + 5 * HOUR);
    expect(after.moves).toEqual([]);
  });

  it('decides at once where the segment is gone, also without all values', () => {
    const known = adopted(grown(), entity({ high: 'top' }));
    expect(known.changes.map(({ from, to, sequence, origin }) => [from, to, sequence, origin])).toEqual([
      ['high', 'top', 2, 'edit'],
    ]);
    const missing = adopted(grown(), entity({ high: 'top', halfLife: '2h' }));
    expect(missing.changes.map(({ from, to }) => [from, to])).toEqual([['high', 'low']]);
  });

  it('places standing entities on a new dimension silently', () => {
    const more = `${PLAIN}\n      named: { segments: { n: { when: name == "n" }, other: {} } }`;
    const { changes } = adopted(grown(), entity({ plain: more }));
    expect(changes.map(({ dimension, from, to, origin }) => [dimension, from, to, origin])).toEqual([
      ['named', null, 'n', 'initial'],
    ]);
  });

  it('takes members out of a dimension that is no more, and goes on with its numbers when it comes back', () => {
    const before = grown();
    const without = '      other: { segments: { named: { when: name == "n" }, unnamed: {} } }';
    const model = loadModel(`model: test\nversion: 2\nentities:\n  thing:\n${entity({ plain: without })}`, 'm.yaml');
    const retired = retiredAfter(dimensionsOf(before.engine.model), {}, model);
    expect(retired).toEqual({ thing: ['plain'] });
    const after = adopted(before, entity({ plain: without }), retired);
    expect(after.changes.map(({ dimension, from, to, sequence }) => [dimension, from, to, sequence])).toEqual([
      ['other', null, 'named', 1],
      ['plain', 'big', null, 2],
    ]);
    expect(after.changes[1]!.because.text).toBe('model test@1 → test@2: it has no plain');
    expect(positions(after)).toEqual(['level=high/1', 'other=named/1']);
    const back = retiredAfter(dimensionsOf(after.engine.model), retired, before.engine.model);
    expect(back).toEqual({ thing: ['other'] });
    const again = adopted(after, entity(), back);
    expect(again.changes.map(({ dimension, from, to, sequence }) => [dimension, from, to, sequence])).toEqual([
      ['plain', null, 'big', 3],
      ['other', 'named', null, 2],
    ]);
  });
});
