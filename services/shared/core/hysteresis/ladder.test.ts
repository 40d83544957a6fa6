import { describe, expect, it } from '@jest/globals';
import { createBoundary } from './boundary.ts';
import { bank, dwell, mulberry32, naive, normal, optimumOf, type Series, scoreOf } from './experiment/index.ts';
import { clause, cut, Entity, EVIDENCE, gate } from './testkit/entity.ts';

const SWITCH_COST = 20;

/** Readings a time unit apart, 1 or −1 by turns of so many readings, under noise. */
function swings(turns: readonly number[], noise: number, seed = 1): Series {
  const random = mulberry32(seed);
  const values = turns.flatMap((count, i) =>
    Array.from({ length: count }, () => (i % 2 === 0 ? -1 : 1) + noise * normal(random)),
  );
  return {
    name: 'swings',
    threshold: 0,
    times: Float64Array.from(values, (_, i) => i),
    values: Float64Array.from(values),
    truth: Uint8Array.from(values, (x) => Number(x >= 0)),
  };
}

/** Moves among the readings from `from` on. */
function movesFrom(series: Series, from: number): number[] {
  const { observe } = createBoundary(series.threshold, SWITCH_COST);
  let before = false;
  return [...series.values].flatMap((x, t) => {
    const side = observe(t, x);
    const moved = t > 0 && side !== before;
    before = side;
    return moved && t >= from ? [t] : [];
  });
}

/** Slow, with a day of 288 readings, at 5 minutes each: a load. */
function load(seed: number): Series {
  const random = mulberry32(seed);
  let slow = 0;
  const values = Float64Array.from({ length: 6000 }, (_, i) => {
    slow = 0.8 * slow + 0.5 * normal(random);
    return 18 * Math.sin((2 * Math.PI * i) / 288) + 4 * slow + 3 * normal(random);
  });
  const truth = values.map((x) => Number(x >= 3));
  return { name: 'load', threshold: 3, times: values.map((_, i) => i), values, truth: Uint8Array.from(truth) };
}

describe('what a bank learns', () => {
  it('stays put in the end on a signal that always swings back before a move has paid', () => {
    const series = swings(
      Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? 60 : 14)),
      0.2,
    );
    expect(movesFrom(series, 0).length).toBeGreaterThan(0);
    expect(movesFrom(series, 2500)).toEqual([]);
  });

  it('follows sooner on a signal that never swings back early', () => {
    const series = swings(new Array(60).fill(150), 0.3);
    const delays = movesFrom(series, 0).map((t) => t % 150);
    expect(delays).toHaveLength(59);
    const mean = (some: number[]) => some.reduce((sum, delay) => sum + delay, 0) / some.length;
    expect(mean(delays.slice(-20))).toBeLessThan(mean(delays.slice(0, 3)) - 1);
  });

  it('unlearns: after the swings end a lasting change is followed', () => {
    const series = swings([...Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 60 : 14)), 60, 400, 400], 0.2);
    expect(movesFrom(series, 3760)).toHaveLength(2);
  });

  it.each([1, 2, 3])('costs less than the bank, a dwell and naive on a daily load (seed %d)', (seed) => {
    const series = load(seed);
    const best = optimumOf(series, SWITCH_COST).cost;
    const [ladder, ...others] = [
      createBoundary(3, SWITCH_COST).observe,
      bank(3, SWITCH_COST),
      dwell(3, 6),
      naive(3, SWITCH_COST),
    ].map((policy) => scoreOf(series, SWITCH_COST, policy).cost / best);
    expect(ladder).toBeLessThan(Math.min(...others));
    expect(ladder).toBeLessThan(1.45);
  });

  it('keeps what it has learned through a gate, and is emptied by it', () => {
    const entity = new Entity(
      [cut('x', 0)],
      [
        { name: 'hot', enter: { kind: 'all', nodes: [clause(0), gate(0)] }, knobs: EVIDENCE },
        { name: 'not', knobs: EVIDENCE },
      ],
      1,
    );
    const { values } = swings(
      Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 60 : 14)),
      0.2,
    );
    for (const x of values) entity.see(entity.t + 1, { signals: { x }, gates: { 0: true } });
    const learned = entity.bank('hot').price;
    for (let i = 0; i < 3; i++) entity.see(entity.t + 1, { signals: { x: 1 } });
    expect(entity.bank('hot').evidence).toBeGreaterThan(0);
    entity.see(entity.t + 1, { gates: { 0: false } });
    entity.see(entity.t + 1, { gates: { 0: true } });
    expect(entity.bank('hot').evidence).toBe(0);
    expect(Math.abs(entity.bank('hot').price / learned - 1)).toBeLessThan(0.3);
    expect(learned).toBeGreaterThan(14);
  });
});
