import type { Action, ActionTask, LocationDescribed } from '@detent/schemas';
import { HOUR_MS, type LocalClock, MINUTE_MS } from '../../../services/cli/simulate/rhythm.ts';

/** Metres between aisles and between bays of the simulated sites. */
const AISLE_M = 6;
const BAY_M = 2.5;
const WALK_M_PER_S = 1.2;
const PICK_S = 14;
const BATCH_S = 90;
const WORKERS = 12;
/** Units of orders packed an hour at all tables of a kind. */
const PACK_PER_HOUR = { cushion: 110, other: 380 } as const;

/** When and how an order left the packing tables. */
export interface Packed {
  at: number;
  cushioned: boolean;
}

/** What the floor made of the batches. */
export interface FloorReport {
  packed: Map<string, Packed>;
  metres: number;
  picks: number;
}

/**
 * People take batches in the order of their release, walk their tasks in the order given, and hand each order to its packing
 * tables: every one busy until it is done, within the shift.
 */
export function workOff(
  actions: readonly Action[],
  locations: ReadonlyMap<string, LocationDescribed>,
  clocks: ReadonlyMap<string, LocalClock>,
): FloorReport {
  const report: FloorReport = { packed: new Map(), metres: 0, picks: 0 };
  const free = new Map<string, number[]>();
  const tables = new Map<string, number>();
  const withdrawn = new Set(actions.flatMap(({ supersedes }) => (supersedes ? [supersedes] : [])));
  const batches = actions.filter(({ type, actionId }) => type === 'release-batch' && !withdrawn.has(actionId));
  for (const batch of [...batches].sort((a, b) => a.createdAt - b.createdAt)) {
    const siteId = batch.siteId ?? '';
    const clock = clocks.get(siteId)!;
    const workers = free.get(siteId) ?? new Array<number>(WORKERS).fill(0);
    free.set(siteId, workers);
    const who = workers.indexOf(Math.min(...workers));
    const begin = clock.nextInShift(Math.max(batch.createdAt, workers[who]!));
    const tasks = batch.tasks ?? [];
    const metres = walk(tasks, locations);
    report.metres += metres;
    report.picks += tasks.length;
    const seconds = BATCH_S + tasks.length * PICK_S + metres / WALK_M_PER_S;
    workers[who] = begin + seconds * 1000;
    const lanes = new Map(tasks.flatMap(({ orderId, lane }) => (orderId ? [[orderId, lane ?? ''] as const] : [])));
    for (const [orderId, lane] of lanes) {
      const cushioned = /cushion|slow-conveyor/.test(lane);
      const kind = cushioned ? 'cushion' : 'other';
      const turn = clock.nextInShift(Math.max(workers[who]!, tables.get(`${siteId} ${kind}`) ?? 0));
      const done = turn + HOUR_MS / PACK_PER_HOUR[kind];
      tables.set(`${siteId} ${kind}`, done);
      const before = report.packed.get(orderId);
      report.packed.set(orderId, { at: Math.max(done, before?.at ?? 0) + 2 * MINUTE_MS, cushioned });
    }
  }
  return report;
}

/** Metres of a round over the tasks as they are given, from the packing tables and back. */
function walk(tasks: readonly ActionTask[], locations: ReadonlyMap<string, LocationDescribed>): number {
  const stops = tasks.flatMap(({ fromLocationId }) => {
    const location = fromLocationId ? locations.get(fromLocationId) : undefined;
    return location ? [location] : [];
  });
  let metres = 0;
  stops.forEach((stop, i) => {
    const before = stops[i - 1];
    metres += before === undefined ? (stop.travelM ?? 0) / 2 : between(before, stop);
  });
  return metres + (stops.at(-1)?.travelM ?? 0) / 2;
}

function between(a: LocationDescribed, b: LocationDescribed): number {
  if (a.zoneId !== b.zoneId) return ((a.travelM ?? 0) + (b.travelM ?? 0)) / 2;
  const [aisleA, aisleB] = [Number(a.aisle), Number(b.aisle)];
  const [bayA, bayB] = [Number(a.bay), Number(b.bay)];
  if (aisleA === aisleB) return Math.abs(bayA - bayB) * BAY_M;
  return (bayA + bayB) * BAY_M + Math.abs(aisleA - aisleB) * AISLE_M;
}
