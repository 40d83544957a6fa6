import type { Assigned, Flat } from './problem.ts';

/** Share of a capacity by which sums of decimals may differ from it: they are not exact in binary. */
const ROUNDING = 1e-12;

/** An answer while it is worked on: what each shipment holds, and what is left of each capacity. */
export class Plan {
  readonly flat: Flat;
  /** Option of each shipment in the flat numbering; −1: unserved. */
  readonly chosen: Int32Array;
  readonly left: Float64Array;
  /** What shipment i holds of capacity r, at `r × shipments + i`. */
  readonly holds: Float64Array;
  cost = 0;

  constructor(flat: Flat) {
    this.flat = flat;
    this.chosen = new Int32Array(flat.shipments);
    this.left = new Float64Array(flat.capacity.length);
    this.holds = new Float64Array(flat.capacity.length * flat.shipments);
    this.clear();
  }

  clear(): void {
    this.chosen.fill(-1);
    this.holds.fill(0);
    this.cost = this.flat.shipments * this.flat.unservedCost;
    this.#resetLeft();
  }

  copyFrom(other: Plan): void {
    this.chosen.set(other.chosen);
    this.left.set(other.left);
    this.holds.set(other.holds);
    this.cost = other.cost;
  }

  costOf(k: number): number {
    return k < 0 ? this.flat.unservedCost : this.flat.cost[k]!;
  }

  /** True when option k fits into what is left, were shipment i to leave what it holds. */
  fits(i: number, k: number): boolean {
    const { firstUse, resource, amount, shipments } = this.flat;
    for (let u = firstUse[k]!; u < firstUse[k + 1]!; u += 1) {
      const r = resource[u]!;
      if (amount[u]! > this.left[r]! + this.holds[r * shipments + i]!) return false;
    }
    return true;
  }

  /** Gives option k (−1: none) to shipment i in place of what it holds. What may become overdrawn is the caller's care. */
  move(i: number, k: number): void {
    const { firstUse, resource, amount, shipments } = this.flat;
    const { left, holds } = this;
    const old = this.chosen[i]!;
    this.cost += this.costOf(k) - this.costOf(old);
    if (old >= 0) {
      for (let u = firstUse[old]!; u < firstUse[old + 1]!; u += 1) {
        left[resource[u]!]! += amount[u]!;
        holds[resource[u]! * shipments + i] = 0;
      }
    }
    this.chosen[i] = k;
    if (k < 0) return;
    for (let u = firstUse[k]!; u < firstUse[k + 1]!; u += 1) {
      left[resource[u]!]! -= amount[u]!;
      holds[resource[u]! * shipments + i]! += amount[u]!;
    }
  }

  /** Counts cost and capacity afresh: what was added and taken away many times is no longer exact. */
  recount(): void {
    const { firstUse, resource, amount } = this.flat;
    this.#resetLeft();
    this.cost = 0;
    for (const k of this.chosen) {
      this.cost += this.costOf(k);
      if (k < 0) continue;
      for (let u = firstUse[k]!; u < firstUse[k + 1]!; u += 1) this.left[resource[u]!]! -= amount[u]!;
    }
  }

  unserved(): number {
    let count = 0;
    for (const k of this.chosen) if (k < 0) count += 1;
    return count;
  }

  assigned(): Assigned {
    this.recount();
    const chosen = Int32Array.from(this.chosen, (k) => (k < 0 ? -1 : this.flat.given[k]!));
    return { chosen, cost: this.cost, unserved: this.unserved() };
  }

  #resetLeft(): void {
    const { capacity } = this.flat;
    for (let r = 0; r < capacity.length; r += 1) this.left[r] = capacity[r]! * (1 + ROUNDING);
  }
}
