import { join } from 'node:path';
import type { DecisionBenchInput } from '../benches.ts';
import { readPicks } from './orders.ts';
import { always, meanByClass, ours, oursWithAffinity, stay, swaps } from './policies.ts';
import { LEARN_DAYS, type Outcome, run, type Warehouse, warehouseOf } from './warehouse.ts';

/** A month, then nine; the first orders of the published series are of 1 December. Affinity takes minutes a month. */
const PERIODS = [
  { name: 'March', end: 121, budgets: [100, 220], affinity: [0.25] },
  { name: 'Mar–Nov', end: 365, budgets: [100, 250], affinity: [] },
];

interface Row extends Omit<Outcome, 'metresPerOrder'> {
  /** Null where articles lie anywhere in their class. */
  metresPerOrder: number | null;
  policy: string;
  budget: number | null;
  /** CPU milliseconds of a weekly decision, forecast included. */
  cpuMs: number;
}

/** `npm run bench -- slotting [orders.csv.gz] [--json]`: metres a pick and moves a week by policy. */
export async function benchSlotting({ files, json, data, say }: DecisionBenchInput): Promise<string> {
  const found = (files.length > 0 ? files : [join(data, 'orders_online_retail.csv.gz')]).map((file) => {
    say(`slotting: ${file} …`);
    const history = readPicks(file);
    const periods = PERIODS.filter((_, i) => i === 0 || history.days > PERIODS[i - 1]!.end).map(
      ({ name, end, budgets, affinity }) => {
        const last = Math.min(end, history.days);
        if (last <= LEARN_DAYS) throw new Error(`${file}: ${history.days} days of orders; more than 90 are needed`);
        const warehouse = warehouseOf(history, last);
        const rows = rowsOf(warehouse, budgets, affinity);
        return { name, days: last - LEARN_DAYS, articles: warehouse.daily.length, rows };
      },
    );
    return { file, periods };
  });
  if (json) return JSON.stringify({ bench: 'slotting', files: found });
  return found.map(({ file, periods }) => [file, ...periods.map(table)].join('\n')).join('\n\n');
}

function rowsOf(warehouse: Warehouse, budgets: readonly number[], affinity: readonly number[]): Row[] {
  const fixed = (policy: string, metresPerPick: number): Row => {
    return { policy, budget: null, metresPerPick, metresPerOrder: null, movesPerWeek: 0, cpuMs: 0 };
  };
  const measured = (policy: string, budget: number | null, decide: Parameters<typeof run>[1]): Row => {
    let [cpuUs, weeks] = [0, 0];
    const outcome = run(warehouse, (day, places) => {
      const before = process.cpuUsage().user;
      decide(day, places);
      cpuUs += process.cpuUsage().user - before;
      weeks += 1;
    });
    return { policy, budget, ...outcome, cpuMs: cpuUs / 1000 / weeks };
  };
  return [
    fixed('random', meanByClass(warehouse, LEARN_DAYS, [1])),
    fixed('ABC 20/30/50', meanByClass(warehouse, LEARN_DAYS)),
    measured('full turnover, never moved', null, stay),
    measured('always, EWMA 14 d', null, always(warehouse, 14)),
    measured('swap if > 2c, c = 100 m', null, swaps(warehouse, 14, 100)),
    measured('swap if > 2c, c = 200 m', null, swaps(warehouse, 14, 200)),
    ...budgets.map((budget) => measured('ours', budget, ours(warehouse, budget))),
    ...affinity.map((weight) =>
      measured(`affinity × ${weight}`, budgets[0]!, oursWithAffinity(warehouse, budgets[0]!, weight)),
    ),
  ];
}

function table({ name, articles, rows }: { name: string; articles: number; rows: readonly Row[] }): string {
  const lines = rows.map(({ policy, budget, metresPerPick, metresPerOrder, movesPerWeek, cpuMs }) => {
    const label = budget === null ? policy : `${policy}, at most ${budget} moves a week`;
    const cost = cpuMs.toFixed(0).padStart(8);
    const order = (metresPerOrder?.toFixed(1) ?? '').padStart(9);
    return `  ${label.padEnd(42)}${metresPerPick.toFixed(2).padStart(8)}${order}${movesPerWeek.toFixed(0).padStart(10)}${cost}`;
  });
  const title = `${name}, ${articles} articles`;
  return [`${title.padEnd(44)}  m/pick  m/order moves/week  CPU ms`, ...lines].join('\n');
}
