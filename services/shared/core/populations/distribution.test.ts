import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { Distribution } from './distribution.ts';
import { Rounds } from './rounds.ts';

describe('a distribution', () => {
  const of = (values: readonly number[]) => {
    const distribution = new Distribution();
    for (const value of values) distribution.add(value);
    return distribution;
  };

  it('tells rank and share of values that are well apart exactly', () => {
    const picks = of([100, 50, 20, 20, 10, 0]);
    expect([100, 50, 20, 10, 0].map((value) => picks.percentileRank(value))).toEqual(
      [5.5, 4.5, 3, 1.5, 0.5].map((below) => expect.closeTo(below / 6, 12)),
    );
    expect([1000, 100, 50, 20, 10, 0].map((value) => picks.cumulativeShare(value))).toEqual(
      [0, 0, 0.5, 0.75, 0.95, 1].map((share) => expect.closeTo(share, 2)),
    );
    expect(picks.cumulativeShare(60)).toBeCloseTo(0.5, 2);
    expect(picks.percentileRank(60)).toBeCloseTo(5 / 6, 12);
  });

  it('is never wrong by more than the values within two per cent', () => {
    const random = seeded(2);
    const values = Array.from({ length: 2000 }, () => Math.floor(10 ** (random() * 4)));
    const distribution = of(values);
    const total = values.reduce((a, b) => a + b, 0);
    let worst = 0;
    for (const value of values.slice(0, 300)) {
      const share = (from: number) => values.filter((v) => v > from).reduce((a, b) => a + b, 0) / total;
      const told = distribution.cumulativeShare(value);
      worst = Math.max(worst, share(value * 1.0203) - told, told - share(value / 1.0203));
    }
    // The middles of buckets are within 1 % of what they stand for.
    expect(worst).toBeLessThan(0.01);
  });

  it('adds up from its parts, and survives being sent', () => {
    const random = seeded(3);
    const parts = [0, 1, 2].map(() => Array.from({ length: 50 }, () => (random() - 0.3) * 1000));
    const whole = new Distribution();
    for (const part of parts) whole.addAll(Distribution.from(JSON.parse(JSON.stringify(of(part).toCounted()))));
    expect(whole.toCounted()).toEqual(of(parts.flat()).toCounted());
  });

  it('knows nothing of nobody, and counts no missing value', () => {
    expect(of([]).percentileRank(1)).toBeNaN();
    expect(of([0, -1]).cumulativeShare(1)).toBeNaN();
    expect(of([1]).percentileRank(NaN)).toBeNaN();
    expect(of([NaN]).isEmpty).toBe(true);
  });

  it('stays bounded', () => {
    const random = seeded(5);
    const wild = of(Array.from({ length: 50_000 }, () => (random() - 0.5) * 10 ** (random() * 600 - 300)));
    expect(wild.toCounted().buckets.length).toBeLessThan(4200);
  });
});

describe('rounds', () => {
  it('visit every sixteenth once, at instants that do not hang on when it began', () => {
    const rounds = new Rounds(3_600_000);
    const t = Date.UTC(2026, 0, 5, 8, 1);
    const first = rounds.after(t);
    expect(new Date(rounds.instantOf(first)).toISOString()).toBe('2026-01-05T08:03:45.000Z');
    expect(rounds.after(rounds.instantOf(first))).toBe(first + 1);
    expect(new Set(Array.from({ length: 16 }, (_, i) => rounds.sliceOf(first + i))).size).toBe(16);
    expect(rounds.resume(first, t)).toBe(first);
    // However late a record is, no visit is made again.
    expect(rounds.resume(first, t - 1e9)).toBe(first);
    // Numbered by rounds of a minute before the model asked for an hour.
    expect(rounds.renumber(new Rounds(60_000).after(t), 60_000)).toBe(first);
    expect(rounds.renumber(first, 3_600_000)).toBe(first);
    expect(rounds.instantOf(rounds.resume(first, t + 1e9))).toBe(Date.UTC(2026, 0, 16, 19));
  });
});
