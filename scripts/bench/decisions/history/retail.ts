import { join } from 'node:path';
import {
  advise,
  CODES_OF_EVENTS,
  checkPopulation,
  compileModel,
  costOfHistory,
  lintModel,
  type Model,
  type Observation,
  Population,
  partOf,
  ratesOf,
} from '@detent/core';
import type { DecisionBench } from '../benches.ts';
import { bandAndDwell, naive } from './policies.ts';
import { realHistory, shippedModel } from './real-history.ts';

const WEEK_MS = 7 * 86_400_000;
/** Dimensions of goods that go by what is measured. */
const DIMENSIONS = ['stock.velocity', 'stock.demand', 'sku.returns', 'sku.packaging'];
const MIN_MEMBERS = 20;

interface Row {
  readonly policy: string;
  readonly dimension: string;
  readonly transitions: number;
  readonly perEntityWeek: number;
  readonly held: number;
  readonly j: number;
  readonly ratio: number | null;
}

/** A year of Online Retail under models/fulfilment.yaml: moves by policy, what is held, what `advise` and the linter say. */
export const benchRetail: DecisionBench = async ({ files, data, json, say }) => {
  const { model, text } = shippedModel('fulfilment');
  const file = files[0] ?? join(data, 'orders_online_retail.csv.gz');
  const { observations, report } = await realHistory('online-retail', [file], model);
  say(`${report.read} rows gave ${observations.length} observations`);
  const weeks = (observations.at(-1)!.observedAt - observations[0]!.observedAt) / WEEK_MS;
  const goods = partOf(model, ['stock', 'sku'], observations);
  const rows: Row[] = [];
  for (const [policy, of] of [
    ['naive', naive(goods.model)],
    ['band + dwell', bandAndDwell(goods.model)],
    ['detent', goods.model],
  ] as const) {
    rows.push(...rowsOf(policy, of, goods.observations, weeks));
    say(`${policy}: done`);
  }
  const fromEvents = checkPopulation(model, populate(model, observations), MIN_MEMBERS);
  const findings = lintModel(model, text, { fromEvents });
  const advice = advise(model, observations, (done, all) => say(`advise: ${done} of ${all} settings tried`));
  if (json) return JSON.stringify({ observations: observations.length, weeks, rows, findings, advice });
  const judged = advice.dimensions.filter(({ dimension }) => DIMENSIONS.includes(dimension));
  return [
    `Online Retail, ${weeks.toFixed(1)} weeks, ${observations.length.toLocaleString('en-GB')} observations, fulfilment.yaml`,
    '',
    'policy        dimension       moves    per SKU and week  flips held      J, h   J / OPT',
    ...rows.map(
      ({ policy, dimension, transitions, perEntityWeek, held, j, ratio }) =>
        `${policy.padEnd(14)}${dimension.padEnd(15)}${String(transitions).padStart(6)}${perEntityWeek.toFixed(4).padStart(18)}${percent(held).padStart(12)}${j.toFixed(0).padStart(11)}${(ratio === null ? '–' : ratio.toFixed(2)).padStart(9)}`,
    ),
    '',
    `advise, chosen on the first two thirds, judged on the last`,
    ...judged.map(({ dimension, verdict, flips, best, saving, trials, hindsight }) => {
      if (best === null || saving === null) return `  ${dimension}: ${verdict} (${flips.fit} and ${flips.check} flips)`;
      const [today] = trials;
      return `  ${dimension}: ${verdict}; ${best.name}: J ${today!.check.j.toFixed(0)} → ${best.check.j.toFixed(0)} h, saves ${percent(saving.share)} (${saving.hours.toFixed(0)} ± ${saving.error.toFixed(0)} h), moves ${today!.check.moves} → ${best.check.moves}; hindsight ${hindsight.check.j.toFixed(0)} h with ${hindsight.check.moves}`;
    }),
    '',
    `findings of the linter that only events show`,
    ...findings
      .filter(({ code }) => CODES_OF_EVENTS.includes(code))
      .map(
        ({ severity, code, where, message, allowed }) =>
          `  ${severity} ${code}: ${where}: ${message}${allowed === null ? '' : ' (allowed)'}`,
      ),
  ].join('\n');
};

function rowsOf(policy: string, model: Model, observations: readonly Observation[], weeks: number): Row[] {
  const costs = costOfHistory(model, observations);
  const { types } = populate(model, observations);
  return DIMENSIONS.map((dimension) => {
    const { j, hindsight } = costs.get(dimension)!;
    const [type = '', name = ''] = dimension.split('.');
    const of = types.get(type)!.dimensions.get(name)!;
    const { movesPerEntityDay, heldShare } = ratesOf(of);
    return {
      ...{ policy, dimension, transitions: of.moves, j },
      perEntityWeek: weeks > 0 ? movesPerEntityDay * 7 : 0,
      held: heldShare,
      ratio: hindsight.j > 0 ? j / hindsight.j : null,
    };
  });
}

function populate(model: Model, observations: readonly Observation[]): Population {
  const population = new Population(compileModel(model));
  for (const observation of observations) population.observe(observation);
  population.finish();
  return population;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
