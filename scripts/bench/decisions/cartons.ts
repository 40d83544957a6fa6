import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type BoxType,
  type Effort,
  faultsOf,
  type Placement,
  quickEffort,
  type Size,
  smallestFit,
  thoroughEffort,
  volumeOf,
} from '../../../services/picking/cartonize/index.ts';
import type { DecisionBenchInput } from './benches.ts';
import { firstFit } from './first-fit.ts';

type Sides = readonly [number, number, number];

interface Instances {
  CARTONS: readonly Sides[];
  cartonOrders(): readonly (readonly Sides[])[];
}

/** What one method chose: a carton, -1 for none, and where everything stands in it. */
type Choice = { container: number; placements: readonly Placement[]; proved: boolean };

/** Orders that run before the clock does. */
const WARM_UP = 100;

/** The smallest carton for each order, beside the known optimum and a first fit; with and without long search. */
export async function benchCartons({ json, instances, say }: DecisionBenchInput): Promise<string> {
  const { CARTONS, cartonOrders }: Instances = await import(pathToFileURL(resolve(instances, 'instances.mjs')).href);
  const known = join(instances, 'cartons-optimum.json');
  const optimum: readonly (number | null)[] = existsSync(known) ? JSON.parse(readFileSync(known, 'utf8')) : [];
  const cartons = CARTONS.map(([l, w, h]) => ({ l, w, h }));
  const orders = cartonOrders().map(boxesOf);
  const ours = (effort: Effort) => (types: readonly BoxType[]) => {
    const { container, placements, tried } = smallestFit(cartons, types, effort);
    const proved = tried.every((one) => one.container > container || one.fit.fits === false);
    return { container, placements, proved };
  };
  const first = (types: readonly BoxType[]) => {
    const count = types.reduce((sum, box) => sum + box.count, 0);
    for (const [container, carton] of cartons.entries()) {
      const placements = firstFit(carton, types);
      if (placements.length === count) return { container, placements, proved: false };
    }
    return { container: -1, placements: [], proved: false };
  };
  const methods = { quick: ours(quickEffort), thorough: ours(thoroughEffort), firstFit: first };
  const results = Object.entries(methods).map(([method, choose]) => {
    say(`cartons, ${method}: ${orders.length} orders …`);
    for (const types of orders.slice(0, WARM_UP)) choose(types);
    return { method, ...measure(cartons, orders, optimum, choose) };
  });
  if (json) return JSON.stringify({ bench: 'cartons', orders: orders.length, methods: results });
  return [
    'method     invalid  optimal %  volume over optimum %  proved %  ms mean  CPU ms  ms p99  ms most',
    ...results.map((r) =>
      [
        r.method.padEnd(9),
        String(r.invalid).padStart(8),
        (100 * r.optimal).toFixed(2).padStart(10),
        (100 * r.volumeOverOptimum).toFixed(2).padStart(22),
        (100 * r.proved).toFixed(1).padStart(9),
        r.msMean.toFixed(2).padStart(8),
        r.cpuMsMean.toFixed(2).padStart(7),
        r.msP99.toFixed(1).padStart(7),
        r.msMax.toFixed(0).padStart(8),
      ].join(' '),
    ),
  ].join('\n');
}

function boxesOf(items: readonly Sides[]): BoxType[] {
  const types = new Map<string, BoxType & { count: number }>();
  for (const [l, w, h] of items) {
    const type = types.get(`${l},${w},${h}`);
    if (type) type.count += 1;
    else types.set(`${l},${w},${h}`, { l, w, h, count: 1 });
  }
  return [...types.values()];
}

function measure(
  cartons: readonly Size[],
  orders: readonly (readonly BoxType[])[],
  optimum: readonly (number | null)[],
  choose: (types: readonly BoxType[]) => Choice,
) {
  const times: number[] = [];
  const before = process.cpuUsage();
  let invalid = 0;
  let none = 0;
  let proved = 0;
  let optimal = 0;
  let compared = 0;
  let volume = 0;
  let least = 0;
  for (const [order, types] of orders.entries()) {
    const start = performance.now();
    const choice = choose(types);
    times.push(performance.now() - start);
    if (choice.container < 0) {
      none += 1;
      continue;
    }
    if (faultsOf(cartons[choice.container]!, types, choice.placements, { whole: true }).length > 0) invalid += 1;
    if (choice.proved) proved += 1;
    const best = optimum[order] ?? -1;
    if (best < 0) continue;
    compared += 1;
    if (choice.container === best) optimal += 1;
    volume += volumeOf(cartons[choice.container]!);
    least += volumeOf(cartons[best]!);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return {
    invalid,
    unpacked: none,
    optimal: optimal / compared,
    compared,
    volumeOverOptimum: volume / least - 1,
    proved: proved / orders.length,
    msMean: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    cpuMsMean: (user + system) / 1000 / times.length,
    msP99: times[Math.floor(0.99 * times.length)]!,
    msMax: times.at(-1)!,
  };
}
