import type { Flat } from './problem.ts';

/** After so many steps without a better bound, steps become shorter by this factor. */
const PATIENCE = 12;
const SHORTER = 0.6;

/** What a bound is about. */
export interface DualOptions {
  /** In place of the problem's costs of options. */
  cost?: Float64Array;
  /** In place of the problem's. */
  unservedCost?: number;
  /**
   * So many are unserved in any answer, which the caller has proved. It lifts the bound where part of a shipment would
   * otherwise count as served.
   */
  unservedAtLeast?: number;
  /** What is first taken off the cost of an unserved one, and given back for those that are unserved anyway. */
  relief?: number;
}

/**
 * Prices on capacities and the lower bound that they prove, by subgradient steps (Held, Wolfe, Crowder 1974, "Validation
 * of subgradient optimization"): with prices λ ≥ 0 and a relief μ ≥ 0, where at least u stay unserved, no answer costs
 * less than Σᵢ min(unserved − μ, minₖ cost + λ·use) + μ·u − λ·capacity. True also where some cannot be served.
 */
export class Dual {
  readonly flat: Flat;
  /** Prices now, a unit of each capacity. */
  readonly price: Float64Array;
  /** Cost of every option at these prices. */
  readonly priced: Float64Array;
  /** Highest bound so far. */
  bound = Number.NEGATIVE_INFINITY;
  readonly #cost: Float64Array;
  readonly #unservedCost: number;
  readonly #unservedAtLeast: number;
  readonly #bestPrice: Float64Array;
  #relief: number;
  #bestRelief: number;
  readonly #over: Float64Array;
  #missing = 0;
  #scale = 1;
  #stale = 0;

  constructor(flat: Flat, of: DualOptions = {}) {
    this.flat = flat;
    this.price = new Float64Array(flat.capacity.length);
    this.#bestPrice = new Float64Array(flat.capacity.length);
    this.#over = new Float64Array(flat.capacity.length);
    this.priced = new Float64Array(flat.cost.length);
    this.#cost = of.cost ?? flat.cost;
    this.#unservedCost = of.unservedCost ?? flat.unservedCost;
    this.#unservedAtLeast = of.unservedAtLeast ?? 0;
    this.#relief = this.#unservedAtLeast > 0 ? (of.relief ?? 0) : 0;
    this.#bestRelief = this.#relief;
  }

  /** One step towards dearer capacity where it is overdrawn. `target`: cost of the best answer known. */
  step(target: number): void {
    let value = this.evaluate();
    if (value > this.bound) {
      this.bound = value;
      this.#bestPrice.set(this.price);
      this.#bestRelief = this.#relief;
      this.#stale = 0;
    } else {
      this.#stale += 1;
      if (this.#stale >= PATIENCE) {
        this.#stale = 0;
        this.#scale *= SHORTER;
        this.price.set(this.#bestPrice);
        this.#relief = this.#bestRelief;
        value = this.evaluate();
      }
    }
    const { price } = this;
    const over = this.#over;
    const missing = this.#unservedAtLeast > 0 ? this.#missing : 0;
    // In mean amounts, so that a capacity in kilograms and a number of shipments weigh alike.
    const { meanAmount } = this.flat;
    let norm = missing * missing;
    for (let r = 0; r < price.length; r += 1) {
      if (price[r]! > 0 || over[r]! > 0) norm += (over[r]! / meanAmount[r]!) ** 2;
    }
    if (norm === 0) return;
    const length = (this.#scale * Math.max(target - value, 1e-9)) / norm;
    for (let r = 0; r < price.length; r += 1) {
      price[r] = Math.max(0, price[r]! + (length * over[r]!) / meanAmount[r]! ** 2);
    }
    this.#relief = Math.max(0, this.#relief + length * missing);
  }

  /** Bound at the prices now. Sets what options cost at them, and what would be used. */
  evaluate(): number {
    const { flat, price, priced } = this;
    const { first, firstUse, resource, amount, capacity } = flat;
    const cost = this.#cost;
    const over = this.#over;
    const unserved = this.#unservedCost - this.#relief;
    let bound = this.#relief * this.#unservedAtLeast;
    for (let r = 0; r < capacity.length; r += 1) {
      over[r] = -capacity[r]!;
      bound -= price[r]! * capacity[r]!;
    }
    this.#missing = this.#unservedAtLeast;
    for (let i = 0; i < flat.shipments; i += 1) {
      let best = unserved;
      let taken = -1;
      for (let k = first[i]!; k < first[i + 1]!; k += 1) {
        let sum = cost[k]!;
        for (let u = firstUse[k]!; u < firstUse[k + 1]!; u += 1) sum += price[resource[u]!]! * amount[u]!;
        priced[k] = sum;
        if (sum >= best) continue;
        best = sum;
        taken = k;
      }
      bound += best;
      if (taken < 0) this.#missing -= 1;
      else for (let u = firstUse[taken]!; u < firstUse[taken + 1]!; u += 1) over[resource[u]!]! += amount[u]!;
    }
    return bound;
  }
}
