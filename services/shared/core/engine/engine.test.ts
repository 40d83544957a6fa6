import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);

describe('undecided', () => {
  const entity = `    undecidedAfter: 1h
    inputs: { x: number, name: string }
    attributes: { a: { latest: x }, b: { latest: name } }
    dimensions:
      d: { segments: { in: { when: a > 1 && b == 'go' }, out: {} } }`;

  it('lasts until every value is known', () => {
    const subject = new Subject(entity);
    subject.observe(T0, { x: 5 });
    expect(subject.moves).toEqual([]);
    subject.observe(T0 + 1, { name: 'go' });
    expect(subject.moves).toEqual([`null → in @ ${T0 + 1}`]);
    expect(subject.changes[0]).toMatchObject({
      origin: 'initial',
      sequence: 1,
      epoch: 'test.v1-0-0',
      changeId: 'thing:t1:d:test.v1-0-0:1',
      microSegment: 'd=in',
      because: { text: 'a 5 > 1 and b = go', clause: 'a > 1' },
      attributes: { a: 5, b: 'go' },
    });
  });

  it('ends after its time, to the default, and names what is missing', () => {
    const subject = new Subject(entity);
    subject.observe(T0, { x: 5 });
    subject.advance(T0 + HOUR - 1);
    expect(subject.moves).toEqual([]);
    subject.advance(T0 + 9 * HOUR);
    expect(subject.moves).toEqual([`null → out @ ${T0 + HOUR}`]);
    expect(subject.changes[0]!.because.text).toBe('decided without all values: b missing');
  });

  it('names each missing value once, however many clauses read it', () => {
    const subject = new Subject(`    undecidedAfter: 1h
    inputs: { x: number, name: string, seen: number }
    attributes: { a: { latest: x }, b: { latest: name }, seen: { latest: seen } }
    dimensions:
      d: { segments: { high: { when: a > 5 }, good: { when: a > 1 && b == 'go' }, bad: { when: b == 'no' }, low: {} } }`);
    subject.observe(T0, { seen: 1 });
    subject.advance(T0 + 2 * HOUR);
    expect(subject.changes[0]!.because.text).toBe('decided without all values: a and b missing');
  });

  it('makes no entity of an observation that the model does not read', () => {
    const subject = new Subject(entity);
    expect(subject.observe(T0, { unread: 1 })).toBe('unused');
    expect(subject.engine.isEmpty(subject.state)).toBe(true);
  });
});

describe('measured values', () => {
  const entity = `    inputs: { x: number, y: number }
    attributes: { smooth: { ewma: x, halfLife: 1s }, y: { latest: y } }
    dimensions:
      d:
        hysteresis: { switchCost: 1h }
        segments: { high: { when: smooth >= 10 || y > 3 }, low: {} }`;

  it('move an entity by evidence, with its sum, and count what was held back', () => {
    const subject = new Subject(entity);
    let held = 0;
    for (let i = 0; i < 200; i++) {
      subject.observe(T0 + i * 60_000, { x: (i < 100 ? 8 : 12) + 3 * Math.sin(i * 2.4), y: 0 });
      if (subject.changes.length < 2) held += subject.effects.held.length;
    }
    expect(subject.changes.map(({ from, to }) => `${from} → ${to}`)).toEqual(['null → low', 'low → high']);
    const move = subject.changes[1]!;
    expect(move.because.text).toMatch(
      /^smooth 1\d\.\d ≥ 10: [\d.]+ of [\d.]+ votes since \d\d:\d\d; noise [\d.]+; a move costs 1 h$/,
    );
    expect(move.because.values).toEqual([{ name: 'smooth', value: expect.any(Number), threshold: 10 }]);
    expect(move.hysteresis.kind).toBe('evidence');
    expect(move.hysteresis.evidence!).toBeGreaterThanOrEqual(move.hysteresis.price!);
    expect(move.hysteresis.heldFlips).toBe(held);
    expect(held).toBeGreaterThan(0);
  });

  it('vote only when they were observed: neither time nor other values do it', () => {
    const feed = (subject: Subject, other: boolean) => {
      for (let i = 0; i < 30; i++) subject.observe(T0 + i * 60_000, { x: 8 + (i % 3) });
      for (let i = 0; i < 12; i++) {
        const t = T0 + (30 + 10 * i) * 60_000;
        subject.observe(t, { x: 30 });
        for (let j = 1; other && j < 10; j++) subject.observe(t + j * 60_000, { y: j % 3 });
      }
      return subject.changes.map(({ to, occurredAt }) => [to, occurredAt]);
    };
    const alone = new Subject(entity);
    alone.observe(T0 - 1, { y: 0 });
    const crowd = new Subject(entity);
    crowd.observe(T0 - 1, { y: 0 });
    expect(feed(crowd, true)).toEqual(feed(alone, false));
  });

  it('give way to a fact at once', () => {
    const subject = new Subject(entity);
    subject.observe(T0, { x: 1, y: 0 });
    subject.observe(T0 + 1, { y: 4 });
    expect(subject.moves).toEqual([`null → low @ ${T0}`, `low → high @ ${T0 + 1}`]);
    expect(subject.changes[1]!.because.text).toBe('y 4 > 3');
  });

  it('that come late are folded without a vote, and too late are refused', () => {
    const subject = new Subject(entity.replace('inputs', 'inputs'));
    subject.observe(T0 + 30 * HOUR, { x: 1, y: 0 });
    expect(subject.observe(T0 + 29 * HOUR, { y: 9 })).toBe('folded');
    expect(subject.moves).toHaveLength(1);
    expect(subject.observe(T0, { y: 9 })).toBe('late');
  });
});

describe('time alone', () => {
  it('moves an entity when a window that a fact rests on runs empty, at that instant', () => {
    const subject = new Subject(`    inputs: { x: number }
    attributes: { recent: { sum: x, window: 24h } }
    dimensions: { d: { segments: { busy: { when: recent >= 3 }, calm: {} } } }`);
    subject.observe(T0 + 10, { x: 2 });
    subject.observe(T0 + 5 * HOUR, { x: 2 });
    subject.advance(T0 + 100 * HOUR);
    expect(subject.moves).toEqual([
      `null → calm @ ${T0 + 10}`,
      `calm → busy @ ${T0 + 5 * HOUR}`,
      `busy → calm @ ${T0 + 24 * HOUR}`,
    ]);
  });

  it('ends a dwell', () => {
    const subject = new Subject(`    inputs: { x: number }
    attributes: { x: { latest: x } }
    dimensions: { d: { hysteresis: { enterAfter: 5m }, segments: { high: { when: x > 1 }, low: {} } } }`);
    subject.observe(T0, { x: 0 });
    subject.observe(T0 + HOUR, { x: 2 });
    subject.advance(T0 + 2 * HOUR);
    expect(subject.moves[1]).toBe(`low → high @ ${T0 + HOUR + 300_000}`);
    expect(subject.changes[1]).toMatchObject({ origin: 'timer', because: { text: 'x 2 > 1; held for 5 min' } });
  });

  it('puts a value out of date: the entity leaves what rested on it', () => {
    const subject = new Subject(`    inputs: { x: number }
    attributes: { x: { ewma: x, halfLife: 1m, missing: leave after 2h } }
    dimensions: { d: { segments: { high: { when: x > 1 }, low: {} } } }`);
    subject.observe(T0, { x: 5 });
    subject.advance(T0 + 10 * HOUR);
    expect(subject.moves).toEqual([`null → high @ ${T0}`, `high → low @ ${T0 + 2 * HOUR}`]);
    expect(subject.changes[1]!.because.text).toBe('x missing');
  });

  it('is let pass in one go or step by step with the same result', () => {
    const entity = `    inputs: { at: time, x: number }
    attributes: { left: { until: at }, recent: { count: x, window: 6h, signal: stated }, mixed: { derive: left * 2 - 3 } }
    dimensions:
      d: { hysteresis: { leaveAfter: 10m }, segments: { gone: { when: left < 0 }, soon: { when: mixed <= 1 }, far: {} } }
      e: { segments: { many: { when: recent >= 2 && left < 5 }, few: {} } }`;
    const feed = (subject: Subject) => {
      subject.observe(T0, { at: T0 + 7 * HOUR, x: 1 });
      subject.observe(T0 + HOUR, { x: 1 });
    };
    const inOneGo = new Subject(entity);
    feed(inOneGo);
    inOneGo.advance(T0 + 20 * HOUR);
    const byStep = new Subject(entity);
    feed(byStep);
    for (let t = T0 + HOUR; t <= T0 + 20 * HOUR; t += 17 * 60_000) {
      byStep.advance(t);
      byStep.restart();
    }
    expect(byStep.changes).toEqual(inOneGo.changes);
    expect(inOneGo.moves.map((move) => move.split(' @')[0])).toEqual([
      'null → far',
      'null → few',
      'few → many',
      'far → soon',
      'many → few',
      'soon → gone',
    ]);
  });
});

describe('an entity of which nothing more is heard', () => {
  const DAY = 24 * HOUR;
  const entity = `    expireAfter: 10d
    retention: 2d
    undecidedAfter: 1h
    inputs: { x: number, at: time }
    attributes: { x: { latest: x }, left: { until: at, missing: default 0 } }
    dimensions:
      d: { segments: { high: { when: x > 1 }, low: {} } }
      e: { segments: { over: { when: left < 0 }, on: {} } }`;

  /** It was placed on `e` an hour after its first observation, and moved no more. */
  const END = T0 + HOUR + 10 * DAY;

  it('expires, is kept for its retention, and is gone; it returns as a new life', () => {
    const subject = new Subject(entity);
    subject.observe(T0, { x: 5 });
    subject.advance(END - 1);
    expect(subject.moves).toHaveLength(2);
    subject.restart();
    subject.advance(END);
    expect(subject.moves.slice(2)).toEqual([`high → null @ ${END}`, `on → null @ ${END}`]);
    expect(subject.changes[2]).toMatchObject({
      origin: 'timer',
      microSegment: '',
      because: { text: 'the thing expired: nothing observed for 10 days' },
      hysteresis: { kind: 'ended' },
    });
    expect(subject.engine.membership(subject.state, T0)).toBeUndefined();
    expect(subject.engine.isEmpty(subject.state)).toBe(false);
    subject.advance(END + 2 * DAY);
    expect(subject.engine.isEmpty(subject.state)).toBe(true);
    subject.observe(T0 + 20 * DAY, { x: 0 });
    expect(subject.changes.at(-1)).toMatchObject({ to: 'low', sequence: 1, epoch: 'test.v1-0-1' });
  });

  it('does so before it is observed again, however late the timers are', () => {
    const subject = new Subject(entity);
    subject.observe(T0, { x: 5 });
    expect(subject.observe(T0 + 30 * DAY, { x: 5 })).toBe('folded');
    expect(subject.moves.slice(2)).toEqual([
      `high → null @ ${END}`,
      `on → null @ ${END}`,
      `null → high @ ${T0 + 30 * DAY}`,
    ]);
  });

  it('stays as long as it moves by time, and for its time after that', () => {
    const subject = new Subject(entity);
    subject.observe(T0, { x: 5, at: T0 + 40 * DAY });
    subject.advance(T0 + 100 * DAY);
    expect(subject.moves.slice(2)).toEqual([
      `on → over @ ${T0 + 40 * DAY + 1}`,
      `high → null @ ${T0 + 50 * DAY + 1}`,
      `over → null @ ${T0 + 50 * DAY + 1}`,
    ]);
  });

  it('goes though it never was in a segment', () => {
    const subject = new Subject(`    expireAfter: 1d
    inputs: { x: number }
    attributes: { x: { latest: x } }`);
    subject.observe(T0, { x: 5 });
    subject.advance(T0 + 31 * DAY);
    expect(subject.changes).toEqual([]);
    expect(subject.engine.isEmpty(subject.state)).toBe(true);
  });

  it('stays for ever without expireAfter', () => {
    const subject = new Subject(entity.replace('    expireAfter: 10d\n', ''));
    subject.observe(T0, { x: 5 });
    subject.advance(T0 + 10_000 * DAY);
    expect(subject.engine.dueAt(subject.state)).toBeNull();
    expect(subject.changes).toHaveLength(2);
  });
});

describe('changes of one evaluation', () => {
  it('share an id and tell where the entity stands after all of them', () => {
    const subject = new Subject(`    inputs: { x: number }
    attributes: { x: { latest: x } }
    dimensions:
      d: { segments: { high: { when: x > 1 }, low: {} } }
      e: { segments: { odd: { when: x == 3 }, even: {} } }`);
    subject.observe(T0, { x: 0 });
    subject.observe(T0 + 1, { x: 3 });
    const last = subject.changes.slice(2);
    expect(last.map(({ dimension, sequence }) => [dimension, sequence])).toEqual([
      ['d', 2],
      ['e', 2],
    ]);
    expect(new Set(last.map(({ evaluationId }) => evaluationId))).toEqual(new Set(['thing:t1:test.v1-0-0:2']));
    expect(new Set(last.map(({ microSegment }) => microSegment))).toEqual(new Set(['d=high|e=odd']));
    expect(last[0]!.because.failed).toBeNull();
    expect(subject.changes[0]!.because).toMatchObject({
      text: 'the default; nearest: x 0 ≤ 1',
      failed: { clause: 'x > 1', distance: 1 },
    });
  });
});
