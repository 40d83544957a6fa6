/** The hysteresis experiment: what each policy costs against perfect hindsight, on the twelve synthetic series. */

import type { Policy } from '../../services/shared/core/hysteresis/experiment/index.ts';
import {
  band,
  bank,
  dwell,
  naive,
  optimumOf,
  scoreOf,
  syntheticSeries,
} from '../../services/shared/core/hysteresis/experiment/index.ts';

/** One move costs as much as being wrong for so many samples. */
const SWITCH_COST = 20;
/** One setting for all series, as for the bank: readings of a dwell, deviations of noise of a band on either side. */
const DWELL = 6;
const BAND = 2.5;

const POLICIES: readonly [string, (threshold: number) => Policy][] = [
  ['naive', naive],
  ['dwell', (threshold) => dwell(threshold, DWELL)],
  ['band', (threshold) => band(threshold, BAND)],
  ['bank', (threshold) => bank(threshold, SWITCH_COST)],
];

interface Result {
  readonly policy: string;
  readonly cost: number;
  readonly ratio: number;
  readonly switches: number;
}

/**
 * Runs the experiment and returns it to be printed: JSON (one line), or a table with, per series and policy, the cost J
 * (time on the wrong side plus 20 per switch), its ratio to the optimum of hindsight, and the number of switches.
 */
export function benchHysteresis(json: boolean): string {
  const rows = syntheticSeries().map((series) => {
    const optimum = optimumOf(series, SWITCH_COST);
    const results = POLICIES.map(([policy, make]): Result => {
      const { cost, switches } = scoreOf(series, SWITCH_COST, make(series.threshold));
      return { policy, cost, ratio: cost / optimum.cost, switches };
    });
    return { series: series.name, optimum, results };
  });
  const means = Object.fromEntries(
    [['a', 'b'], ['a'], ['b']].map((kinds) => {
      const chosen = rows.filter(({ series }) => kinds.includes(series.charAt(0)));
      const ofPolicy = POLICIES.map(([policy], i) => [
        policy,
        geometricMean(chosen.map((row) => row.results[i]!.ratio)),
      ]);
      return [kinds.length > 1 ? 'all' : kinds[0], Object.fromEntries(ofPolicy) as Record<string, number>];
    }),
  ) as Record<string, Record<string, number>>;
  if (json) return `${JSON.stringify({ switchCost: SWITCH_COST, dwell: DWELL, band: BAND, rows, means })}\n`;

  const cell = ({ cost, ratio, switches }: Result) =>
    `${cost.toFixed(1).padStart(9)} ${ratio.toFixed(2).padStart(7)} ${String(switches).padStart(5)}`;
  const names = POLICIES.map(([policy]) => `${policy} J`.padStart(9) + ' / OPT'.padStart(8) + ' moves'.padStart(6));
  const lines = rows.map(
    ({ series, optimum, results }) =>
      `${series.padEnd(12)}${optimum.cost.toFixed(1).padStart(8)}${String(optimum.switches).padStart(6)}  ${results.map(cell).join('  ')}`,
  );
  const summary = Object.entries(means).map(
    ([kind, ratios]) =>
      `${`mean ${kind}`.padEnd(26)}  ${POLICIES.map(([policy]) => ratios[policy]!.toFixed(2).padStart(17).padEnd(23)).join('  ')}`,
  );
  const head = `${'series'.padEnd(12)}${'OPT J'.padStart(8)} moves  ${names.join('  ')}`;
  return `${[head, ...lines, ...summary].map((line) => line.trimEnd()).join('\n')}\n`;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
