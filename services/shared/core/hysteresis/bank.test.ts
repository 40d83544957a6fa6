import { describe, expect, it } from '@jest/globals';
import { createBank } from './bank.ts';
import { mulberry32, normal } from './experiment/index.ts';
import { clause, cut, Entity, EVIDENCE } from './testkit/entity.ts';

/** The published algorithm, line by line. */
function published(theta: number, c: number, patience: number) {
  const s = { in: false, E: 0, ewma: 0, dNoise: 0, sNoise: 0, gap: 0, n: -1, lastT: 0, lastX: 0 };
  return (t: number, x: number) => {
    if (s.n < 0) {
      Object.assign(s, { in: x >= theta, ewma: x, n: 0, lastT: t, lastX: x });
      return s;
    }
    s.n += 1;
    const k = Math.min(s.n, 200);
    const cap = (v: number, m: number) => (s.n <= 20 ? v : Math.min(v, 3 * m + 1e-9));
    let dt = t - s.lastT;
    s.gap += (cap(dt, s.gap) - s.gap) / k;
    dt = Math.min(dt, 10 * s.gap);
    s.dNoise += (cap(Math.abs(x - s.lastX), s.dNoise) - s.dNoise) / k;
    s.sNoise += (cap(Math.abs(x - s.ewma), s.sNoise) - s.sNoise) / k;
    s.ewma += (1 - Math.exp(-dt / c)) * (x - s.ewma);
    s.lastT = t;
    s.lastX = x;
    const sd = Math.max(0.886227 * s.dNoise, 1e-9);
    const sr = Math.max(1.253314 * s.sNoise, 1e-9);
    let a = Math.abs(x - theta) / sr;
    if (a > 1) a *= Math.sqrt(a);
    a = Math.min(Math.max(a, 0.5), 2);
    if (x >= theta === s.in) a = -a;
    s.E = Math.max(0, s.E + Math.min(1, (2 * dt) / s.gap) * a);
    const cn = Math.max(c / s.gap, 1);
    const h0 = Math.log(10 * cn * cn);
    const price = patience * Math.max(h0, Math.min(h0 * Math.min(Math.max(sr / sd, 1), 3.1623), cn));
    if (s.E >= price) {
      s.in = !s.in;
      s.E = 0;
    }
    return s;
  };
}

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

describe('the evidence bank', () => {
  it.each([1, 2, 3, 4])('is the published one to the last bit, by itself (seed %d)', (seed) => {
    const [theta, c, patience] = [0.3, 25, 0.8 + seed / 10];
    const bank = createBank(theta, c, patience);
    const reference = published(theta, c, patience);
    const different = readings(seed, 3000).filter(([t, x]) => {
      const expected = reference(t, x);
      return bank.observe(t, x) !== expected.in || !Object.is(bank.evidence, expected.E);
    });
    expect(different).toEqual([]);
  });

  it.each([1, 2, 3, 4])('is the published one to the last bit through a dimension of one clause (seed %d)', (seed) => {
    const knobs = { ...EVIDENCE, switchCostMs: 25, patience: 1.2 };
    const segments = [
      { name: 'in', enter: clause(0), knobs },
      { name: 'out', knobs },
    ];
    const entity = new Entity([cut('x', 0)], segments);
    const reference = published(0, 25, 1.2);
    let moves = -1;
    const different = readings(seed, 3000).filter(([t, x]) => {
      const expected = reference(t, x);
      if (entity.see(t, { signals: { x } })) moves++;
      return (entity.segment === 'in') !== expected.in || !Object.is(entity.bank('in').evidence, expected.E);
    });
    expect(different).toEqual([]);
    expect(moves).toBeGreaterThan(10);
  });

  it('reads the same instant again without a vote', () => {
    const bank = createBank(0, 20);
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
    const bank = createBank(0, 20);
    for (let t = 0; t < 40; t++) bank.observe(t, t % 2 ? -Number.MAX_VALUE : Number.MAX_VALUE);
    for (let t = 40; t < 400; t++) bank.observe(t, 1);
    expect(bank.inside).toBe(true);
    for (let t = 400; t < 800; t++) bank.observe(t, -1);
    expect(bank.inside).toBe(false);
  });

  it('lets silence change nothing and a burst count less', () => {
    const steady = createBank(0, 20);
    const burst = createBank(0, 20);
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
