import { describe, expect, it } from '@jest/globals';
import { mulberry32, normal } from './experiment/index.ts';
import { alike, all, any, clause, cut, Entity, EVIDENCE, feed, gate, hotOrNot, PLAIN } from './testkit/entity.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('votes', () => {
  it.each(SEEDS)('one outlier of any size cannot switch an empty bank (seed %d)', (seed) => {
    const random = mulberry32(seed);
    const entity = hotOrNot();
    const side = random() < 0.5 ? 1 : -1;
    // Far enough from the boundary, for so long, that no vote is left in the bank.
    feed(entity, 'x', side * 4, 2 + Math.floor(60 * random()), random);
    expect(entity.bank('hot').evidence).toBe(0);
    const before = entity.segment;
    expect(
      entity.see(entity.t + 1 + 1000 * random(), { signals: { x: -side * 10 ** (20 * random()) } }),
    ).toBeUndefined();
    expect(feed(entity, 'x', side * 4, 5, random)).toEqual([]);
    expect(entity.segment).toBe(before);
  });

  it('come neither from timers nor from observations of something else, nor late ones', () => {
    const entity = hotOrNot();
    feed(entity, 'x', -3, 30, mulberry32(1));
    entity.see(31, { signals: { x: 2 } });
    const { evidence } = entity.bank('hot');
    expect(evidence).toBeGreaterThan(0);
    for (let t = 32; t < 90; t++) entity.tick(t);
    for (let t = 90; t < 120; t++) entity.see(t, {});
    for (let t = 120; t < 150; t++) entity.see(t, { signals: { x: 2 } }, false);
    expect(entity.bank('hot').evidence).toBe(evidence);
    expect(entity.segment).toBe('not');
  });

  it('of counts and flags are worth 1 each, whatever the distance', () => {
    const knobs = EVIDENCE;
    const entity = new Entity(
      [cut('late', 1, { unitVotes: true })],
      [
        { name: 'unreliable', enter: clause(0), knobs },
        { name: 'reliable', knobs },
      ],
    );
    for (let t = 0; t < 30; t++) entity.see(t, { signals: { late: 0 } });
    entity.see(30, { signals: { late: 1 } });
    entity.see(31, { signals: { late: 900 } });
    expect(entity.bank('unreliable').evidence).toBe(2);
    entity.see(32, { signals: { late: 0 } });
    expect(entity.bank('unreliable').evidence).toBe(1);
  });

  it('tell, at the move, how many of how many since when', () => {
    const entity = hotOrNot();
    feed(entity, 'x', -3, 50, mulberry32(2));
    let first = 0;
    for (let t = 51; !entity.see(t, { signals: { x: 4 } }); t++) first ||= t;
    const { evidence, price, since, noise, kind, segment, clause: decider } = entity.out;
    expect({ kind, segment, decider, since }).toEqual({ kind: 'evidence', segment: 0, decider: 0, since: first });
    expect(evidence).toBeGreaterThanOrEqual(price);
    expect(price).toBeGreaterThan(Math.log(10));
    expect(noise).toBeGreaterThan(0.3);
  });
});

describe('stated clauses', () => {
  const knobs = EVIDENCE;
  const express = (node = gate(0)) =>
    new Entity(
      [cut('x', 0)],
      [
        { name: 'express', enter: node, knobs },
        { name: 'standard', knobs },
      ],
      2,
    );

  it('move at once, both ways', () => {
    const entity = express();
    expect(entity.see(1, { gates: { 0: false } })).toBe('standard');
    expect(entity.see(2, { gates: { 0: true } })).toBe('express');
    expect(entity.out).toMatchObject({ kind: 'gate', from: 1, to: 0, segment: 0, gate: 0, clause: -1, evidence: 0 });
    expect(entity.see(3, { gates: { 0: false } })).toBe('standard');
    expect(entity.out).toMatchObject({ kind: 'gate', from: 0, to: 1, segment: 0, gate: 0 });
  });

  it('beside a measured one: a false one in `all` leaves at once, a true one in `any` enters at once, the bank empty', () => {
    const both = express(all(gate(0), clause(0)));
    both.see(0, { gates: { 0: true }, signals: { x: 3 } });
    feed(both, 'x', 3, 30, mulberry32(3));
    both.see(31, { signals: { x: -2 } });
    expect(both.bank('express').evidence).toBeGreaterThan(0);
    expect(both.see(32, { gates: { 0: false } })).toBe('standard');
    expect(both.bank('express')).toMatchObject({ inside: false, evidence: 0, distance: -Infinity });
    // The gate alone does not bring it back: the measured clause has to earn it.
    expect(both.see(33, { gates: { 0: true } })).toBeUndefined();
    expect(feed(both, 'x', 3, 30, mulberry32(4))).toEqual(['express']);

    const either = express(any(gate(0), clause(0)));
    either.see(0, { gates: { 0: false }, signals: { x: -3 } });
    expect(either.see(1, { gates: { 0: true } })).toBe('express');
  });

  it('wait for the knobs that are written for them', () => {
    const slow = { ...PLAIN, enterAfterMs: 10, leaveAfterMs: 5 };
    const entity = new Entity(
      [],
      [
        { name: 'express', enter: gate(0), knobs: slow },
        { name: 'standard', knobs: PLAIN },
      ],
      1,
    );
    entity.see(0, { gates: { 0: false } });
    expect(entity.see(100, { gates: { 0: true } })).toBeUndefined();
    expect(entity.out).toMatchObject({ held: 'enterAfter', heldTo: 0 });
    expect(entity.due).toBe(110);
    expect(entity.tick(109)).toBeUndefined();
    expect(entity.tick(110)).toBe('express');
    expect(entity.out).toMatchObject({ kind: 'dwell', waitedMs: 10, segment: 0, gate: 0, heldFlips: 1 });
    expect(entity.due).toBe(Infinity);
    entity.see(120, { gates: { 0: false } });
    expect(entity.out.held).toBe('leaveAfter');
    expect(entity.due).toBe(125);
    entity.see(124, { gates: { 0: true } });
    expect(entity.due).toBe(Infinity);
  });
});

describe('segments', () => {
  const three = (knobs = PLAIN, rest = {}) =>
    new Entity(
      [],
      [
        { name: 'A', enter: gate(0), knobs: { ...knobs, ...rest } },
        { name: 'B', enter: gate(1), knobs },
        { name: 'C', knobs },
      ],
      2,
    );

  it('a higher one pre-empts, a masked one takes over without having been counted as held', () => {
    const entity = three();
    expect(entity.see(0, { gates: { 0: false, 1: true } })).toBe('B');
    expect(entity.see(1, { gates: { 0: true } })).toBe('A');
    for (let t = 2; t < 9; t++) entity.see(t, { gates: { 1: t % 2 === 0 } });
    entity.see(9, { gates: { 1: true } });
    expect(entity.out).toMatchObject({ moved: false, held: undefined });
    expect(entity.see(10, { gates: { 0: false } })).toBe('B');
    expect(entity.out).toMatchObject({ from: 0, to: 1, segment: 0, heldFlips: 0 });
  });

  it.each(SEEDS)('ordered cuts never contradict one another (seed %d)', (seed) => {
    const random = mulberry32(seed);
    const costs = [60, 5, 20];
    const names = ['A', 'B', 'C', 'rest'];
    const segments = names.map((name, i) => {
      const knobs = { ...EVIDENCE, switchCost: alike({ ms: costs[i] ?? 20 }), patience: alike(0.5 + random()) };
      return i < 3 ? { name, enter: clause(i), knobs } : { name, knobs };
    });
    const entity = new Entity([cut('x', 1), cut('x', 0), cut('x', -1)], segments);
    let level = 0;
    const stood = new Set<string>();
    for (let t = 0; t < 600; t++) {
      if (random() < 0.02) level = 5 * random() - 2.5;
      entity.see(t, { signals: { x: level + normal(random) } });
      stood.add(entity.segment!);
      const sides = ['A', 'B', 'C'].map((name) => entity.bank(name).inside);
      expect(sides).toEqual([...sides].sort((a, b) => Number(a) - Number(b)));
    }
    expect(stood.size).toBeGreaterThan(2);
  });

  it('leaving goes to the best-evidenced bank from half of its price, else to the default, in one move', () => {
    const clauses = [cut('b', 0), cut('c', 0)];
    const make = () => {
      const entity = new Entity(
        clauses,
        [
          { name: 'A', enter: gate(0), knobs: PLAIN },
          { name: 'B', enter: clause(0), knobs: EVIDENCE },
          { name: 'C', enter: clause(1), knobs: EVIDENCE },
          { name: 'rest', knobs: PLAIN },
        ],
        1,
      );
      entity.see(0, { gates: { 0: true }, signals: { b: -3, c: -3 } });
      for (let t = 1; t < 30; t++) entity.see(t, { signals: { b: -3 + (t % 2), c: -3 + (t % 2) } });
      entity.t = 29;
      return entity;
    };
    const fill = (entity: Entity, name: string, signal: string, share: number) => {
      const filled = () => entity.bank(name).evidence / entity.bank(name).price;
      while (filled() < share) entity.see(entity.t + 1, { signals: { [signal]: 1 } });
      return filled();
    };
    const late = make();
    expect(fill(late, 'B', 'b', 0.5)).toBeLessThan(fill(late, 'C', 'c', 0.75));
    expect(late.see(200, { gates: { 0: false } })).toBe('C');
    expect(late.out).toMatchObject({ from: 0, to: 2, kind: 'gate', segment: 0 });
    expect(late.bank('C')).toMatchObject({ inside: true, evidence: 0 });

    const early = make();
    expect(fill(early, 'B', 'b', 0.2)).toBeLessThan(0.5);
    expect(early.see(200, { gates: { 0: false } })).toBe('rest');
    expect(early.bank('B').inside).toBe(false);
  });

  it('a band enters at one bound and leaves at the other', () => {
    const entity = new Entity(
      [cut('x', 8), cut('x', 6)],
      [
        { name: 'warm', enter: clause(0), stay: clause(1), knobs: PLAIN },
        { name: 'cool', knobs: PLAIN },
      ],
    );
    expect([7, 8, 7, 6, 5.9, 7, 7.9, 8].map((x, t) => entity.see(t, { signals: { x } }))).toEqual([
      'cool',
      'warm',
      undefined,
      undefined,
      'cool',
      undefined,
      undefined,
      'warm',
    ]);
    entity.see(9, { signals: { x: 7 } });
    expect(entity.out).toMatchObject({ held: 'band', heldTo: 1 });
    expect(entity.bank('warm')).toMatchObject({ inside: true, distance: 1, clause: 1 });
    entity.see(10, { signals: { x: 5 } });
    expect(entity.bank('warm')).toMatchObject({ inside: false, distance: -3, clause: 0 });
  });

  it('`>` is outside at its bound and `>=` inside', () => {
    for (const strict of [true, false]) {
      const entity = new Entity(
        [cut('x', 8, { strict })],
        [
          { name: 'warm', enter: clause(0), knobs: PLAIN },
          { name: 'cool', knobs: PLAIN },
        ],
      );
      expect(entity.see(0, { signals: { x: 8 } })).toBe(strict ? 'cool' : 'warm');
    }
  });
});
