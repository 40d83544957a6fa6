/**
 * The hysteresis experiment: what each policy costs against perfect hindsight, on the twelve published series, on made
 * series that behave like real ones, and on real ones where the data sets lie beside the checkout.
 */

import {
  costOf,
  delaysOf,
  medianOf,
  optimalSides,
  policies,
  type Series,
  sidesOf,
  syntheticSeries,
} from '@detent/core/experiment';
import { madeSeries } from './generators.ts';
import { realSeries } from './real.ts';

/** One move costs as much as being wrong for so many samples. */
const SWITCH_COSTS = [6, 20, 60];
const PUBLISHED_COST = 20;
/** Not a seed that any setting was chosen on. */
const SEED = 40_000;
const REAL_FOLDER = '../shared/data';
/** Where hindsight moves hardly at all, the ratio to it says nothing. */
const FEWEST_MOVES = 2;

interface Result {
  readonly policy: string;
  readonly cost: number;
  readonly ratio: number;
  readonly switches: number;
  /** Median samples to follow a move of hindsight; absent where it followed none. */
  readonly delay?: number;
}

interface Row {
  readonly group: string;
  readonly series: string;
  readonly switchCost: number;
  readonly optimum: { readonly cost: number; readonly switches: number };
  readonly results: readonly Result[];
}

interface Mean {
  readonly switchCost: number;
  readonly group: string;
  readonly series: number;
  /** By policy: geometric mean of J / OPT, moves against naive in percent, median of the median delays. */
  readonly policies: Readonly<Record<string, { ratio: number; moves: number; delay: number | null }>>;
}

/** Runs the experiment and returns it to be printed: JSON in one line, or a table for each price. */
export function benchHysteresis(json: boolean): string {
  const rows = SWITCH_COSTS.flatMap((switchCost) =>
    Object.entries(groups()).flatMap(([group, all]) => all.map((series) => rowOf(group, series, switchCost))),
  ).filter(({ optimum, switchCost }) => optimum.cost >= FEWEST_MOVES * switchCost);
  const means = SWITCH_COSTS.flatMap((switchCost) =>
    [...new Set(rows.map(({ group }) => group))].map((group) => meanOf(rows, group, switchCost)),
  );
  if (json) return `${JSON.stringify({ ...published(rows), prices: pricesOf(rows, means) })}\n`;
  return `${SWITCH_COSTS.map((c) => tableOf(means.filter(({ switchCost }) => switchCost === c))).join('\n\n')}\n`;
}

/** The published part by itself: the twelve series at the published price, and means of J / OPT by kind and policy. */
function published(all: readonly Row[]): object {
  const rows = all.filter(({ group, switchCost }) => switchCost === PUBLISHED_COST && ['a', 'b'].includes(group));
  const mean = (group: string, policy: string) => {
    const chosen = rows.filter((row) => group === 'all' || row.group === group);
    const logs = chosen.map(({ results }) => Math.log(results.find((result) => result.policy === policy)!.ratio));
    return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  };
  const names = Object.keys(policies);
  const means = Object.fromEntries(
    ['all', 'a', 'b'].map((group) => [group, Object.fromEntries(names.map((policy) => [policy, mean(group, policy)]))]),
  );
  return { switchCost: PUBLISHED_COST, rows, means };
}

function pricesOf(rows: readonly Row[], means: readonly Mean[]): object[] {
  return SWITCH_COSTS.map((switchCost) => ({
    switchCost,
    rows: rows.filter((row) => row.switchCost === switchCost),
    means: means.filter((mean) => mean.switchCost === switchCost),
  }));
}

function groups(): Record<string, Series[]> {
  const twelve = syntheticSeries();
  const made = madeSeries(SEED);
  const real = realSeries(REAL_FOLDER);
  return {
    a: twelve.filter(({ name }) => name.startsWith('a_')),
    b: twelve.filter(({ name }) => name.startsWith('b_')),
    'made signals': made.signals,
    'made counts': made.counts,
    ...(real.signals.length > 0 && { 'real signals': real.signals }),
    ...(real.counts.length > 0 && { 'real counts': real.counts }),
  };
}

function rowOf(group: string, series: Series, switchCost: number): Row {
  const optimal = optimalSides(series, switchCost);
  const optimum = costOf(series, switchCost, optimal);
  const results = Object.entries(policies).map(([policy, make]): Result => {
    const sides = sidesOf(series, make(series.threshold, switchCost));
    const { cost, switches } = costOf(series, switchCost, sides);
    const delay = medianOf(delaysOf(series, sides, optimal));
    return { policy, cost, ratio: cost / optimum.cost, switches, ...(delay !== undefined && { delay }) };
  });
  return { group, series: series.name, switchCost, optimum, results };
}

function meanOf(rows: readonly Row[], group: string, switchCost: number): Mean {
  const chosen = rows.filter((row) => row.group === group && row.switchCost === switchCost);
  const total = (i: number) => chosen.reduce((sum, { results }) => sum + results[i]!.switches, 0);
  const entries = Object.keys(policies).map((policy, i) => {
    const logs = chosen.reduce((sum, { results }) => sum + Math.log(results[i]!.ratio), 0);
    const delays = chosen.map(({ results }) => results[i]!.delay).filter((delay) => delay !== undefined);
    return [
      policy,
      {
        ratio: Math.exp(logs / chosen.length),
        moves: 100 * (total(i) / total(0) - 1),
        delay: medianOf(delays) ?? null,
      },
    ] as const;
  });
  return { switchCost, group, series: chosen.length, policies: Object.fromEntries(entries) };
}

function tableOf(means: readonly Mean[]): string {
  const head = means.map(({ group, series }) => `${group} (${series})`.padStart(24)).join('');
  const lines = Object.keys(policies).map((policy) => {
    const cells = means.map(({ policies: of }) => {
      const { ratio, moves, delay } = of[policy]!;
      return `${ratio.toFixed(2).padStart(9)}${`${moves.toFixed(1)} %`.padStart(9)}${(delay === null ? '–' : delay.toFixed(0)).padStart(6)}`;
    });
    return `${policy.padEnd(11)}${cells.join('')}`;
  });
  return [
    `A move costs ${means[0]!.switchCost} samples: J / OPT (geometric mean), moves against naive, median delay`,
    `${''.padEnd(11)}${head}`,
    ...lines,
  ].join('\n');
}
