import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { Subject } from '../testing/subject.ts';
import { bucketOf, COARSEST, coarser, errorOf, middleOf } from './log-buckets.ts';
import { QuantileWindow } from './quantile-window.ts';
import { MOST_BUCKETS, SKETCH_WORDS } from './sketch.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5);

describe('buckets', () => {
  it('tell a value within their error, on every level, and keep the order of values', () => {
    const random = seeded(1);
    let worst = 0;
    let wrong = 0;
    for (let i = 0; i < 3000; i++) {
      const value = (random() < 0.3 ? -1 : 1) * 10 ** (random() * 16 - 8);
      const other = value * (1 + random());
      for (let level = 0; level <= COARSEST; level++) {
        const bucket = bucketOf(value, level);
        const further = bucketOf(other, level);
        if (coarser(bucketOf(value, 0), level) !== bucket || (value > 0 ? further < bucket : further > bucket)) wrong++;
        const error = Math.abs(middleOf(bucket, level) - value) / Math.abs(value) / errorOf(level);
        worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
      }
    }
    expect(wrong).toBe(0);
    expect(worst).toBeLessThanOrEqual(1 + 1e-9);
    expect(errorOf(0)).toBeCloseTo(0.01, 12);
    expect([bucketOf(0, 3), middleOf(0, 3)]).toEqual([0, 0]);
  });
});

type Series = { readonly name: string; readonly error: number; readonly draw: (random: () => number) => number };
const SERIES: readonly Series[] = [
  { name: 'whole numbers of few kinds', error: 0.01, draw: (random) => 1 + Math.floor(random() * 40) },
  { name: 'values within a factor of 3.5', error: 0.01, draw: (random) => 100 + random() * 250 },
  { name: 'values within a factor of 12', error: 0.02, draw: (random) => 10 * 12 ** random() },
  { name: 'values within a factor of 150', error: 0.04, draw: (random) => 150 ** random() },
  { name: 'values within a factor of 25,000', error: 0.08, draw: (random) => 0.01 * 25_000 ** random() },
  { name: 'temperatures about zero', error: 0.33, draw: (random) => Math.round((random() - 0.5) * 300) / 10 },
];

/** The value at the rank that the window tells of. */
function exact(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1]!;
}

describe.each(SERIES)('quantiles of $name', ({ error, draw }) => {
  it('are within the stated error of the exact ones, over a window that rolls', () => {
    const random = seeded(21);
    let worst = 0;
    for (const p of [0.01, 0.25, 0.5, 0.9, 0.99]) {
      const window = new QuantileWindow(0, 24 * HOUR, p);
      const nums = Float64Array.from(QuantileWindow.defaults(24 * HOUR));
      const seen: { t: number; value: number }[] = [];
      let t = T0;
      for (let i = 0; i < 800; i++) {
        t += Math.floor(random() * 0.1 * HOUR);
        // Some come late, and fall into their own tile.
        const at = random() < 0.1 ? t - Math.floor(random() * 8 * HOUR) : t;
        const value = draw(random);
        seen.push({ t: at, value });
        window.add(nums, at, value);
        if (i % 7 > 0) continue;
        const oldest = (Math.floor(t / (3 * HOUR)) - 7) * 3 * HOUR;
        const expected = exact(
          seen.filter((each) => each.t >= oldest).map((each) => each.value),
          p,
        );
        const told = window.value(nums, t);
        if (expected !== 0) worst = Math.max(worst, Math.abs(told / expected - 1));
        else expect(told).toBe(0);
      }
    }
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(error * (1 + 1e-9));
  });
});

describe('a sketch', () => {
  it('hangs on what it has seen, not on the order', () => {
    const random = seeded(4);
    const values = Array.from({ length: 400 }, () => ({ t: T0 + random() * 23 * HOUR, value: 10_000 ** random() }));
    const last = { t: T0 + 23.5 * HOUR, value: 1 };
    const sketched = (of: typeof values) => {
      const window = new QuantileWindow(0, 24 * HOUR, 0.5);
      const nums = Float64Array.from(QuantileWindow.defaults(24 * HOUR));
      for (const { t, value } of [...of, last]) window.add(nums, t, value);
      return [...nums];
    };
    const shuffled = values.toSorted(() => random() - 0.5);
    expect(sketched(shuffled)).toEqual(sketched(values));
  });

  it('never holds more than its buckets, whatever it sees', () => {
    const window = new QuantileWindow(0, Infinity, 0.5);
    const nums = Float64Array.from(QuantileWindow.defaults(Infinity));
    const random = seeded(8);
    for (let i = 0; i < 3000; i++) window.add(nums, T0, (random() - 0.5) * 10 ** (random() * 600 - 300));
    expect(nums).toHaveLength(2 + SKETCH_WORDS);
    expect(nums[3]).toBeLessThanOrEqual(MOST_BUCKETS);
    expect(Number.isFinite(window.value(nums, T0))).toBe(true);
  });
});

describe('an attribute that is a quantile', () => {
  const thing = `    inputs: { seconds: number }
    attributes: { slow: { quantile: seconds, p: 0.9, window: 8h } }
    dimensions:
      pace:
        hysteresis: { evidence: false }
        segments:
          slow: { when: slow >= 60 }
          quick: {}`;

  it('is measured, survives being kept, and falls back by itself when the window has passed', () => {
    const subject = new Subject(thing);
    expect(subject.engine.model.entities.get('thing')!.attributes.get('slow')!.signal).toBe('measured');
    for (let i = 0; i < 20; i++) subject.observe(T0 + i, { seconds: i < 17 ? 10 : 100 });
    expect(subject.moves).toEqual([`null → quick @ ${T0}`, `quick → slow @ ${T0 + 18}`]);
    const before = subject.engine.encode(subject.state);
    subject.restart();
    expect(subject.engine.encode(subject.state)).toEqual(before);
    subject.observe(T0 + 4 * HOUR, { seconds: 10 });
    expect(subject.engine.attributeValue(subject.state, 'slow', T0 + 4 * HOUR)).toBeCloseTo(100, -1);
    subject.advance(T0 + 20 * HOUR);
    expect(subject.moves.at(-1)).toBe(`slow → quick @ ${T0 + 8 * HOUR}`);
    expect(subject.engine.attributeValue(subject.state, 'slow', T0 + 20 * HOUR)).toBeNull();
  });
});
