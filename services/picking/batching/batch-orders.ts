import { LocalSearch } from './local-search.ts';
import { EPSILON, Plan } from './plan.ts';
import type { Batches, BatchProblem } from './problem.ts';
import { reinsert, ruin } from './ruin.ts';
import { mergeBySavings } from './savings.ts';

/** How long and in which way to search. */
export interface BatchSearch {
  /**
   * Route lengths that may be computed; one takes about a microsecond. Savings and the first look at every pair are
   * always finished, so a small budget is exceeded by them.
   */
  steps: number;
  /** The same seed, problem and steps give the same batches. */
  seed?: number;
}

/**
 * Puts orders into batches so that the sum of the shortest routes is small: savings, then shifts and swaps, then
 * iterated local search: takes some batches apart, inserts their orders where they add least, searches again, and
 * keeps what is not much worse (M. Albareda-Sambola et al. 2009 and S. Henn et al. 2010 search this way with simpler
 * routes). Deterministic.
 * @throws RangeError when a size is not above 0, or a stop lies outside the block; it names the order.
 */
export function batchOrders(problem: BatchProblem, { steps, seed = 1 }: BatchSearch): Batches {
  const plan = planBySavings(problem);
  const search = new LocalSearch(plan);
  search.improve(Number.POSITIVE_INFINITY);

  const random = numbers(seed);
  let length = plan.total();
  let kept = plan.batchOf.slice();
  let best = kept;
  let bestLength = length;
  // A search that has run for so long accepts so little that is worse.
  const start = plan.travel.evaluations;
  const heat = (0.004 * length) / Math.max(1, problem.orders.length);
  while (plan.travel.evaluations < steps) {
    const before = plan.travel.evaluations;
    const left = 1 - (before - start) / Math.max(1, steps - start);
    reinsert(plan, ruin(plan, random));
    search.improve(steps);
    const found = plan.total();
    if (found < length + EPSILON - heat * left * Math.log(random())) {
      length = found;
      kept = plan.batchOf.slice();
      if (found < bestLength - EPSILON) {
        bestLength = found;
        best = kept;
      }
    } else {
      plan.restore(kept);
    }
    if (plan.travel.evaluations === before) break;
  }
  plan.restore(best);
  return batchesOf(plan);
}

/** Puts orders into batches by savings alone. @throws RangeError as `batchOrders`. */
export function batchBySavings(problem: BatchProblem): Batches {
  return batchesOf(planBySavings(problem));
}

function planBySavings(problem: BatchProblem): Plan {
  for (const [i, { size }] of problem.orders.entries()) {
    if (!(size > 0)) throw new RangeError(`order ${i} has the size ${size}; a size is above 0`);
  }
  const plan = new Plan(problem);
  mergeBySavings(plan);
  return plan;
}

function batchesOf(plan: Plan): Batches {
  const batches = plan.members.filter((members) => members.length > 0);
  return {
    batches: batches.map((members) => [...members].sort((a, b) => a - b)),
    lengthM: plan.total(),
    steps: plan.travel.evaluations,
  };
}

/** Numbers in [0, 1), the same on every machine (xorshift). */
function numbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4294967296;
  };
}
