/**
 * `npm run bench -- assignment [file.json…] [--json]`: shipments to carriers under capacity by each method of ours, and
 * by HiGHS, proved to 0.01 %. Every answer is checked against the problem before it counts.
 */
import {
  type Assigned,
  type AssignmentProblem,
  assign,
  assignBySwaps,
  assignGreedily,
} from '../../../../services/routing/assignment/index.ts';
import type { DecisionBench } from '../benches.ts';
import { type Instance, instancesOf, publishedInstances } from './instances.ts';
import { type Proof, Prover } from './proving.ts';

const PROOF_LIMIT_S = 60;
/** Runs of each method on each instance; the least time counts. */
const RUNS = 3;
const METHODS = { greedy: assignGreedily, 'greedy and swaps': assignBySwaps, prices: assign } as const;
type Method = keyof typeof METHODS;

interface Answer {
  cost: number;
  unserved: number;
  ms: number;
  /** Lower bound, where the method proves one. */
  bound?: number;
  violations: number;
}

interface Row {
  group: string;
  method: Method | 'HiGHS';
  /** Mean over the instances where as many are served as in the optimum, of the cost of what is served. */
  gapPercent: number | null;
  /** Mean of (cost − bound) ÷ bound, over the instances where as many are unserved as the bound proves. */
  certifiedGapPercent: number | null;
  /** Instances where that many are proved to be unserved. */
  certified: number | null;
  /** Unserved beyond the optimum, mean. */
  unservedBeyond: number;
  meanMs: number;
  maxMs: number;
  violations: number;
}

export const benchAssignment: DecisionBench = async ({ files, json, instances, say }) => {
  const all = files.length > 0 ? files.flatMap(instancesOf) : await publishedInstances(instances);
  // Once before it counts: the first runs of a program are not what it takes.
  for (const { problem } of all.slice(0, 3)) for (const method of Object.values(METHODS)) method(problem);
  const answers = all.map(({ problem }) => mapMethods((method) => measured(problem, METHODS[method])));
  const proofs = await proved(all, say);
  const groups = [...new Set(all.map(({ group }) => group))];
  const rows = groups.flatMap((group) => {
    const of = all.flatMap((instance, index) => (instance.group === group ? [index] : []));
    const proofOf = of.map((index) => proofs[index]!);
    return [
      ...(Object.keys(METHODS) as Method[]).map((method) =>
        rowOf(
          group,
          method,
          of.map((index) => answers[index]![method]),
          proofOf,
          of.map((index) => all[index]!.problem),
        ),
      ),
      highsRow(group, proofOf),
    ];
  });
  if (!json) return tableOf(rows, proofs);
  const each = all.map(({ group, name }, index) => ({ group, name, ...answers[index], HiGHS: proofs[index] }));
  return JSON.stringify({ bench: 'assignment', rows, instances: each });
};

function mapMethods<T>(of: (method: Method) => T): Record<Method, T> {
  return { greedy: of('greedy'), 'greedy and swaps': of('greedy and swaps'), prices: of('prices') };
}

function measured(
  problem: AssignmentProblem,
  method: (problem: AssignmentProblem) => Assigned & { bound?: number },
): Answer {
  let ms = Number.POSITIVE_INFINITY;
  let answer = method(problem);
  // Other work on the machine only ever adds time.
  for (let run = 0; run < RUNS; run += 1) {
    const from = performance.now();
    answer = method(problem);
    ms = Math.min(ms, performance.now() - from);
  }
  const { cost, unserved, bound } = answer;
  return { cost, unserved, ms, ...(bound === undefined ? {} : { bound }), violations: violationsOf(problem, answer) };
}

/** Constraints that an answer breaks, and a cost that it states wrongly; counted from the problem alone. */
function violationsOf({ options, capacity, unservedCost }: AssignmentProblem, answer: Assigned): number {
  const used = capacity.map(() => 0);
  let cost = 0;
  let wrong = 0;
  for (const [i, own] of options.entries()) {
    const chosen = answer.chosen[i]!;
    const option = own[chosen];
    if (option === undefined && chosen !== -1) wrong += 1;
    cost += option?.cost ?? unservedCost;
    for (const { resource, amount } of option?.uses ?? []) used[resource]! += amount;
  }
  for (const [r, value] of used.entries()) if (value > capacity[r]! + 1e-6) wrong += 1;
  return wrong + (Math.abs(cost - answer.cost) > 1e-6 ? 1 : 0);
}

async function proved(all: readonly Instance[], say: (line: string) => void): Promise<Proof[]> {
  const prover = new Prover();
  const proofs: Proof[] = [];
  for (const { group, name, problem } of all) {
    const proof = await prover.prove(problem, PROOF_LIMIT_S);
    proofs.push(proof);
    say(
      `HiGHS, ${group}, ${name}: ${proof.cost.toFixed(2)}${proof.isProved ? '' : ' (not proved)'}, ${Math.round(proof.ms)} ms`,
    );
  }
  await prover.stop();
  return proofs;
}

function rowOf(
  group: string,
  method: Method,
  answers: readonly Answer[],
  proofs: readonly Proof[],
  problems: readonly AssignmentProblem[],
): Row {
  const gaps: number[] = [];
  const certified: number[] = [];
  for (const [index, { cost, unserved, bound }] of answers.entries()) {
    const best = proofs[index]!;
    const left = unserved * problems[index]!.unservedCost;
    // The penalties are the same on both sides: what is compared is the cost of what is served.
    if (unserved === best.unserved) gaps.push((cost - best.cost) / (best.cost - left));
    if (bound !== undefined && bound > left) certified.push((cost - bound) / (bound - left));
  }
  return {
    group,
    method,
    gapPercent: percent(gaps),
    certifiedGapPercent: percent(certified),
    certified: answers[0]?.bound === undefined ? null : certified.length,
    unservedBeyond: mean(answers.map(({ unserved }, index) => unserved - proofs[index]!.unserved)),
    meanMs: mean(answers.map(({ ms }) => ms)),
    maxMs: Math.max(...answers.map(({ ms }) => ms)),
    violations: answers.reduce((sum, { violations }) => sum + violations, 0),
  };
}

function highsRow(group: string, proofs: readonly Proof[]): Row {
  const times = proofs.map(({ ms }) => ms);
  return {
    ...{
      group,
      method: 'HiGHS',
      gapPercent: 0,
      certifiedGapPercent: proofs.every(({ isProved }) => isProved) ? 0 : null,
    },
    ...{ certified: proofs.filter(({ isProved }) => isProved).length, unservedBeyond: 0, violations: 0 },
    ...{ meanMs: mean(times), maxMs: Math.max(...times) },
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(gaps: readonly number[]): number | null {
  return gaps.length === 0 ? null : 100 * mean(gaps);
}

function tableOf(rows: readonly Row[], proofs: readonly Proof[]): string {
  const head = [
    '',
    'method',
    'gap %',
    'certified gap %',
    'certified',
    'unserved beyond',
    'mean ms',
    'max ms',
    'violations',
  ];
  const shown = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));
  const cells = rows.map((row) => [
    ...[row.group, row.method, shown(row.gapPercent, 3), shown(row.certifiedGapPercent, 3), shown(row.certified, 0)],
    ...[shown(row.unservedBeyond, 2), shown(row.meanMs, 2), shown(row.maxMs, 1), String(row.violations)],
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  const open = proofs.filter(({ isProved }) => !isProved).length;
  return [
    line(head),
    ...cells.map(line),
    ...(open > 0 ? [`${open} not proved by HiGHS in ${PROOF_LIMIT_S} s`] : []),
  ].join('\n');
}
