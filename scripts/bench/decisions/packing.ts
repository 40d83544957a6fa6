import { join } from 'node:path';
import { faultsOf, loadContainer, type Placement, volumeOf } from '../../../services/picking/cartonize/index.ts';
import type { DecisionBenchInput } from './benches.ts';
import { firstFit } from './first-fit.ts';
import { type LoadProblem, readThpack } from './thpack.ts';

/** Milliseconds for one problem; the last step may take a little longer, so it stays under a second. */
const BUDGET_MS = 900;

/** Containers of `thpack` files, loaded within a second each, beside a first fit into maximal empty spaces. */
export async function benchPacking({ files, json, data, say }: DecisionBenchInput): Promise<string> {
  const names = files.length > 0 ? files : [1, 4, 7].map((n) => join(data, 'thpack', `thpack${n}.txt:1-20`));
  const rows = names.map((file) => {
    const problems = readThpack(file);
    say(`packing ${file}: ${problems.length} problems, at most a second each …`);
    const ours = measure(problems, ({ container, types }) => {
      const end = performance.now() + BUDGET_MS;
      return loadContainer(container, types, { steps: Infinity, stop: () => performance.now() > end }).placements;
    });
    const reference = measure(problems, ({ container, types }) => firstFit(container, types));
    return { file, problems: problems.length, ...ours, reference };
  });
  const problems = rows.reduce((sum, row) => sum + row.problems, 0);
  const over = (figure: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + row.problems * figure(row), 0) / problems;
  const found = {
    bench: 'packing',
    meanUtilisation: over((row) => row.meanUtilisation),
    reference: { method: 'first fit', meanUtilisation: over((row) => row.reference.meanUtilisation) },
    invalid: rows.reduce((sum, row) => sum + row.invalid, 0),
    problems,
    files: rows,
  };
  if (json) return JSON.stringify(found);
  const line = (name: string, mine: number, other: number, rest: string) =>
    `${name.padEnd(44)}  ${percent(mine)}  ${percent(other)}  ${rest}`;
  return [
    'volume used                                     ours  first fit  lowest  invalid  ms mean  ms most',
    ...rows.map((row) =>
      line(
        row.file.slice(-44),
        row.meanUtilisation,
        row.reference.meanUtilisation,
        `   ${percent(row.lowest)}  ${String(row.invalid).padStart(7)}  ${row.msMean.toFixed(0).padStart(7)}  ${row.msMax.toFixed(0).padStart(7)}`,
      ),
    ),
    line(`all ${problems}`, found.meanUtilisation, found.reference.meanUtilisation, ''),
  ].join('\n');
}

function measure(problems: readonly LoadProblem[], load: (problem: LoadProblem) => readonly Placement[]) {
  const shares: number[] = [];
  const times: number[] = [];
  let invalid = 0;
  for (const problem of problems) {
    const start = performance.now();
    const placements = load(problem);
    times.push(performance.now() - start);
    if (faultsOf(problem.container, problem.types, placements).length > 0) invalid += 1;
    shares.push(placements.reduce((sum, box) => sum + volumeOf(box), 0) / volumeOf(problem.container));
  }
  return {
    meanUtilisation: mean(shares),
    lowest: Math.min(...shares),
    invalid,
    msMean: mean(times),
    msMax: Math.max(...times),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
