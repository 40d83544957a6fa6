import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { Subject } from '../testing/subject.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const TILES = 16;
const ENTITY = `    inputs: { ping: number }
    attributes: { pings: { count: ping, window: 16m } }
    dimensions:
      d:
        hysteresis: { evidence: false }
        segments: { chatty: { when: pings >= 4, stay: pings > 2 }, quiet: {} }`;

/** Instants within minutes, some close together, some far apart. */
function instants(seed: number): number[] {
  const random = seeded(seed);
  const all: number[] = [];
  for (let t = T0; all.length < 400; ) {
    t += Math.ceil(random() * (random() < 0.1 ? 30 : 6) * MINUTE);
    all.push(t);
  }
  return all;
}

/** The moves, by looking at every observation and at the end of every minute. */
function plainMoves(seen: readonly number[]): string[] {
  const moves: string[] = [];
  let segment = 'null';
  const look = (now: number, among: readonly number[]) => {
    const newest = Math.floor(now / MINUTE);
    const pings = among.filter((t) => Math.floor(t / MINUTE) > newest - TILES).length;
    const isIn = segment === 'chatty' ? pings > 2 : pings >= 4;
    const next = isIn ? 'chatty' : 'quiet';
    if (next !== segment) moves.push(`${segment} → ${next} @ ${now}`);
    segment = next;
  };
  seen.forEach((t, i) => {
    look(t, seen.slice(Math.max(0, i - 60), i + 1));
    const until = seen[i + 1] ?? t + 60 * MINUTE;
    for (let minute = (Math.floor(t / MINUTE) + 1) * MINUTE; minute <= until; minute += MINUTE)
      look(minute, seen.slice(Math.max(0, i - 60), i + 1));
  });
  return moves;
}

describe('a count that runs down', () => {
  it.each([1, 2, 3])('moves its entity when, and only when, looking all the time would (seed %d)', (seed) => {
    const seen = instants(seed);
    const subject = new Subject(ENTITY);
    for (const t of seen) subject.observe(t, { ping: 1 });
    subject.advance(seen.at(-1)! + 60 * MINUTE);
    expect(subject.moves).toEqual(plainMoves(seen));
    expect(subject.moves.length).toBeGreaterThan(20);
  });

  it('wakes an entity only while it may make it move', () => {
    const subject = new Subject(ENTITY);
    for (let i = 0; i < 3; i++) subject.observe(T0 + i, { ping: 1 });
    expect(subject.engine.dueAt(subject.state)).toBe(null);
    subject.observe(T0 + 3, { ping: 1 });
    expect(subject.engine.dueAt(subject.state)).toBe(T0 + TILES * MINUTE);
  });

  it('is followed to its end where it outlives what else is known, so that it keeps its entity', () => {
    const subject = new Subject(`    expireAfter: 20m\n${ENTITY}`);
    subject.observe(T0, { ping: 1 });
    expect(subject.engine.dueAt(subject.state)).toBe(T0 + TILES * MINUTE);
  });
});

describe('a band', () => {
  it('wakes an entity for what holds it inside only while it is inside', () => {
    const subject = new Subject(`    inputs: { due: time }
    attributes: { hoursLeft: { until: due } }
    dimensions:
      d: { segments: { urgent: { when: hoursLeft <= 1, stay: hoursLeft < 2 }, normal: {} } }`);
    subject.observe(T0, { due: T0 + 180 * MINUTE });
    expect(subject.engine.dueAt(subject.state)).toBe(T0 + 120 * MINUTE);
  });
});
