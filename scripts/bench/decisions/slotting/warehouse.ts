import type { PickHistory } from './orders.ts';

/** Days to learn from before the first order counts. */
export const LEARN_DAYS = 90;
const WEEK = 7;
const BAYS = 50;
const SIDES = 2;

/** A warehouse with a place for each article seen by the end of a test. */
export interface Warehouse {
  /** Picks by article, then by day; what comes on a day and after it is not for that day's decision. */
  daily: readonly Uint16Array[];
  /** Metres there and back by place, ascending. */
  wayM: Float64Array;
  /** The place of each article on the first day: by the picks of the days to learn from, then alphabetical. */
  start: Int32Array;
  /** The first day that is not tested any more. */
  end: number;
}

/** May change `places` (by article) at the begin of a day, from what came before it. */
export type Policy = (day: number, places: Int32Array) => void;

export interface Outcome {
  metresPerPick: number;
  /** Articles that lie elsewhere after a week's decision than before it, by week. */
  movesPerWeek: number;
}

export function warehouseOf({ daily }: PickHistory, end: number): Warehouse {
  const articles = daily.filter((days) => days.subarray(0, end).some((picks) => picks > 0));
  const learnt = articles.map((days) => days.subarray(0, LEARN_DAYS).reduce((sum, picks) => sum + picks, 0));
  return { daily: articles, wayM: ways(articles.length), start: placesByRate(learnt), end };
}

/** The nearest `count` places of endless aisles side by side, each of 50 bays on two sides. */
function ways(count: number): Float64Array {
  const all: number[] = [];
  for (let aisle = 0; aisle <= count / 2; aisle += 1) {
    for (let bay = 0; bay < BAYS; bay += 1) {
      for (let side = 0; side < SIDES; side += 1) all.push(2 * (4 * aisle + bay + 1));
    }
  }
  return Float64Array.from(all.sort((a, b) => a - b).slice(0, count));
}

/** The most picked gets the nearest place; the first of equals is nearer. */
export function placesByRate(rates: ArrayLike<number>): Int32Array {
  const ranked = Array.from(rates, (_, article) => article).sort((a, b) => rates[b]! - rates[a]! || a - b);
  const places = new Int32Array(rates.length);
  ranked.forEach((article, place) => {
    places[article] = place;
  });
  return places;
}

/** Weeks of orders, with a decision at the begin of each. */
export function run({ daily, wayM, start, end }: Warehouse, policy: Policy, from = start): Outcome {
  const places = from.slice();
  let metres = 0;
  let picked = 0;
  let moves = 0;
  let weeks = 0;
  for (let day = LEARN_DAYS; day < end; day += 1) {
    if ((day - LEARN_DAYS) % WEEK === 0) {
      const before = places.slice();
      policy(day, places);
      weeks += 1;
      moves += places.reduce((sum, place, article) => sum + (place === before[article] ? 0 : 1), 0);
    }
    daily.forEach((days, article) => {
      picked += days[day]!;
      metres += days[day]! * wayM[places[article]!]!;
    });
  }
  return { metresPerPick: metres / picked, movesPerWeek: moves / weeks };
}
