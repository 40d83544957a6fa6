import { describe, expect, it } from '@jest/globals';
import { mulberry32 } from './experiment/index.ts';
import { createStepOutcome, nextDue, readPosition, redecideDimension, stepDimension } from './index.ts';
import { clause, cut, Entity, EVIDENCE, feed, gate, hotOrNot, PLAIN } from './testkit/entity.ts';
import { randomDefinition, World } from './testkit/random-dimension.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

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

  it('decides a changed model at once by the plain conditions, and then asks for evidence', () => {
    const redecided = (x: number, stands: number, hold = false) => {
      const entity = hotOrNot();
      entity.readings.margins[0] = x;
      redecideDimension(entity.program, entity.nums, 0, entity.readings, 50, stands, 40, hold, entity.out);
      const position = { segment: -1, since: 0, heldFlips: 0, pending: -1, raw: -1, pinned: -1, pinnedUntil: 0 };
      readPosition(entity.nums, 0, position);
      return { entity, out: { ...entity.out }, since: position.since };
    };
    const kept = redecided(1, 0);
    expect(kept.out).toMatchObject({ moved: false, to: 0 });
    expect(kept.since).toBe(40);
    expect(kept.entity.see(60, { signals: { x: -2 } })).toBeUndefined();
    expect(feed(kept.entity, 'x', -2, 30, mulberry32(8))).toEqual(['not']);
    const left = redecided(-1, 0);
    expect(left.out).toMatchObject({ moved: true, from: 0, to: 1, kind: 'edit', segment: 0, clause: 0 });
    expect(left.since).toBe(50);
    expect(redecided(1, 1).out).toMatchObject({ moved: true, from: 1, to: 0, segment: 0 });
    // Nothing is known any more: it stays. Nothing was ever known: it does not hold. Others wait for their first value.
    expect(redecided(Number.NaN, 0, true).out).toMatchObject({ moved: false, to: 0 });
    expect(redecided(Number.NaN, 0).out).toMatchObject({ moved: true, from: 0, to: 1 });
    expect(redecided(Number.NaN, 1).out).toMatchObject({ moved: false, to: 1 });
  });
});
