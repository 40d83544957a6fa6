import { Plan } from './plan.ts';
import { type Assigned, type AssignmentProblem, type Flat, flatten } from './problem.ts';

/** An answer at once: each shipment in turn goes by the cheapest option that still fits. */
export function assignGreedily(problem: AssignmentProblem): Assigned {
  const plan = new Plan(flatten(problem));
  fillGreedily(plan);
  return plan.assigned();
}

/** Gives every unserved shipment, in the order given, its cheapest option that fits. */
export function fillGreedily(plan: Plan): void {
  const { first, shipments } = plan.flat;
  for (let i = 0; i < shipments; i += 1) {
    if (plan.chosen[i]! >= 0) continue;
    for (let k = first[i]!; k < first[i + 1]!; k += 1) {
      if (!plan.fits(i, k)) continue;
      plan.move(i, k);
      break;
    }
  }
}

/** Room for one construction after another without allocating. */
export class RegretFill {
  readonly #flat: Flat;
  readonly #regret: Float64Array;
  readonly #order: Int32Array;

  constructor(flat: Flat) {
    this.#flat = flat;
    this.#regret = new Float64Array(flat.shipments);
    this.#order = Int32Array.from({ length: flat.shipments }, (_, i) => i);
  }

  /**
   * Fills an empty plan by priced costs: who loses most by its second best comes first, and takes the best that fits.
   * `priced`: cost of every option, capacity included at its price.
   */
  fill(plan: Plan, priced: Float64Array): void {
    const { first, shipments, unservedCost } = this.#flat;
    for (let i = 0; i < shipments; i += 1) {
      let best = unservedCost;
      let second = unservedCost;
      for (let k = first[i]!; k < first[i + 1]!; k += 1) {
        const price = priced[k]!;
        if (price < best) {
          second = best;
          best = price;
        } else if (price < second) second = price;
      }
      this.#regret[i] = second - best;
    }
    const regret = this.#regret;
    this.#order.sort((a, b) => regret[b]! - regret[a]! || a - b);
    plan.clear();
    for (const i of this.#order) {
      let best = -1;
      let price = Number.POSITIVE_INFINITY;
      for (let k = first[i]!; k < first[i + 1]!; k += 1) {
        if (priced[k]! >= price || !plan.fits(i, k)) continue;
        best = k;
        price = priced[k]!;
      }
      if (best >= 0) plan.move(i, best);
    }
  }
}
