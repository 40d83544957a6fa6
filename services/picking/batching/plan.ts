import type { BatchProblem } from './problem.ts';
import { Travel } from './travel.ts';

/** Shorter by less than this is rounding. */
export const EPSILON = 1e-9;

/**
 * A distribution of orders over batches, with their lengths, and what each order adds to its own. Batches are numbered
 * 0 … n - 1, many of them empty. `touched` counts every change, so that who remembers a length knows if it still holds.
 */
export class Plan {
  readonly travel: Travel;
  readonly sizes: readonly number[];
  readonly weights: readonly number[];
  readonly count: number;
  readonly maxSize: number;
  readonly maxOrders: number;
  /** Batch of each order; -1 while it is in none. */
  readonly batchOf: Int32Array;
  readonly members: number[][];
  readonly size: Float64Array;
  readonly weight: Float64Array;
  readonly length: Float64Array;
  /** By order: length of its batch without it. */
  readonly without: Float64Array;
  /** By order: its length alone. */
  readonly alone: Float64Array;
  readonly touched: Int32Array;
  /** By order and batch: length with it, and the batch's `touched` for which that holds. */
  readonly #with: Float64Array;
  readonly #withAt: Int32Array;
  #touches = 0;

  constructor(problem: BatchProblem) {
    const { orders, maxSize, maxOrders = Number.POSITIVE_INFINITY } = problem;
    const n = orders.length;
    this.count = n;
    this.sizes = orders.map(({ size }) => size);
    this.weights = orders.map(({ weight = 1 }) => weight);
    this.maxSize = maxSize;
    this.maxOrders = maxOrders;
    // Rows: orders, batches, for each order its batch without it, and one that stays empty.
    this.travel = new Travel(
      problem.block,
      orders.map(({ stops }) => stops),
      3 * n + 1,
    );
    this.batchOf = new Int32Array(n).fill(-1);
    this.members = Array.from({ length: n }, () => []);
    this.size = new Float64Array(n);
    this.weight = new Float64Array(n);
    this.length = new Float64Array(n);
    this.without = new Float64Array(n);
    this.touched = new Int32Array(n);
    this.alone = Float64Array.from({ length: n }, (_, i) => this.travel.length(i, 3 * n));
    this.#with = new Float64Array(n * n);
    this.#withAt = new Int32Array(n * n).fill(-1);
  }

  /** Length of all batches, metres. */
  total(): number {
    let total = 0;
    for (let b = 0; b < this.count; b += 1) total += this.length[b]!;
    return total;
  }

  /** True when a batch has room for so much more size and weight. */
  fits(b: number, size: number, weight: number): boolean {
    return this.size[b]! + size <= this.maxSize + EPSILON && this.weight[b]! + weight <= this.maxOrders + EPSILON;
  }

  /** Length of a batch with an order more. */
  lengthWith(i: number, b: number): number {
    const at = i * this.count + b;
    if (this.#withAt[at] !== this.touched[b]) {
      this.#withAt[at] = this.touched[b]!;
      this.#with[at] = this.members[b]!.length === 0 ? this.alone[i]! : this.travel.length(i, this.count + b);
    }
    return this.#with[at]!;
  }

  /** Length of the batch of `i` with `j` in place of `i`. */
  lengthSwapped(i: number, j: number): number {
    return this.travel.length(2 * this.count + i, j);
  }

  put(i: number, b: number): void {
    this.batchOf[i] = b;
    this.members[b]!.push(i);
    this.size[b]! += this.sizes[i]!;
    this.weight[b]! += this.weights[i]!;
  }

  take(i: number): void {
    const b = this.batchOf[i]!;
    const members = this.members[b]!;
    members.splice(members.indexOf(i), 1);
    this.batchOf[i] = -1;
    this.size[b] = members.length === 0 ? 0 : this.size[b]! - this.sizes[i]!;
    this.weight[b] = members.length === 0 ? 0 : this.weight[b]! - this.weights[i]!;
  }

  /** An empty batch, if there is one. */
  spare(): number {
    for (let b = 0; b < this.count; b += 1) if (this.members[b]!.length === 0) return b;
    return -1;
  }

  /** Measures a batch anew after its members changed; `deep` also what it is without each of them. */
  measure(b: number, deep = true): void {
    const { travel, count } = this;
    const members = this.members[b]!;
    this.touched[b] = ++this.#touches;
    travel.clear(count + b);
    for (const i of members) travel.add(i, count + b);
    this.length[b] = members.length === 1 ? this.alone[members[0]!]! : travel.length(count + b, 3 * count);
    if (!deep) return;
    for (const i of members) {
      travel.clear(2 * count + i);
      for (const j of members) if (j !== i) travel.add(j, 2 * count + i);
      this.without[i] = members.length === 1 ? 0 : travel.length(2 * count + i, 3 * count);
    }
  }

  /** Replaces everything by a distribution kept before. */
  restore(batchOf: Int32Array): void {
    const changed = new Set<number>();
    for (let i = 0; i < this.count; i += 1) {
      if (this.batchOf[i] === batchOf[i]) continue;
      if (this.batchOf[i]! >= 0) {
        changed.add(this.batchOf[i]!);
        this.take(i);
      }
    }
    for (let i = 0; i < this.count; i += 1) {
      if (this.batchOf[i]! >= 0) continue;
      this.put(i, batchOf[i]!);
      changed.add(batchOf[i]!);
    }
    for (const b of changed) this.measure(b);
  }
}
