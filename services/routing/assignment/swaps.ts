import { fillGreedily } from './greedy.ts';
import { improve } from './improve.ts';
import { Plan } from './plan.ts';
import { type Assigned, type AssignmentProblem, flatten } from './problem.ts';

/** The greedy answer, bettered by shifts and swaps alone: what prices are compared with. */
export function assignBySwaps(problem: AssignmentProblem): Assigned {
  const plan = new Plan(flatten(problem));
  fillGreedily(plan);
  improve(plan);
  return plan.assigned();
}
