import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const entity = (
  changes: { halfLife?: string; high?: string; extra?: string } = {},
) => `    inputs: { x: number, y: number, name: string }
    attributes:
${changes.extra ?? ''}
      smooth: { ewma: x, halfLife: ${changes.halfLife ?? '1h'} }
      y: { latest: y }
      name: { latest: name }
    dimensions:
      level: { segments: { ${changes.high ?? 'high'}: { when: smooth >= 10 }, low: {} } }
      plain: { segments: { big: { when: y > 3 }, small: {} } }`;

/** Carries what `before` has come to over to a changed model. */
function migrated(before: Subject, text: string): Subject {
  const after = new Subject(text);
  const layout = JSON.parse(JSON.stringify(before.engine.layoutOf('thing')));
  after.state = after.engine.migrate('thing', 't1', before.engine.encode(before.state), layout);
  return after;
}

function grown(): Subject {
  const subject = new Subject(entity());
  for (let i = 0; i < 50; i++) subject.observe(T0 + i * 60_000, { x: 20 + (i % 2), y: 5, name: 'n' });
  return subject;
}
const positions = (subject: Subject) =>
  Object.entries(subject.engine.membership(subject.state, T0)?.dimensions ?? {}).map(
    ([name, { segment, sequence }]) => `${name}=${segment}/${sequence}`,
  );

describe('a changed model', () => {
  it('keeps what is defined as before, though all lies elsewhere', () => {
    const before = grown();
    const after = migrated(before, entity({ extra: '      more: { max: x, window: 30d }' }));
    for (const name of ['smooth', 'y', 'name'])
      expect(after.engine.attributeValue(after.state, name, T0)).toBe(
        before.engine.attributeValue(before.state, name, T0),
      );
    expect(positions(after)).toEqual(['level=high/1', 'plain=big/1']);
    expect(after.state.epoch).toBe(before.state.epoch);
    // The bank goes on where it was: the same readings lead to the same instant.
    for (let i = 50; i < 300; i++)
      for (const subject of [before, after]) subject.observe(T0 + i * 60_000, { x: 1 + (i % 2) });
    expect(after.moves).toEqual(before.moves.slice(2));
    expect(after.moves).toHaveLength(1);
  });

  it('starts a changed attribute anew, and leaves entities in the segment of the same name', () => {
    const after = migrated(grown(), entity({ halfLife: '2h' }));
    expect(after.engine.attributeValue(after.state, 'smooth', T0)).toBeNull();
    expect(after.engine.attributeValue(after.state, 'y', T0)).toBe(5);
    expect(positions(after)).toEqual(['level=high/1', 'plain=big/1']);
    after.advance(T0 + 5 * HOUR);
    expect(after.moves).toEqual([]);
  });

  it('decides anew where the segment is gone, with the next number in the sequence', () => {
    const after = migrated(grown(), entity({ high: 'top' }));
    expect(positions(after)).toEqual(['plain=big/1']);
    after.advance(T0 + 5 * HOUR);
    expect(after.changes.map(({ from, to, sequence }) => [from, to, sequence])).toEqual([[null, 'top', 2]]);
  });
});
