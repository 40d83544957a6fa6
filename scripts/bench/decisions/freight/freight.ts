/**
 * `npm run bench -- freight [shipments_scms.csv.gz] [--json]`: freight estimated 30 days before delivery, from the
 * shipments delivered until then alone, and compared with what it came to; beside the usual estimates, in the same run.
 */
import { join } from 'node:path';
import { FreightPredictor, type FreightQuote, medianOf } from '../../../../services/routing/freight/index.ts';
import type { DecisionBench } from '../benches.ts';
import { baselines } from './baselines.ts';
import { readScmsFreight } from './scms.ts';

/** An estimate is asked for so long before delivery. */
const QUOTED_BEFORE_MS = 30 * 86_400_000;
/** The first share of shipments is learnt from only. */
const LEARN_SHARE = 0.4;

export const benchFreight: DecisionBench = async ({ files, json, data, say }) => {
  const file = files[0] ?? join(data, 'shipments_scms.csv.gz');
  const { shipments, leftOut } = readScmsFreight(file);
  const from = Math.floor(LEARN_SHARE * shipments.length);
  say(`freight: ${shipments.length} shipments with a cost; the last ${shipments.length - from} are judged`);
  const predictor = new FreightPredictor();
  const others = baselines();
  const quotes: (FreightQuote | undefined)[] = [];
  const otherCosts = others.map((): (number | undefined)[] => []);
  const began = process.cpuUsage();
  let learnt = 0;
  for (const [index, { shipment, deliveredAt }] of shipments.entries()) {
    for (; shipments[learnt]!.deliveredAt <= deliveredAt - QUOTED_BEFORE_MS; learnt += 1) {
      const known = shipments[learnt]!;
      predictor.learn(known.shipment, known.cost, quotes[learnt]);
      for (const other of others) other.learn(known.shipment, known.cost);
    }
    quotes[index] = predictor.quote(shipment);
    for (const [o, other] of others.entries()) otherCosts[o]![index] = other.quote(shipment);
  }
  const { user, system } = process.cpuUsage(began);
  const judged = shipments.slice(from);
  const errorsOf = (costs: readonly (number | undefined)[]) =>
    judged.map(({ cost }, i) => Math.abs((costs[from + i] ?? 0) - cost) / cost);
  const errors = errorsOf(quotes.map((quote) => quote?.cost));
  const covered = judged.flatMap(({ cost }, i) => {
    const { low, high } = quotes[from + i] ?? {};
    return low == null || high == null ? [] : [low <= cost && cost <= high];
  });
  const widths = quotes.slice(from).flatMap((quote) => (quote?.low == null ? [] : [quote.high! / quote.low]));
  const found = {
    bench: 'freight',
    shipments: shipments.length,
    judged: judged.length,
    medianAbsolutePercentageError: 100 * medianOf(errors),
    byMode: Object.fromEntries(
      [...Map.groupBy(judged.keys(), (i) => judged[i]!.shipment.labels['mode'] || 'not told')].map(([mode, of]) => {
        const own = of.map((i) => Math.abs((quotes[from + i]?.cost ?? 0) - judged[i]!.cost) / judged[i]!.cost);
        return [mode, { judged: of.length, medianAbsolutePercentageError: 100 * medianOf(own) }];
      }),
    ),
    intervalShare: 80,
    intervalCoverage: (100 * covered.filter(Boolean).length) / covered.length,
    intervalMedianRatio: medianOf(widths),
    baselines: Object.fromEntries(others.map(({ name }, o) => [name, 100 * medianOf(errorsOf(otherCosts[o]!))])),
    cpuSeconds: (user + system) / 1e6,
    leftOutRows: leftOut,
  };
  if (json) return JSON.stringify(found);
  return [
    `median absolute percentage error, ${found.judged} shipments judged in order of time:`,
    ...Object.entries(found.baselines).map(([name, error]) => `  ${name.padEnd(38)} ${error.toFixed(1)} %`),
    `  ${'labels and boosted trees'.padEnd(38)} ${found.medianAbsolutePercentageError.toFixed(1)} %`,
    ...Object.entries(found.byMode).map(
      ([mode, { judged: count, medianAbsolutePercentageError }]) =>
        `    ${`${mode} (${count})`.padEnd(36)} ${medianAbsolutePercentageError.toFixed(1)} %`,
    ),
    `intervals of ${found.intervalShare} %: hold ${found.intervalCoverage.toFixed(1)} %, upper ÷ lower ${found.intervalMedianRatio.toFixed(1)} in the middle`,
    `${found.cpuSeconds.toFixed(1)} s of CPU for all estimates and ${Math.round(shipments.length / 250)} learnings`,
    ...Object.entries(leftOut).map(([why, rows]) => `left out: ${rows} rows, ${why}`),
  ].join('\n');
};
