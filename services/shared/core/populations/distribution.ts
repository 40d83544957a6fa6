import { bucketOf, middleOf } from '../attributes/log-buckets.ts';

/** Beyond these, values share the outermost buckets: about 2,100 for each sign, whatever the population. */
const LEAST = 1e-6;
const MOST = 1e12;

/** A distribution as plain data: buckets in ascending order, and how many values lie in each. */
export interface Counted {
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

interface Index {
  readonly buckets: readonly number[];
  /** Values in smaller buckets, by bucket, and at the end all of them. */
  readonly below: readonly number[];
  /** Sum of the values in larger buckets, by bucket. */
  readonly above: readonly number[];
  readonly total: number;
}

/**
 * How the values of an attribute are spread over a population. What it tells is exact but for values within 2 % of each
 * other, which count as equal. Distributions of parts of a population add up to that of the whole.
 */
export class Distribution {
  readonly #counts = new Map<number, number>();
  #index: Index | undefined;

  static from({ buckets, counts }: Counted): Distribution {
    const distribution = new Distribution();
    buckets.forEach((bucket, i) => {
      distribution.#counts.set(bucket, counts[i]!);
    });
    return distribution;
  }

  toCounted(): Counted {
    const buckets = [...this.#counts.keys()].sort((a, b) => a - b);
    return { buckets, counts: buckets.map((bucket) => this.#counts.get(bucket)!) };
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Counts a value; a missing one (NaN) is none. */
  add(value: number): void {
    if (!Number.isNaN(value)) this.#count(bucketIn(value), 1);
  }

  addAll(other: Distribution): void {
    for (const [bucket, count] of other.#counts) this.#count(bucket, count);
  }

  /** Share of the population that is smaller, and half of what is equal: 0 to 1. NaN when either is missing. */
  percentileRank(value: number): number {
    const { buckets, below } = this.#indexed();
    if (Number.isNaN(value) || buckets.length === 0) return NaN;
    const bucket = bucketIn(value);
    const i = firstNotBelow(buckets, bucket);
    const equal = buckets[i] === bucket ? below[i + 1]! - below[i]! : 0;
    return (below[i]! + equal / 2) / below[buckets.length]!;
  }

  /**
   * Share of the sum of all positive values that lies with those who have more: 0 for the largest, near 1 for the
   * smallest. NaN when either is missing, or there are no positive values.
   */
  cumulativeShare(value: number): number {
    const { buckets, above, total } = this.#indexed();
    if (Number.isNaN(value) || total === 0) return NaN;
    const bucket = bucketIn(value);
    const i = firstNotBelow(buckets, bucket);
    if (i === buckets.length) return 0;
    const own = buckets[i] === bucket ? 0 : massOf(buckets[i]!, this.#counts);
    return (above[i]! + own) / total;
  }

  #count(bucket: number, by: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + by);
    this.#index = undefined;
  }

  #indexed(): Index {
    if (this.#index !== undefined) return this.#index;
    const buckets = [...this.#counts.keys()].sort((a, b) => a - b);
    const below = [0];
    for (const bucket of buckets) below.push(below.at(-1)! + this.#counts.get(bucket)!);
    const above = new Array<number>(buckets.length).fill(0);
    let total = 0;
    for (let i = buckets.length - 1; i >= 0; i--) {
      above[i] = total;
      total += massOf(buckets[i]!, this.#counts);
    }
    this.#index = { buckets, below, above, total };
    return this.#index;
  }
}

function bucketIn(value: number): number {
  const size = Math.abs(value);
  return Math.sign(value) * bucketOf(size < LEAST ? 0 : Math.min(size, MOST), 0);
}

function massOf(bucket: number, counts: ReadonlyMap<number, number>): number {
  return bucket > 0 ? middleOf(bucket, 0) * counts.get(bucket)! : 0;
}

function firstNotBelow(buckets: readonly number[], bucket: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (buckets[middle]! < bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}
