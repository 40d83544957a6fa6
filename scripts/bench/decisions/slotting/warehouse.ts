import type { PickHistory } from './orders.ts';

/** Days to learn from before the first order counts. */
export const LEARN_DAYS = 90;
const WEEK = 7;
const BAYS = 50;
const SIDES = 2;
const ACROSS_M = 4;

/** A warehouse with a place for each article seen by the end of a test. */
export interface Warehouse {
  /** Picks by article, then by day; what comes on a day and after it is not for that day's decision. */
  daily: readonly Uint16Array[];
  /** Metres there and back by place, ascending. */
  wayM: Float64Array;
  /** Aisle of each place. Aisles begin at a cross aisle, which is 4 m from each to the next. */
  aisle: Int32Array;
  /** Articles of each order, by day. */
  orders: readonly (readonly number[])[][];
  /** The place of each article on the first day: by the picks of the days to learn from, then alphabetical. */
  start: Int32Array;
  /** The first day that is not tested any more. */
  end: number;
}

/** May change `places` (by article) at the begin of a day, from what came before it. */
export type Policy = (day: number, places: Int32Array) => void;

export interface Outcome {
  metresPerPick: number;
  /** Metres for each order when all of it is fetched in one round. */
  metresPerOrder: number;
  /** Articles that lie elsewhere after a week's decision than before it, by week. */
  movesPerWeek: number;
}

export function warehouseOf({ daily, orders }: PickHistory, end: number): Warehouse {
  const numbers = daily.flatMap((days, sku) => (days.subarray(0, end).some((picks) => picks > 0) ? [sku] : []));
  const articles = numbers.map((sku) => daily[sku]!);
  const articleOf = new Map(numbers.map((sku, article) => [sku, article]));
  const byDay: number[][][] = Array.from({ length: end }, () => []);
  for (const order of orders) byDay[order.day]?.push(order.articles.map((sku) => articleOf.get(sku)!));
  const learnt = articles.map((days) => days.subarray(0, LEARN_DAYS).reduce((sum, picks) => sum + picks, 0));
  return { daily: articles, ...nearest(articles.length), orders: byDay, start: placesByRate(learnt), end };
}

/** The nearest `count` places of endless aisles side by side, each of 50 bays on two sides. */
function nearest(count: number): Pick<Warehouse, 'wayM' | 'aisle'> {
  const all: { way: number; aisle: number }[] = [];
  for (let aisle = 0; aisle <= count / 2; aisle += 1) {
    for (let bay = 0; bay < BAYS; bay += 1) {
      for (let side = 0; side < SIDES; side += 1) all.push({ way: 2 * (ACROSS_M * aisle + bay + 1), aisle });
    }
  }
  const places = all.sort((a, b) => a.way - b.way).slice(0, count);
  return {
    wayM: Float64Array.from(places, ({ way }) => way),
    aisle: Int32Array.from(places, ({ aisle }) => aisle),
  };
}

/** Metres of one round for all articles of an order: into each aisle as far as needed and back, and along the cross aisle. */
function roundM(order: readonly number[], places: Int32Array, { wayM, aisle }: Warehouse): number {
  const depth = new Map<number, number>();
  let farthest = 0;
  for (const article of order) {
    const place = places[article]!;
    const at = aisle[place]!;
    farthest = Math.max(farthest, at);
    depth.set(at, Math.max(depth.get(at) ?? 0, wayM[place]! - 2 * ACROSS_M * at));
  }
  let metres = 2 * ACROSS_M * farthest;
  for (const into of depth.values()) metres += into;
  return metres;
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
export function run(warehouse: Warehouse, policy: Policy, from = warehouse.start): Outcome {
  const { daily, wayM, orders, end } = warehouse;
  const places = from.slice();
  let metres = 0;
  let picked = 0;
  let moves = 0;
  let weeks = 0;
  let roundsM = 0;
  let rounds = 0;
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
    for (const order of orders[day]!) roundsM += roundM(order, places, warehouse);
    rounds += orders[day]!.length;
  }
  return { metresPerPick: metres / picked, metresPerOrder: roundsM / rounds, movesPerWeek: moves / weeks };
}
