import { Dual } from './dual.ts';
import { fillGreedily, RegretFill } from './greedy.ts';
import { improve } from './improve.ts';
import { leastUnserved } from './least-unserved.ts';
import { Plan } from './plan.ts';
import { type Assigned, type AssignmentProblem, flatten } from './problem.ts';

/** How much is spent. Steps, not time, so that the same problem always has the same answer. */
export interface AssignmentBudget {
  /** Steps of the prices. */
  steps: number;
  /** Every so many of them an answer is built from the prices and bettered. */
  every: number;
  /** Shipments that may be looked at in bettering one answer; absent: as many as it takes. */
  looks?: number;
}

export const defaultAssignmentBudget: AssignmentBudget = { steps: 240, every: 8 };

/** An answer with what is proved about it. */
export interface ProvedAssignment extends Assigned {
  /** No answer costs less; in the problem's unit of cost. */
  bound: number;
  /** No answer leaves fewer unserved. */
  unservedAtLeast: number;
}

/**
 * Shipments to options, near the least cost: capacities are priced by Lagrangian steps, and answers are built at those
 * prices (largest regret first) and bettered by shifts and ejections at true cost. No capacity is ever exceeded. Throws
 * `AssignmentError` where the problem cannot be read.
 */
export function assign(
  problem: AssignmentProblem,
  budget: AssignmentBudget = defaultAssignmentBudget,
): ProvedAssignment {
  const flat = flatten(problem);
  const best = new Plan(flat);
  fillGreedily(best);
  improve(best, budget.looks);
  const unservedAtLeast = best.unserved() === 0 ? 0 : leastUnserved(flat, bottlenecks(best));
  let dearest = 0;
  for (const cost of flat.cost) dearest = Math.max(dearest, cost);
  const dual = new Dual(flat, { unservedAtLeast, relief: Math.max(0, flat.unservedCost - 3 * dearest) });
  const plan = new Plan(flat);
  const fill = new RegretFill(flat);
  for (let step = 1; step <= budget.steps; step += 1) {
    dual.step(best.cost);
    if (step % budget.every !== 0) continue;
    dual.evaluate();
    fill.fill(plan, dual.priced);
    improve(plan, budget.looks);
    plan.recount();
    if (plan.cost < best.cost - 1e-9) best.copyFrom(plan);
  }
  return { ...best.assigned(), bound: dual.bound, unservedAtLeast };
}

/** Sets of capacities that may prove why shipments of a plan are unserved: what each of them could use, and all. */
function bottlenecks({ flat, chosen }: Plan): number[][] {
  const { first, firstUse, resource } = flat;
  const sets = [Array.from(flat.capacity, (_, r) => r)];
  for (let i = 0; i < flat.shipments; i += 1) {
    if (chosen[i]! < 0) sets.push([...resource.subarray(firstUse[first[i]!]!, firstUse[first[i + 1]!]!)]);
  }
  return sets;
}
