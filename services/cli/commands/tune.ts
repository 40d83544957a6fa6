import { writeFileSync } from 'node:fs';
import { formatDuration, parseDuration } from '@detent/core';
import { type CommonOptions, print } from '../context.ts';
import { UsageError } from '../errors.ts';
import { drawChart } from '../tune/chart.ts';
import { type Comparison, comparePolicies, DEFAULT_POLICY } from '../tune/compare.ts';
import { readSeries } from '../tune/read-series.ts';
import { drawSvg } from '../tune/svg.ts';

export interface TuneOptions extends CommonOptions {
  boundary: string;
  price: string;
  svg?: string;
}

/** `detent tune <series.csv> --boundary 8 --price 4h`: what every policy would have made of a series of one's own. */
export async function tune(file: string, options: TuneOptions): Promise<void> {
  const boundary = options.boundary.trim() === '' ? Number.NaN : Number(options.boundary);
  if (!Number.isFinite(boundary)) throw new UsageError(`--boundary takes a number, not "${options.boundary}"`);
  const priceMs = parseDuration(options.price);
  if (priceMs === undefined || priceMs === 0) {
    throw new UsageError(`--price takes a duration above 0, such as 30m, 4h or 2d, not "${options.price}"`);
  }
  const given = await readSeries(file);
  const comparison = comparePolicies(given, boundary, priceMs);
  if (options.svg !== undefined) writeSvg(options.svg, drawSvg(given, comparison));
  print(options, { file, ...comparison }, () => `${drawChart(given, comparison)}\n\n${render(comparison)}`);
}

function writeSvg(file: string, svg: string): void {
  try {
    writeFileSync(file, svg);
  } catch (error) {
    throw new UsageError(`--svg ${file}: cannot be written: ${(error as Error).message}`);
  }
}

function render(comparison: Comparison): string {
  const { readings, repeated, outOfOrder, truth, hindsight, gapMs, priceMs, policies } = comparison;
  const counted = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  const notes = [
    ...counted(repeated, 'rows repeat an instant; the last of each counts'),
    ...counted(outOfOrder, 'rows stand before an earlier instant; read in the order of time'),
  ];
  const rows = policies.map(({ policy, j, ratio, switches, medianDelayMs }) =>
    [
      (policy === DEFAULT_POLICY ? `${policy} *` : policy).padEnd(12),
      `${j.toFixed(1)} h`.padStart(12),
      (ratio === null ? '–' : ratio.toFixed(2)).padStart(8),
      String(switches).padStart(8),
      (medianDelayMs === null ? '–' : formatDuration(medianDelayMs)).padStart(14),
    ].join(''),
  );
  return [
    `${readings} readings, median gap ${formatDuration(gapMs)}; a move costs ${formatDuration(priceMs)}`,
    ...notes,
    `truth: ${truth === 'column' ? 'the column "truth"' : 'the side on which each reading lies'}`,
    `hindsight: J ${hindsight.j.toFixed(1)} h with ${hindsight.switches} moves`,
    '',
    `${'policy'.padEnd(12)}${'J'.padStart(12)}${'J / OPT'.padStart(8)}${'moves'.padStart(8)}${'median delay'.padStart(14)}`,
    ...rows,
    '',
    '* the default; J: hours on the wrong side plus the price of every move; OPT: the least that hindsight could reach',
  ].join('\n');
}
