import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const ENTITY = `    inputs: { x: number }
    attributes: { x: { latest: x } }
    dimensions:
      d: { segments: { high: { when: x >= 10 }, low: { when: x >= 5 }, none: {} } }`;

function placed(): Subject {
  const subject = new Subject(ENTITY);
  subject.observe(T0, { x: 1 });
  return subject;
}

const pinOf = (subject: Subject) => subject.engine.membership(subject.state, T0)?.dimensions['d']?.pin;

describe('a pinned entity', () => {
  it('moves with origin manual, says by whom and why wherever it stands, and returns by itself', () => {
    const subject = placed();
    expect(subject.pin(T0 + 1, { segment: 'high', until: T0 + HOUR })).toBeUndefined();
    subject.restart();
    subject.observe(T0 + 2, { x: 6 });
    expect(pinOf(subject)).toEqual({ until: T0 + HOUR, by: 'u1', reason: 'recall' });
    subject.advance(T0 + 2 * HOUR);
    expect(subject.moves).toEqual([`null → none @ ${T0}`, `none → high @ ${T0 + 1}`, `high → low @ ${T0 + HOUR}`]);
    expect(subject.changes.slice(1)).toMatchObject([
      {
        origin: 'manual',
        hysteresis: { kind: 'pinned' },
        because: { text: 'pinned by u1 until 2026-01-05T09:00:00.000Z: recall' },
      },
      { origin: 'timer', hysteresis: { kind: 'released', heldFlips: 1 } },
    ]);
    expect(pinOf(subject)).toBeNull();
  });

  it('is acted on though it is its first placement', () => {
    const unknown = ENTITY.replace('x: number', 'x: number, y: number')
      .replace('x: { latest: x }', 'x: { latest: x }, y: { latest: y }')
      .replace('x >= 10', 'x >= 10 && y > 0');
    const subject = new Subject(unknown);
    subject.observe(T0, { x: 1 });
    expect(subject.pin(T0 + 1, { segment: 'low', until: T0 + HOUR })).toBeUndefined();
    expect(subject.changes).toMatchObject([{ from: null, to: 'low', origin: 'manual' }]);
  });

  it('tells its membership anew though it stands there already, and when the pin ends there', () => {
    const subject = placed();
    subject.pin(T0 + 1, { segment: 'none', until: T0 + HOUR });
    expect([subject.effects.changes.length, subject.effects.pinnedAt]).toEqual([0, T0 + 1]);
    subject.advance(T0 + HOUR);
    expect([subject.effects.changes.length, subject.effects.pinnedAt]).toEqual([0, T0 + HOUR]);
  });

  it('is let go by a person', () => {
    const subject = placed();
    subject.pin(T0 + 1, { segment: 'high', until: T0 + HOUR });
    subject.pin(T0 + 2, { segment: null });
    expect(subject.changes.at(-1)).toMatchObject({ from: 'high', to: 'none', origin: 'manual' });
    expect(pinOf(subject)).toBeNull();
  });
});

describe('a pin that cannot be', () => {
  it.each([
    [{ dimension: 'e', segment: 'high', until: T0 + HOUR }, 'thing has no dimension e, did you mean d?'],
    [{ segment: 'hi', until: T0 + HOUR }, 'dimension d has no segment hi, did you mean high?'],
    [{ segment: 'high' }, 'a pin needs an end: set until, and pin again if it must last'],
    [{ segment: 'high', until: T0 }, 'the pin was over before it came: until 2026-01-05T08:00:00.000Z'],
  ])('says why, and changes nothing', (of, problem) => {
    const subject = placed();
    expect(subject.pin(T0 + 1, of)).toBe(problem);
    expect(subject.moves).toHaveLength(1);
    expect(pinOf(subject)).toBeNull();
  });

  it('names an entity of which nothing is known', () => {
    const subject = new Subject(ENTITY);
    expect(subject.pin(T0, { segment: 'high', until: T0 + HOUR })).toContain('nothing is known of thing t1');
  });
});
