import { batchBySavings, batchOrders } from '../../../../services/picking/batching/index.ts';
import { BlockRouter, type Stop } from '../../../../services/picking/routes/index.ts';
import type { DecisionBench } from '../benches.ts';
import { firstCome } from './first-come.ts';
import { type PickingInstances, pickingInstances } from './instances.ts';
import { largestGap, sShape } from './rules.ts';

/** Room of a batch, picks. */
const MAX_SIZE = 30;
/** Searches by what they are meant for. A step is a route length, so the result does not hang on the machine. */
const SEARCHES = [
  { name: 'savings, local search', steps: 0 },
  { name: 'iterated, for 100 ms', steps: 50_000 },
  { name: 'iterated, for 2 s', steps: 1_200_000 },
];

interface Routes {
  lists: number;
  /** Sum of the exact lengths, and those of the first five. */
  totalM: number;
  firstM: number[];
  /** Mean of length over the exact length less one, percent. */
  gapPercent: Record<string, number>;
  /** CPU for one list of its length; the route itself, and the length alone. */
  microseconds: { route: number; length: number; picks: number };
}

interface Batching {
  class: string;
  method: string;
  /** Mean over the sets of the change of travel against first-come, percent. */
  changePercent: number;
  ms: number;
  cpuMs: number;
  steps: number;
}

/** Measures routes and batches, each beside the usual rules, on published instances or on those of files. */
export const benchPicking: DecisionBench = async ({ files, json, instances, say }) => {
  const found = [];
  for (const source of await pickingInstances(files, instances)) {
    say(`routes of ${source.lists.length} lists …`);
    const routes = routesOf(source);
    const batching = source.sets.flatMap((set) => {
      say(`batches of ${set.orders.length} sets, ${set.name} …`);
      return batchingOf(source, set);
    });
    found.push({ routes, batching });
  }
  return json ? JSON.stringify(found.length === 1 ? found[0] : found) : found.map(tableOf).join('\n\n');
};

function routesOf({ block, lists }: PickingInstances): Routes | null {
  if (lists.length === 0) return null;
  const router = new BlockRouter(block);
  const exact = lists.map((list) => router.route(list).lengthM);
  const gap = (rule: (list: readonly Stop[]) => number) =>
    (100 * lists.reduce((sum, list, i) => sum + rule(list) / exact[i]! - 1, 0)) / lists.length;
  const longest = lists.reduce((a, b) => (b.length > a.length ? b : a));
  return {
    lists: lists.length,
    totalM: exact.reduce((sum, length) => sum + length, 0),
    firstM: exact.slice(0, 5),
    gapPercent: {
      exact: gap((list) => walkedAsTold(router, list)),
      's-shape': gap((list) => sShape(block, list)),
      'largest gap': gap((list) => largestGap(block, list)),
    },
    microseconds: {
      route: microseconds(() => router.route(longest)),
      length: microseconds(() => router.length(longest)),
      picks: longest.length,
    },
  };
}

/** The length of walking a route's stops one after another by the shortest ways: what it says must be true. */
function walkedAsTold(router: BlockRouter, list: readonly Stop[]): number {
  const { aisleX, backM, depotAisle } = router.block;
  let length = 0;
  let here: Stop = { aisle: depotAisle, y: 0 };
  for (const i of [...router.route(list).order, -1]) {
    const next = list[i] ?? { aisle: depotAisle, y: 0 };
    if (here.aisle === next.aisle) length += Math.abs(here.y - next.y);
    else {
      length += Math.abs(aisleX[here.aisle]! - aisleX[next.aisle]!);
      length += Math.min(here.y + next.y, 2 * backM - here.y - next.y);
    }
    here = next;
  }
  return length;
}

/** CPU of one call, the least of five rounds of so many that a round takes tens of milliseconds. */
function microseconds(call: () => unknown): number {
  const CALLS = 5000;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < CALLS; i += 1) call();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / CALLS);
  }
  return least;
}

function batchingOf({ block }: PickingInstances, { name, orders }: PickingInstances['sets'][number]): Batching[] {
  const router = new BlockRouter(block);
  const reference = orders.map((set) => firstCome(set, MAX_SIZE).reduce((sum, stops) => sum + router.length(stops), 0));
  const measure = (
    method: string,
    run: (problem: Parameters<typeof batchOrders>[0]) => { batches: number[][]; steps: number },
  ) => {
    let change = 0;
    let steps = 0;
    const cpu = process.cpuUsage();
    const start = performance.now();
    for (const [s, set] of orders.entries()) {
      const found = run({ block, orders: set.map((stops) => ({ stops, size: stops.length })), maxSize: MAX_SIZE });
      change += checkedLength(router, set, found.batches) / reference[s]! - 1;
      steps += found.steps;
    }
    const { user, system } = process.cpuUsage(cpu);
    const n = orders.length;
    const ms = (performance.now() - start) / n;
    return {
      class: name,
      method,
      changePercent: (100 * change) / n,
      ms,
      cpuMs: (user + system) / 1000 / n,
      steps: steps / n,
    };
  };
  return [
    { class: name, method: 'first come (reference)', changePercent: 0, ms: 0, cpuMs: 0, steps: 0 },
    measure('savings (reference)', batchBySavings),
    ...SEARCHES.map(({ name: method, steps }) => measure(method, (problem) => batchOrders(problem, { steps }))),
  ];
}

/** Length of batches, routed apart from the search. @throws Error when an order is missing or a batch overfull. */
function checkedLength(router: BlockRouter, set: readonly Stop[][], batches: readonly number[][]): number {
  const all = batches.flat().sort((a, b) => a - b);
  if (all.length !== set.length || all.some((order, i) => order !== i)) throw new Error('an order is missing or twice');
  let length = 0;
  for (const batch of batches) {
    const stops = batch.flatMap((i) => set[i]!);
    if (batch.length > 1 && stops.length > MAX_SIZE) throw new Error(`a batch holds ${stops.length} picks`);
    length += router.length(stops);
  }
  return length;
}

function tableOf({ routes, batching }: { routes: Routes | null; batching: Batching[] }): string {
  const lines: string[] = [];
  if (routes) {
    const { lists, totalM, gapPercent, microseconds: us } = routes;
    lines.push(`routes of ${lists} lists: ${totalM} m`);
    for (const [rule, gap] of Object.entries(gapPercent)) lines.push(`  ${rule.padEnd(24)} ${gap.toFixed(2)} % longer`);
    lines.push(`  a list of ${us.picks}: ${us.route.toFixed(1)} µs, its length alone ${us.length.toFixed(1)} µs`);
  }
  if (batching.length > 0) lines.push('batches, travel against first-come');
  for (const { class: name, method, changePercent, ms, cpuMs, steps } of batching) {
    const change = changePercent.toFixed(1).padStart(6);
    lines.push(
      `  ${name.padEnd(12)} ${method.padEnd(24)} ${change} %  ${ms.toFixed(0).padStart(6)} ms  ${cpuMs.toFixed(0).padStart(6)} ms CPU  ${Math.round(steps)} steps`,
    );
  }
  return lines.join('\n');
}
