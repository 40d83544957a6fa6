import { describe, expect, it } from '@jest/globals';
import { compileModel } from '../engine/engine.ts';
import type { Value } from '../engine/types.ts';
import { loadModel } from '../model/load.ts';
import { seeded } from '../testing/seeded.ts';
import { checkPopulation, ratesOf } from './check-population.ts';
import { Population } from './population.ts';

const HOUR = 3_600_000;
const text = (hysteresis: string) => `model: test
version: 1
entities:
  thing:
    inputs: { x: number, y: number, z: number }
    attributes:
      x: { latest: x }
      y: { latest: y }
      z: { latest: z, signal: measured }
    dimensions:
      size:
        segments: { huge: { when: x >= 99 }, big: { when: x >= 9 }, small: {} }
      weight:
        segments: { heavy: { when: y >= 9 }, light: {} }
      heat:
        hysteresis: ${hysteresis}
        segments: { hot: { when: z >= 5 }, cool: {} }
`;

function check(hysteresis: string, minMembers: number, values: (i: number, round: number) => Record<string, Value>) {
  const model = loadModel(text(hysteresis), 'test.yaml');
  const population = new Population(compileModel(model));
  let offset = 0;
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 100; i++)
      population.observe({
        entityType: 'thing',
        entityId: `t${i}`,
        values: values(i, round),
        links: [],
        ended: false,
        observedAt: round * HOUR + i,
        source: { topic: 't', partition: 0, offset: offset++ },
      });
  }
  population.finish();
  const drafts = checkPopulation(model, population, minMembers).map(
    ({ code, where, message, todo }) => `${code} ${where}: ${message}; ${todo}`,
  );
  return { population, drafts };
}

describe('what events show of a model', () => {
  // One of a hundred is huge; big ones are just the heavy ones.
  const sizes = (i: number) => ({ x: i === 0 ? 100 : i < 50 ? 10 : 1, y: i < 50 ? 10 : 1 });

  it('is segments with too few members, twins, and dimensions that never change', () => {
    const { drafts, population } = check('{ switchCost: 1h }', 5, (i) => ({ ...sizes(i), z: 1 }));
    expect(drafts).toEqual([
      expect.stringMatching(
        /^few-members thing.size.huge: 1 of 100 thing entities were ever in huge; merge it with big/,
      ),
      expect.stringMatching(/^no-members thing.heat.hot: nobody of 100/),
      expect.stringMatching(
        /^near-duplicate thing.weight.heavy: weight: heavy and size: big have 98 % of their members/,
      ),
      expect.stringMatching(/^never-changes thing.size: none of 100 moved in 1 d 15 h/),
      expect.stringMatching(/^never-changes thing.weight:/),
      expect.stringMatching(/^never-changes thing.heat:/),
    ]);
    expect(population.observations).toBe(4000);
  });

  it('says nothing of sizes where there is but a handful of entities', () => {
    expect(check('{ switchCost: 1h }', 200, (i) => ({ ...sizes(i), z: 1 })).drafts).toEqual([]);
  });

  it('is moves that were taken back, and how much hysteresis would have held', () => {
    const random = seeded(9);
    const noise = () => 4 + random() * 2;
    const values = (i: number) => ({ ...sizes(i), z: noise() });
    const naive = check('{ evidence: false, switchCost: 12h }', 5, values);
    const flapping = naive.drafts.filter((draft) => draft.startsWith('flapping'));
    expect(flapping).toEqual([
      expect.stringMatching(/^flapping thing.heat.hot: .*moves per entity and day, 0 % of flips held/),
      expect.stringMatching(/heat.cool/),
    ]);
    const steady = check('{ switchCost: 12h }', 5, values);
    expect(steady.drafts.filter((draft) => draft.startsWith('flapping'))).toEqual([]);
    const rates = (of: typeof naive) => ratesOf(of.population.types.get('thing')!.dimensions.get('heat')!);
    expect(rates(naive).movesPerEntityDay).toBeGreaterThan(5);
    expect(rates(steady).movesPerEntityDay).toBeLessThan(rates(naive).movesPerEntityDay / 10);
    expect(rates(steady).heldShare).toBeGreaterThan(0.9);
  });

  it('is micro-segments that hold hardly anybody, with the merge that helps most', () => {
    const random = seeded(4);
    const scattered = Array.from({ length: 100 }, (_, i) => ({
      x: [1, 10, 100][i % 3]!,
      y: random() < 0.5 ? 10 : 1,
      z: random() < 0.05 ? 9 : 1,
    }));
    const { drafts } = check('{ switchCost: 1h }', 20, (i) => scattered[i]!);
    const [small] = drafts.filter((draft) => draft.startsWith('small-micro-segments'));
    expect(small).toMatch(/of 100 entities stand in \d+ micro-segments of fewer than 20 each/);
    expect(small).toMatch(/merging weight: heavy with light leaves \d of them in \d/);
  });
});
