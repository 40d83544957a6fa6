import { describe, expect, it } from '@jest/globals';
import { mulberry32, normal } from './experiment/index.ts';
import { createStepOutcome, nextDue, resumeDimension, stepDimension } from './index.ts';
import { all, any, clause, cut, Entity, EVIDENCE, gate, PLAIN } from './testkit/entity.ts';
import { randomDefinition, World } from './testkit/random-dimension.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** A hot, and a default; x decides by evidence. */
function hotOrNot(knobs = EVIDENCE): Entity {
  return new Entity(
    [cut('x', 0)],
    [
      { name: 'hot', enter: clause(0), knobs },
      { name: 'not', knobs },
    ],
  );
}

/** Fills a signal with noise around a level, one reading per time unit. Returns the segments entered. */
function feed(entity: Entity, signal: string, level: number, count: number, random: () => number): string[] {
  const entered: string[] = [];
  for (let i = 0; i < count; i++) {
    const to = entity.see(entity.t + 1, { signals: { [signal]: level + 0.5 * normal(random) } });
    if (to) entered.push(to);
  }
  return entered;
}

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
      const knobs = { ...EVIDENCE, switchCostMs: costs[i] ?? 20, patience: 0.5 + random() };
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

describe('missing values', () => {
  it('keep an entity undecided, then hold it where it stands', () => {
    const entity = hotOrNot();
    expect(entity.see(0, { signals: { x: undefined } })).toBeUndefined();
    expect(entity.out.to).toBe(-1);
    expect(entity.see(1, { signals: { x: 2 } })).toBe('hot');
    expect(entity.out).toMatchObject({ kind: 'initial', from: -1, to: 0, clause: 0 });
    feed(entity, 'x', 2, 20, mulberry32(5));
    entity.see(30, { signals: { x: -2 } });
    const { evidence } = entity.bank('hot');
    for (let t = 31; t < 60; t++) expect(entity.see(t, { signals: { x: undefined } })).toBeUndefined();
    expect(entity.bank('hot').evidence).toBe(evidence);
    expect(entity.out.held).toBeUndefined();
  });

  it('count as outside when the time to decide is over; their first value then places the entity', () => {
    const entity = hotOrNot();
    entity.see(0, { signals: { x: undefined } });
    expect(entity.decide(100)).toBe('not');
    expect(entity.out).toMatchObject({ kind: 'missing', from: -1, to: 1 });
    expect(entity.decide(101)).toBeUndefined();
    expect(entity.see(200, { signals: { x: 3 } })).toBe('hot');
    expect(entity.out.kind).toBe('missing');
    // From here on it has a position to be moved from.
    expect(entity.see(201, { signals: { x: -3 } })).toBeUndefined();
  });

  it('leave at once where the model says so: a margin of −∞', () => {
    const entity = hotOrNot();
    entity.see(0, { signals: { x: 3 } });
    entity.readings.margins[0] = -Infinity;
    expect(entity.tick(50)).toBe('not');
    expect(entity.out).toMatchObject({ kind: 'gate', clause: 0, evidence: 0 });
  });
});

describe('knobs', () => {
  it('confirm: n of the last m observations must point there', () => {
    const knobs = { ...PLAIN, confirm: { n: 2, m: 3 } };
    const entity = hotOrNot(knobs);
    const seen = [-1, 1, -1, -1, 1, -1, 1].map((x, t) => entity.see(t, { signals: { x } }));
    expect(seen).toEqual(['not', undefined, undefined, undefined, undefined, undefined, 'hot']);
    expect(entity.out).toMatchObject({ kind: 'band', heldFlips: 2 });
    // Time and other observations are no confirmation.
    entity.see(10, { signals: { x: -1 } });
    expect(entity.out.held).toBe('confirm');
    expect([entity.tick(11), entity.see(12, {}), entity.due]).toEqual([undefined, undefined, Infinity]);
    expect(entity.see(13, { signals: { x: -1 } })).toBe('not');
    expect(entity.out.kind).toBe('dwell');
  });

  it('enterAfter starts again with a new target, leaveAfter goes on', () => {
    const slow = { ...PLAIN, enterAfterMs: 10, leaveAfterMs: 15 };
    const entity = new Entity(
      [],
      [
        { name: 'A', enter: gate(0), knobs: slow },
        { name: 'B', enter: gate(1), knobs: slow },
        { name: 'C', knobs: slow },
      ],
      2,
    );
    entity.see(0, { gates: { 0: false, 1: false } });
    entity.see(100, { gates: { 1: true } });
    expect(entity.due).toBe(115);
    entity.see(108, { gates: { 0: true } });
    expect(entity.due).toBe(118);
    expect(entity.tick(118)).toBe('A');
  });

  it('cooldown holds after a move, not after the first placement, and gives way to a bypass', () => {
    const knobs = { ...PLAIN, cooldownMs: 50 };
    const entity = new Entity(
      [],
      [
        { name: 'alarm', enter: gate(2), bypass: gate(2), knobs },
        { name: 'A', enter: gate(0), knobs },
        { name: 'C', knobs },
      ],
      3,
    );
    entity.see(0, { gates: { 0: false, 2: false } });
    expect(entity.see(1, { gates: { 0: true } })).toBe('A');
    entity.see(2, { gates: { 0: false } });
    expect(entity.out.held).toBe('cooldown');
    expect(entity.due).toBe(51);
    expect(entity.see(3, { gates: { 2: true } })).toBe('alarm');
    entity.see(4, { gates: { 2: false } });
    expect(entity.due).toBe(53);
    expect(entity.tick(53)).toBe('C');
  });

  it('bypass enters upwards only, past everything but its own confirm, and leaving stays damped', () => {
    const knobs = { ...EVIDENCE, enterAfterMs: 1000, bypassConfirm: { n: 2, m: 2 } };
    const entity = new Entity(
      [cut('temp', 8), cut('exposure', 100)],
      [
        { name: 'rescue', enter: gate(0), knobs: PLAIN },
        { name: 'spoiling', enter: clause(0), bypass: clause(1), knobs },
        { name: 'fine', knobs: EVIDENCE },
      ],
      1,
    );
    const see = (t: number, temp: number, exposure: number, rescue = false) =>
      entity.see(t, { signals: { temp, exposure }, gates: { 0: rescue } });
    for (let t = 0; t < 30; t++) see(t, 4 + (t % 2), 0);
    expect(see(30, 20, 0)).toBeUndefined();
    expect(see(31, 5, 150)).toBeUndefined();
    expect(see(32, 5, 150)).toBe('spoiling');
    expect(entity.out).toMatchObject({ kind: 'bypass', from: 2, to: 1, segment: 1, clause: 1 });
    expect(entity.bank('spoiling')).toMatchObject({ inside: true, evidence: 0 });
    // While it holds it keeps its segment, though the temperature would have left it.
    for (let t = 33; t < 90; t++) expect(see(t, 4 + (t % 2), 150)).toBeUndefined();
    expect(entity.bank('spoiling').inside).toBe(false);
    expect(see(90, 5, 0)).toBe('fine');
    // Nothing pulls an entity down from a higher segment.
    expect(see(91, 5, 0, true)).toBe('rescue');
    expect([see(92, 5, 150, true), see(93, 5, 150, true), entity.segment]).toEqual([undefined, undefined, 'rescue']);
  });

  it('a bypass leaves behind banks on their plain side, so that leaving takes votes', () => {
    const entity = new Entity(
      [cut('temp', 8)],
      [
        { name: 'spoiling', enter: clause(0), bypass: gate(0), knobs: EVIDENCE },
        { name: 'fine', knobs: EVIDENCE },
      ],
      1,
    );
    entity.see(0, { signals: { temp: 4 }, gates: { 0: false } });
    for (let t = 1; t < 30; t++) entity.see(t, { signals: { temp: 4 + (t % 2) } });
    expect(entity.see(30, { gates: { 0: true } })).toBe('spoiling');
    entity.see(31, { gates: { 0: false } });
    expect(entity.see(32, { signals: { temp: 4 } })).toBeUndefined();
    let t = 33;
    while (!entity.see(t, { signals: { temp: 4 } })) t++;
    expect(entity.out).toMatchObject({ kind: 'evidence', to: 1 });
    expect(t).toBeGreaterThan(33);
  });
});

describe('held flips', () => {
  it('count what a plain threshold would have moved, and say why not', () => {
    const entity = hotOrNot();
    feed(entity, 'x', -3, 40, mulberry32(6));
    const xs = [1, -1, 1, 1, -1];
    const held = xs.map((x, i) => {
      entity.see(41 + i, { signals: { x } });
      return entity.out.held;
    });
    expect(held).toEqual(['evidence', undefined, 'evidence', undefined, undefined]);
    let t = 46;
    while (!entity.see(t, { signals: { x: 3 } })) t++;
    expect(entity.out.heldFlips).toBe(3);
    entity.see(t + 1, { signals: { x: -3 } });
    expect(entity.out).toMatchObject({ held: 'evidence', heldTo: 1 });
  });
});

describe('state', () => {
  it.each(SEEDS)('lies in the slice alone: moved elsewhere midway, it goes on the same (seed %d)', (seed) => {
    const random = mulberry32(7000 + seed);
    const world = new World(random, randomDefinition(random));
    const entity = new Entity(world.definition.clauses, world.definition.segments);
    const { program, nums } = entity;
    const here = createStepOutcome();
    const there = createStepOutcome();
    for (let t = 0; t < 300; t++) {
      world.observe();
      const base = Math.floor(20 * random());
      const copy = new Float64Array(program.size + 40).fill(Number.NaN);
      copy.set(nums, base);
      stepDimension(program, copy, base, world.readings, t, true, there);
      // Another entity in between: nothing of it may stay behind in the program.
      stepDimension(program, new Float64Array(program.size), 0, world.readings, t + 5, true, createStepOutcome());
      stepDimension(program, nums, 0, world.readings, t, true, here);
      expect(there).toEqual(here);
      expect(copy.subarray(base, base + program.size)).toEqual(nums);
      expect(nextDue(program, copy, base)).toBe(nextDue(program, nums, 0));
    }
  });

  it('takes up a position from another model and then asks for evidence', () => {
    const entity = hotOrNot();
    resumeDimension(entity.program, entity.nums, 0, 0, 40);
    expect(entity.see(50, { signals: { x: -2 } })).toBeUndefined();
    expect(entity.segment).toBe('hot');
    expect(feed(entity, 'x', -2, 30, mulberry32(8))).toEqual(['not']);
  });
});
