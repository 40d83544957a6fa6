import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AssignmentProblem, problemOf } from '../../../../services/routing/assignment/index.ts';

/** A problem with a name and what it is counted under. */
export interface Instance {
  name: string;
  group: string;
  problem: AssignmentProblem;
}

const TIGHTNESS = [0.7, 0.9, 0.95];
const SEEDS = 20;
const UNSERVED = 10_000;

type Generate = (seed: number, tightness: number) => { cost: number[][]; weight: number[]; capacity: number[] };

/** The published instances of `folder`, seeds 1 to 20 at three tightnesses. Throws where they are not there. */
export async function publishedInstances(folder: string): Promise<Instance[]> {
  const file = resolve(join(folder, 'instances.mjs'));
  if (!existsSync(file)) throw new Error(`${file} is not there: give --instances FOLDER, or files with instances`);
  const { assignment } = (await import(pathToFileURL(file).href)) as { assignment: Generate };
  return TIGHTNESS.flatMap((tightness) =>
    Array.from({ length: SEEDS }, (_, index) => {
      const { cost, weight, capacity } = assignment(index + 1, tightness);
      return {
        name: `seed ${index + 1}`,
        group: `tightness ${tightness}`,
        problem: problemOf(cost, weight, capacity, UNSERVED).problem,
      };
    }),
  );
}

/**
 * Instances of a JSON file: one `{ cost, weight, capacity, unservedCost? }` or an array of them; `cost[i][j]` is null
 * where carrier j may not carry shipment i.
 */
export function instancesOf(path: string): Instance[] {
  const read = JSON.parse(readFileSync(path, 'utf8')) as unknown;
  return (Array.isArray(read) ? read : [read]).map((one: unknown, index) => {
    const { cost, weight, capacity, unservedCost } = one as {
      cost?: (number | null)[][];
      weight?: number[];
      capacity?: number[];
      unservedCost?: number;
    };
    if (!Array.isArray(cost) || !Array.isArray(weight) || !Array.isArray(capacity) || cost.length !== weight.length) {
      throw new Error(`${path}, instance ${index}: it needs cost[i][j], weight[i] and capacity[j]`);
    }
    const costs = cost.map((row) => row.map((value) => value ?? Number.POSITIVE_INFINITY));
    const { problem } = problemOf(costs, weight, capacity, unservedCost ?? UNSERVED);
    return { name: `instance ${index}`, group: path, problem };
  });
}
