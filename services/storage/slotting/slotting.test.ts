import { seeded } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import {
  type Beside,
  type DemandState,
  defaultDemandOptions,
  expectedPicksPerDay,
  orderMoves,
  reslot,
  seen,
} from './index.ts';

const options = defaultDemandOptions;

function after(daily: readonly number[], firstDay = 0): DemandState | undefined {
  let state: DemandState | undefined;
  daily.forEach((picks, day) => {
    if (picks > 0) state = seen(state, firstDay + day, picks, options);
  });
  return state;
}

describe('a forecast of demand', () => {
  it('is the rate of what is picked evenly, also when it is young', () => {
    expect(expectedPicksPerDay(after(Array(200).fill(4)), 200, options)).toBeCloseTo(4, 3);
    const week = expectedPicksPerDay(after(Array(7).fill(4)), 7, options);
    expect(week).toBeGreaterThan(2.2);
    expect(week).toBeLessThan(4);
  });

  it('halves in a half-life without a pick, and knows nothing of what was never picked', () => {
    const state = after(Array(200).fill(4));
    expect(expectedPicksPerDay(state, 200 + options.halfLifeDays, options)).toBeCloseTo(2, 3);
    expect(expectedPicksPerDay(undefined, 5, options)).toBe(0);
  });

  it('is the same however the picks of a day come, and when some come late', () => {
    const once = seen(seen(undefined, 3, 5, options), 9, 2, options);
    let split = seen(undefined, 3, 5, options);
    split = seen(seen(split, 9, 1, options), 9, 1, options);
    const late = seen(seen(undefined, 9, 2, options), 3, 5, options);
    for (const other of [split, late]) {
      expect(expectedPicksPerDay(other, 12, options)).toBeCloseTo(expectedPicksPerDay(once, 12, options), 10);
    }
  });
});

/** A random site: ways, contents with empty places, rates. */
function site(seed: number, places = 40) {
  const random = seeded(seed);
  const wayM = Array.from({ length: places }, () => 10 + 2 * Math.floor(random() * 30)).sort((a, b) => a - b);
  const order = Array.from({ length: places }, (_, i) => i).sort(() => random() - 0.5);
  const occupant = order.map((article) => (article % 5 === 0 ? -1 : article));
  const picksPerDay = Array.from({ length: places }, () => random() ** 3 * 8);
  return { random, wayM, occupant, picksPerDay, horizonDays: 28, labourM: 100 };
}

type Site = ReturnType<typeof site>;

const travel = ({ wayM, picksPerDay, horizonDays }: Site, at: readonly number[]) =>
  at.reduce((sum, article, place) => sum + (article < 0 ? 0 : wayM[place]! * picksPerDay[article]! * horizonDays), 0);

function applied(occupant: readonly number[], moves: readonly { article: number; from: number; to: number }[]) {
  const at = [...occupant];
  for (const { from } of moves) at[from] = -1;
  for (const { article, to } of moves) at[to] = article;
  return at;
}

describe('re-slotting', () => {
  it.each([1, 2, 3, 4, 5, 6])('saves what it says, more than its labour, within its budget (seed %i)', (seed) => {
    const world = site(seed);
    const before = travel(world, world.occupant);
    for (const budget of [0, 1, 2, 5, 1000]) {
      const { moves, gainM, priceM } = reslot({ ...world, budget });
      expect(moves.length).toBeLessThanOrEqual(budget);
      const now = applied(world.occupant, moves);
      expect([...now].sort()).toEqual([...world.occupant].sort());
      expect(before - travel(world, now) - world.labourM * moves.length).toBeCloseTo(gainM, 6);
      if (moves.length > 0) expect(gainM).toBeGreaterThan(0);
      expect(priceM).toBeGreaterThanOrEqual(world.labourM);
    }
  });

  it.each([1, 2, 3, 4])('counts what lies beside a place as well as its way (seed %i)', (seed) => {
    const world = site(seed);
    const { random, occupant, labourM } = world;
    const saved = world.picksPerDay.map(
      () => new Map(Array.from({ length: 3 }, () => [Math.floor(random() * occupant.length), random() * 2000])),
    );
    const beside: Beside = {
      metres: (article, place) => saved[article]!.get(place) ?? 0,
      places: (article) => [...saved[article]!.keys()],
    };
    const cost = (at: readonly number[]) =>
      at.reduce((sum, article, place) => sum - (article < 0 ? 0 : beside.metres(article, place)), travel(world, at));
    for (const budget of [1, 5, 1000]) {
      const { moves, gainM } = reslot({ ...world, budget, beside });
      const now = applied(occupant, moves);
      expect(cost(occupant) - cost(now) - labourM * moves.length).toBeCloseTo(gainM, 6);
      expect(moves.length).toBeLessThanOrEqual(budget);
      const without = applied(occupant, reslot({ ...world, budget }).moves);
      if (budget === 1000) expect(cost(now)).toBeLessThan(cost(without));
    }
  });

  it.each([7, 8, 9])('comes near the best of all arrangements (seed %i)', (seed) => {
    const world = { ...site(seed, 7), labourM: 20 };
    const { gainM } = reslot({ ...world, budget: 1000 });
    let best = 0;
    const before = travel(world, world.occupant);
    const visit = (at: number[], left: number[]): void => {
      if (left.length === 0) {
        const moves = at.filter((article, place) => article >= 0 && article !== world.occupant[place]).length;
        best = Math.max(best, before - travel(world, at) - world.labourM * moves);
      }
      left.forEach((article, i) => {
        visit([...at, article], left.toSpliced(i, 1));
      });
    };
    visit([], world.occupant);
    expect(best).toBeGreaterThan(0);
    expect(gainM).toBeGreaterThanOrEqual(0.97 * best);
    expect(gainM).toBeLessThanOrEqual(best + 1e-6);
  });

  it('leaves alone what moved a little: a second round right after finds nothing', () => {
    const world = site(11);
    const first = reslot({ ...world, budget: 1000 });
    const occupant = applied(world.occupant, first.moves);
    const picksPerDay = world.picksPerDay.map((rate) => rate * (0.95 + 0.1 * world.random()));
    expect(first.moves.length).toBeGreaterThan(5);
    expect(reslot({ ...world, occupant, picksPerDay, budget: 1000 }).moves.length).toBeLessThanOrEqual(2);
  });

  it.each([21, 22, 23, 24])('puts nothing where it may not lie (seed %i)', (seed) => {
    const world = site(seed);
    const fits = (article: number, place: number) => (article + place) % 3 !== 0 || world.occupant[place] === article;
    const { moves } = reslot({ ...world, budget: 1000, fits });
    expect(moves.length).toBeGreaterThan(0);
    for (const { article, to } of moves) expect((article + to) % 3).not.toBe(0);
  });

  it('refuses places that are not sorted and an article at two places', () => {
    const world = { picksPerDay: [1, 1], horizonDays: 7, labourM: 1, budget: 1 };
    expect(() => reslot({ ...world, wayM: [20, 10], occupant: [0, 1] })).toThrow('sort places by way');
    expect(() => reslot({ ...world, wayM: [10, 20], occupant: [0, 0] })).toThrow('lies at two places');
  });
});

describe('an order of moves', () => {
  it.each([31, 32, 33, 34, 35, 36])('never needs a place that is not free (seed %i)', (seed) => {
    const world = site(seed);
    const { moves } = reslot({ ...world, budget: 1000 });
    const empty = world.occupant.flatMap((article, place) => (article < 0 ? [place] : []));
    const mayWait = (_: number, place: number) => place % 2 === 0;
    const { steps, stuck } = orderMoves(moves, (place) => world.occupant[place]! >= 0, empty, mayWait);
    const at = [...world.occupant];
    for (const { from, to, index, isDetour } of steps) {
      expect(at[to]).toBe(-1);
      expect(at[from]).toBe(moves[index]!.article);
      if (isDetour) expect(to % 2).toBe(0);
      at[to] = at[from]!;
      at[from] = -1;
    }
    const done = moves.filter((_, index) => !stuck.includes(index));
    expect(at).toEqual(applied(world.occupant, done));
  });

  it('opens a cycle through a free place, and gives it back where there is none', () => {
    const cycle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    const isFull = (place: string) => place !== 'dock';
    expect(orderMoves(cycle, isFull, ['dock']).steps.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'a>dock',
      'b>a',
      'dock>b',
    ]);
    expect(orderMoves(cycle, isFull, [])).toEqual({ steps: [], stuck: [0, 1] });
  });
});
