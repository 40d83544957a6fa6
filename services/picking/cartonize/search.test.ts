import { describe, expect, it } from '@jest/globals';
import { cannotFit } from './bounds.ts';
import { type BoxType, keptUpright, type Placement, type Size, standings } from './boxes.ts';
import { faultsOf, overlap } from './check.ts';
import { fitsExactly } from './exact.ts';
import { fits, quickEffort, smallestFit } from './fit.ts';
import { loadContainer } from './load.ts';

function randomOf(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

/** Tries every standing at every whole place. Only for tiny cases. */
function bruteForce(container: Size, types: readonly BoxType[]): boolean {
  const boxes = types.flatMap((box, type) => Array.from({ length: box.count }, () => type));
  const volume = types.reduce((sum, { l, w, h, count }) => sum + l * w * h * count, 0);
  if (volume > container.l * container.w * container.h) return false;
  const place = (n: number, placed: Placement[]): boolean => {
    if (n === boxes.length) return true;
    const type = boxes[n]!;
    for (const { l, w, h } of standings(types[type]!)) {
      for (let x = 0; x + l <= container.l; x++)
        for (let y = 0; y + w <= container.w; y++)
          for (let z = 0; z + h <= container.h; z++) {
            const box = { type, x, y, z, l, w, h };
            if (!placed.some((other) => overlap(box, other)) && place(n + 1, [...placed, box])) return true;
          }
    }
    return false;
  };
  return place(0, []);
}

const uprights = [undefined, undefined, keptUpright, { l: true, w: false, h: true }];

function tinyCase(seed: number): { container: Size; types: BoxType[] } {
  const draw = randomOf(seed);
  const container = { l: 2 + draw(3), w: 2 + draw(2), h: 2 + draw(2) };
  const types = Array.from({ length: 1 + draw(2) }, () => {
    const upright = uprights[draw(4)];
    return { l: 1 + draw(3), w: 1 + draw(2), h: 1 + draw(3), count: 1 + draw(2), ...(upright && { upright }) };
  });
  return { container, types };
}

describe('does it fit', () => {
  it('is answered by the exact search as by trying everything, with a packing or without', () => {
    const answers = { true: 0, false: 0 };
    for (let seed = 1; seed <= 600; seed++) {
      const { container, types } = tinyCase(seed);
      const found = fitsExactly(container, types, 100_000);
      const truth = bruteForce(container, types);
      expect([seed, found.fits]).toEqual([seed, truth]);
      answers[`${truth}`] += 1;
      if (found.fits === true)
        expect([seed, faultsOf(container, types, found.placements, { whole: true })]).toEqual([seed, []]);
      if (truth) expect([seed, cannotFit(container, types)]).toEqual([seed, false]);
      const quick = fits(container, types, quickEffort);
      if (quick.fits !== 'unknown') expect([seed, quick.fits]).toEqual([seed, truth]);
      if (quick.fits === true)
        expect([seed, faultsOf(container, types, quick.placements, { whole: true })]).toEqual([seed, []]);
    }
    expect(Math.min(answers.true, answers.false)).toBeGreaterThan(80);
  });

  it('stays open once the budget is spent', () => {
    const types = Array.from({ length: 8 }, (_, i) => ({ l: 13 + i, w: 11 + i, h: 7 + i, count: 1 }));
    const found = fitsExactly({ l: 31, w: 29, h: 33 }, types, 3);
    expect(found.fits).toBe('unknown');
  });

  it('is denied by a bound where each box excludes the others, though there is volume enough', () => {
    const types = [{ l: 6, w: 6, h: 6, count: 2 }];
    expect(cannotFit({ l: 10, w: 10, h: 10 }, types)).toBe(true);
    expect(cannotFit({ l: 12, w: 10, h: 10 }, types)).toBe(false);
  });
});

describe('a loaded container', () => {
  it('holds what it says: inside, nothing twice, nothing overlapping, standing as it may', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const draw = randomOf(seed);
      const container = { l: 120 + draw(80), w: 80 + draw(40), h: 80 + draw(40) };
      const types = Array.from({ length: 2 + draw(8) }, () => {
        const upright = uprights[draw(4)];
        return {
          l: 10 + draw(40),
          w: 10 + draw(30),
          h: 10 + draw(25),
          count: 1 + draw(12),
          ...(upright && { upright }),
        };
      });
      const load = loadContainer(container, types, { steps: 200 });
      expect([seed, faultsOf(container, types, load.placements)]).toEqual([seed, []]);
      expect(load.volume).toBe(load.placements.reduce((sum, { l, w, h }) => sum + l * w * h, 0));
      expect(loadContainer(container, types, { steps: 200 })).toEqual(load);
    }
  });

  it('is full where the boxes are cut from it', () => {
    const types = [
      { l: 30, w: 20, h: 10, count: 16 },
      { l: 60, w: 40, h: 20, count: 6 },
    ];
    expect(loadContainer({ l: 120, w: 80, h: 40 }, types, { steps: 20_000 }).complete).toBe(true);
  });

  it('is a load also where no time is left for it', () => {
    const types = [{ l: 30, w: 20, h: 10, count: 16 }];
    const load = loadContainer({ l: 60, w: 40, h: 20 }, types, { steps: Number.POSITIVE_INFINITY, stop: () => true });
    expect(load.volume).toBe(60 * 40 * 20);
  });
});

describe('the checker', () => {
  const types = [{ l: 2, w: 3, h: 4, count: 1, upright: keptUpright }];
  const box = { type: 0, x: 0, y: 0, z: 0, l: 2, w: 3, h: 4 };
  it.each<[string, Placement[], string]>([
    ['out of the container', [{ ...box, x: 9 }], 'out of the container'],
    ['lying down', [{ ...box, l: 4, h: 2 }], 'must not'],
    ['twice in a place', [box, box], 'overlap'],
    ['too often', [box, { ...box, x: 5 }], 'there are 1'],
    ['left out', [], 'packed 0 times of 1'],
    ['of no type', [{ ...box, type: 4 }], 'there is not'],
  ])('finds a box %s', (_, placements, fault) => {
    expect(faultsOf({ l: 10, w: 10, h: 10 }, types, placements, { whole: true }).join('; ')).toContain(fault);
  });
});

it('the smallest container is the first that holds all, and those before it are accounted for', () => {
  const containers = [
    { l: 10, w: 10, h: 5 },
    { l: 10, w: 10, h: 9 },
    { l: 12, w: 10, h: 10 },
    { l: 20, w: 20, h: 20 },
  ];
  const found = smallestFit(containers, [{ l: 6, w: 6, h: 6, count: 2 }], quickEffort);
  expect(found.container).toBe(2);
  expect(found.tried).toEqual([
    { container: 0, fit: { fits: false, why: 'too-long' } },
    { container: 1, fit: { fits: false, why: 'bound' } },
  ]);
});
