import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { defaultFreightSettings, FreightPredictor, type FreightShipment, medianOf } from './index.ts';
import { growTrees } from './trees.ts';

const DAY = 86_400_000;
const settings = {
  ...defaultFreightSettings,
  every: 200,
  least: 200,
  trees: { ...defaultFreightSettings.trees, trees: 40 },
};

/** Shipments whose cost follows weight, country and mode, with noise of about 20 %. */
function world(seed: number, count: number): { shipment: FreightShipment; cost: number }[] {
  const next = seeded(seed);
  const noise = () => (next() + next() + next() - 1.5) * 0.4;
  return Array.from({ length: count }, (_, i) => {
    const weightKg = Math.exp(1 + 6 * next());
    const country = Math.floor(next() * 6);
    const mode = next() < 0.5 ? 'Air' : 'Ocean';
    const factor = 1 + country / 2;
    const cost = factor * (mode === 'Air' ? 20 * weightKg ** 0.7 : 400 + weightKg) * Math.exp(noise());
    const isTold = next() > 0.1;
    const shipment = {
      dueAt: i * DAY,
      weightKg: isTold ? weightKg : null,
      value: weightKg * 30 * Math.exp(noise()),
      quantity: Math.ceil(weightKg),
      lines: 1,
      labels: { country: `c${country}`, mode },
    };
    return { shipment, cost };
  });
}

/** Quotes each before it learns it; relative errors and hits of intervals of the last `judged`. */
function replay(rows: ReturnType<typeof world>, judged: number, of = settings) {
  const predictor = new FreightPredictor(of);
  const quotes = rows.map(({ shipment, cost }) => {
    const quote = predictor.quote(shipment);
    predictor.learn(shipment, cost, quote);
    return quote;
  });
  const errors = rows.slice(-judged).map(({ cost }, i) => {
    const quote = quotes.at(i - judged)!;
    return { share: Math.abs(quote.cost - cost) / cost, holds: quote.low! <= cost && cost <= quote.high! };
  });
  return {
    predictor,
    quotes,
    error: medianOf(errors.map(({ share }) => share)),
    hits: errors.filter(({ holds }) => holds).length / judged,
  };
}

describe('freight', () => {
  it('is learnt from what it cost: labels and curves beyond a straight line', () => {
    const { error, hits } = replay(world(1, 900), 300);
    expect(error).toBeLessThan(0.25);
    expect(hits).toBeGreaterThan(0.73);
    expect(hits).toBeLessThan(0.87);
    // Labels told wrongly: what they taught was worth something.
    const blind = replay(
      world(1, 900).map(({ shipment, cost }) => ({ shipment: { ...shipment, labels: {} }, cost })),
      300,
    );
    expect(blind.error).toBeGreaterThan(1.3 * error);
  });

  it('is estimated from what was known before it: what comes later changes nothing', () => {
    const rows = world(2, 700);
    const other = [
      ...rows.slice(0, 600),
      ...world(3, 100).map(({ shipment, cost }) => ({ shipment, cost: cost * 50 })),
    ];
    expect(replay(other, 10).quotes.slice(0, 600)).toEqual(replay(rows, 10).quotes.slice(0, 600));
  });

  it('is estimated without a weight, for labels never seen, and not before anything is known', () => {
    const { predictor } = replay(world(4, 400), 10);
    const unknown = { dueAt: 0, weightKg: null, value: 0, quantity: 0, lines: 0, labels: { country: 'elsewhere' } };
    const quote = predictor.quote(unknown)!;
    expect(quote.cost).toBeGreaterThan(0);
    expect(quote.low).toBeLessThan(quote.high!);
    expect(new FreightPredictor().quote(unknown)).toBeUndefined();
  });

  it.each([0, -1, Number.NaN])('of %p is refused: what was not told is not learnt as nothing', (cost) => {
    expect(() => new FreightPredictor().learn(world(5, 1)[0]!.shipment, cost)).toThrow(/leave it out/);
  });
});

describe('boosted trees', () => {
  it('find steps and their combination, and the median rather than the mean', () => {
    const next = seeded(6);
    const a = Float64Array.from({ length: 2000 }, () => next());
    const b = Float64Array.from({ length: 2000 }, (_, i) => (i % 3 === 0 ? Number.NaN : next()));
    const truth = (x: number, y: number) => (x > 0.5 && y > 0.5 ? 4 : Number.isNaN(y) ? 2 : 0);
    // One in ten is an outlier far above.
    const targets = Float64Array.from(a, (x, i) => truth(x, b[i]!) + (i % 10 === 0 ? 1000 : 0));
    const trees = growTrees([a, b], targets, { trees: 60, depth: 3, rate: 0.2, leastInLeaf: 20, bins: 32 });
    for (const [x, y] of [
      [0.9, 0.9],
      [0.9, 0.1],
      [0.1, 0.9],
      [0.3, Number.NaN],
    ] as const) {
      expect(Math.abs(trees.predict([x, y]) - truth(x, y))).toBeLessThan(0.2);
    }
  });

  it('of equal examples say what they say', () => {
    const same = Float64Array.from([7, 7, 7]);
    expect(growTrees([same], same, { ...settings.trees }).predict([Number.NaN])).toBe(7);
  });
});
