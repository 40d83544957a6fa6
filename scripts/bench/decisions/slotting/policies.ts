import {
  defaultPairOptions,
  orderedWith,
  type PairState,
  partnersOf,
  type Spot,
  savedBeside,
} from '../../../../services/storage/affinity/index.ts';
import {
  type Beside,
  type DemandState,
  defaultDemandOptions,
  expectedPicksPerDay,
  reslot,
  seen,
} from '../../../../services/storage/slotting/index.ts';
import { type Policy, placesByRate, type Warehouse } from './warehouse.ts';

const HORIZON_DAYS = 28;
const LABOUR_M = 100;
const PARTNERS = 8;

export const stay: Policy = () => {};

/** Every week the whole warehouse by an average with a half-life. */
export function always(warehouse: Warehouse, halfLifeDays: number): Policy {
  return (day, places) => {
    places.set(placesByRate(averages(warehouse, day, halfLifeDays)));
  };
}

/** By rank of the average: the best exchange with what lies nearer, if it saves more than twice `labourM` in four weeks. */
export function swaps(warehouse: Warehouse, halfLifeDays: number, labourM: number): Policy {
  const { wayM } = warehouse;
  return (day, places) => {
    const rates = averages(warehouse, day, halfLifeDays);
    const at = inverse(places);
    const byRank = inverse(placesByRate(rates));
    for (const article of byRank) {
      const from = places[article]!;
      let best = 2 * labourM;
      let target = -1;
      for (let place = 0; place < from; place += 1) {
        const saved = HORIZON_DAYS * (rates[article]! - rates[at[place]!]!) * (wayM[from]! - wayM[place]!);
        if (saved > best) [best, target] = [saved, place];
      }
      if (target < 0) continue;
      const other = at[target]!;
      [places[article], places[other], at[target], at[from]] = [target, from, article, other];
    }
  };
}

/** What the storage service does: its forecast and its re-slotting, at most `budget` moves in any week. */
export function ours(warehouse: Warehouse, budget: number): Policy {
  const forecast = forecastOf(warehouse);
  return (day, places) => exchange(warehouse, places, forecast(day), budget);
}

/** Picks a day to be expected of each article on a day, from those before it; days are asked for in order. */
function forecastOf({ daily }: Warehouse): (day: number) => number[] {
  const demand: (DemandState | undefined)[] = daily.map(() => undefined);
  let known = 0;
  return (day) => {
    for (; known < day; known += 1) {
      daily.forEach((days, article) => {
        const picks = days[known]!;
        if (picks > 0) demand[article] = seen(demand[article], known, picks, defaultDemandOptions);
      });
    }
    return demand.map((state) => expectedPicksPerDay(state, day, defaultDemandOptions));
  };
}

/** Makes the moves that re-slotting finds. */
function exchange(
  { wayM }: Warehouse,
  places: Int32Array,
  picksPerDay: number[],
  budget: number,
  beside?: Beside,
): void {
  const { moves } = reslot({
    ...{ wayM, occupant: inverse(places), picksPerDay, horizonDays: HORIZON_DAYS, labourM: LABOUR_M, budget },
    ...(beside && { beside }),
  });
  for (const { article, to } of moves) places[article] = to;
}

/**
 * The same with affinity: besides its own way, an article saves walking where it lies in one aisle with what it is ordered
 * with. `weight` 1: as estimated.
 */
export function oursWithAffinity(warehouse: Warehouse, budget: number, weight: number): Policy {
  const { daily, wayM, aisle, orders } = warehouse;
  const forecast = forecastOf(warehouse);
  const pairs: (PairState | undefined)[] = daily.map(() => undefined);
  let known = 0;
  return (day, places) => {
    for (; known < day; known += 1) {
      for (const order of orders[known]!) {
        if (order.length > defaultPairOptions.maxLines) continue;
        for (const article of order) {
          const others = order.filter((other) => other !== article).map(String);
          pairs[article] = orderedWith(pairs[article], known, others, defaultPairOptions);
        }
      }
    }
    const picksPerDay = forecast(day);
    const spots = Array.from(wayM, (way, place): Spot => ({ zoneId: '', aisle: String(aisle[place]!), travelM: way }));
    const placesOf = new Map<number, number[]>();
    aisle.forEach((of, place) => {
      const there = placesOf.get(of);
      if (there) there.push(place);
      else placesOf.set(of, [place]);
    });
    const saved = pairs.map((state, article) => {
      const placed = partnersOf(state, PARTNERS).map((partner) => {
        return { ...partner, spots: [spots[places[Number(partner.skuId)]!]!] };
      });
      const aisles = new Set(placed.map(({ skuId }) => aisle[places[Number(skuId)]!]!));
      const metres = new Map<number, number>();
      for (const place of [...aisles].flatMap((of) => placesOf.get(of)!)) {
        const each = savedBeside(spots[place]!, placed).metres;
        metres.set(place, weight * HORIZON_DAYS * picksPerDay[article]! * each);
      }
      return metres;
    });
    // What saves little beside a partner is not looked for there: by its way alone it finds a place as well.
    const where = saved.map((metres) => [...metres].flatMap(([place, each]) => (each > LABOUR_M / 2 ? [place] : [])));
    const beside = {
      metres: (article: number, place: number) => saved[article]!.get(place) ?? 0,
      places: (article: number) => where[article]!,
    };
    exchange(warehouse, places, picksPerDay, budget, beside);
  };
}

/** Metres a pick when articles of a class lie anywhere in its share of the places: 20, 30 and 50 %. */
export function meanByClass({ daily, wayM, start, end }: Warehouse, from: number, shares = [0.2, 0.5, 1]): number {
  const mean = (first: number, last: number) =>
    wayM.subarray(first, last).reduce((sum, way) => sum + way, 0) / (last - first);
  const bounds = [0, ...shares.map((share) => Math.floor(share * wayM.length))];
  const means = shares.map((_, i) => mean(bounds[i]!, bounds[i + 1]!));
  let metres = 0;
  let picked = 0;
  daily.forEach((days, article) => {
    const picks = days.subarray(from, end).reduce((sum, count) => sum + count, 0);
    picked += picks;
    metres += picks * means[bounds.slice(1).findIndex((bound) => start[article]! < bound)]!;
  });
  return metres / picked;
}

function averages({ daily }: Warehouse, day: number, halfLifeDays: number): number[] {
  const keep = 2 ** (-1 / halfLifeDays);
  return daily.map((days) => days.subarray(0, day).reduce((sum, picks) => sum * keep + picks * (1 - keep), 0));
}

function inverse(of: Int32Array): Int32Array {
  const back = new Int32Array(of.length);
  of.forEach((value, index) => {
    back[value] = index;
  });
  return back;
}
