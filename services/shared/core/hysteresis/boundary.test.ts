import { describe, expect, it } from '@jest/globals';
import { createBoundary } from './boundary.ts';
import { mulberry32, normal } from './experiment/index.ts';
import { alike, clause, cut, Entity, EVIDENCE } from './testkit/entity.ts';

/** Irregular readings around a level that shifts, some of them wild. */
function readings(seed: number, count: number): [number, number][] {
  const random = mulberry32(seed);
  let t = 0;
  let level = 0;
  return Array.from({ length: count }, () => {
    t -= 3 * Math.log(1 - random());
    if (random() < 0.02) level = 3 * random() - 1.5;
    return [t, level + normal(random) + (random() < 0.01 ? 1000 * normal(random) : 0)];
  });
}

describe('one boundary', () => {
  it.each([1, 2, 3, 4])('does to the last bit what a dimension of one clause does (seed %d)', (seed) => {
    const knobs = { ...EVIDENCE, switchCost: alike({ ms: 25 }), patience: alike(1.2) };
    const segments = [
      { name: 'in', enter: clause(0), knobs },
      { name: 'out', knobs },
    ];
    const entity = new Entity([cut('x', 0)], segments);
    const boundary = createBoundary(0, 25, 1.2);
    let moves = -1;
    const different = readings(seed, 3000).filter(([t, x]) => {
      const inside = boundary.observe(t, x);
      if (entity.see(t, { signals: { x } })) moves++;
      return (entity.segment === 'in') !== inside || !Object.is(entity.bank('in').evidence, boundary.evidence);
    });
    expect(different).toEqual([]);
    expect(moves).toBeGreaterThan(10);
  });

  it.each([2, 8, 20, 200])('is not moved by one outlier of any size (a move costs %d readings)', (switchCost) => {
    let moved = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const random = mulberry32(seed);
      const boundary = createBoundary(0, switchCost);
      for (let t = 0; t < 1000; t++) {
        const outlier = t % 100 === 99;
        if (boundary.observe(t, outlier ? 10 ** (12 * random()) : -1 - random())) moved++;
      }
    }
    expect(moved).toBe(0);
  });

  it('reads the same instant again without a vote', () => {
    const bank = createBoundary(0, 20);
    for (let t = 0; t < 30; t++) bank.observe(t, t % 2 ? -1 : -2);
    bank.observe(30, 5);
    const { evidence } = bank;
    expect(evidence).toBeGreaterThan(0);
    for (let i = 0; i < 50; i++) bank.observe(30, 5);
    bank.observe(29, 5);
    expect(bank.evidence).toBe(evidence);
    expect(bank.inside).toBe(false);
  });

  it('keeps working after readings at the end of the range of numbers', () => {
    const bank = createBoundary(0, 20);
    for (let t = 0; t < 40; t++) bank.observe(t, t % 2 ? -Number.MAX_VALUE : Number.MAX_VALUE);
    for (let t = 40; t < 400; t++) bank.observe(t, 1);
    expect(bank.inside).toBe(true);
    for (let t = 400; t < 800; t++) bank.observe(t, -1);
    expect(bank.inside).toBe(false);
  });

  it('lets silence change nothing and a burst count less', () => {
    const steady = createBoundary(0, 20);
    const burst = createBoundary(0, 20);
    for (let t = 0; t < 50; t++) {
      steady.observe(t, -1 + (t % 2));
      burst.observe(t, -1 + (t % 2));
    }
    for (let i = 1; i <= 3; i++) {
      steady.observe(50 + i, 3);
      burst.observe(50 + i / 100, 3);
    }
    expect(burst.evidence).toBeGreaterThan(0);
    expect(burst.evidence).toBeLessThan(steady.evidence / 2);
  });
});
