import { bucketOf, coarser, middleOf } from './log-buckets.ts';

/** Buckets that a sketch keeps; what does not fit makes all of its buckets coarser. */
export const MOST_BUCKETS = 64;

/*
 * A sketch of values within words of a state: level | buckets used | buckets, ascending | counts. What it holds depends on
 * the values alone, not on their order: its level is the finest on which they fit.
 */
export const SKETCH_WORDS = 2 + 2 * MOST_BUCKETS;
export const EMPTY_SKETCH: readonly number[] = [0, 0, ...new Array<number>(2 * MOST_BUCKETS).fill(NaN)];

/** Counts a value in the sketch that begins at a word. */
export function addValue(nums: Float64Array, at: number, value: number): void {
  addBucket(nums, at, bucketOf(value, 0), 0, 1);
}

/** Adds all that one sketch holds to another. */
export function addSketch(nums: Float64Array, at: number, from: number): void {
  const used = nums[from + 1]!;
  for (let i = 0; i < used; i++)
    addBucket(nums, at, nums[from + 2 + i]!, nums[from]!, nums[from + 2 + MOST_BUCKETS + i]!);
}

/** Makes the sketch that begins at a word an empty one. */
export function clearSketch(nums: Float64Array, at: number): void {
  nums.fill(0, at, at + 2);
  nums.fill(NaN, at + 2, at + SKETCH_WORDS);
}

/** The value at rank ⌈p · n⌉, told by the middle of its bucket; NaN when the sketch is empty. */
export function quantileOf(nums: Float64Array, at: number, p: number): number {
  const used = nums[at + 1]!;
  const counts = at + 2 + MOST_BUCKETS;
  let total = 0;
  for (let i = 0; i < used; i++) total += nums[counts + i]!;
  let rank = Math.max(1, Math.ceil(p * total));
  for (let i = 0; i < used; i++) {
    rank -= nums[counts + i]!;
    if (rank <= 0) return middleOf(nums[at + 2 + i]!, nums[at]!);
  }
  return NaN;
}

/** Adds to a bucket of a level that is no coarser than the values' own. */
function addBucket(nums: Float64Array, at: number, bucket: number, level: number, amount: number): void {
  while (nums[at]! < level) coarsen(nums, at);
  const buckets = at + 2;
  const counts = buckets + MOST_BUCKETS;
  for (;;) {
    const used = nums[at + 1]!;
    const here = coarser(bucket, nums[at]! - level);
    let i = 0;
    while (i < used && nums[buckets + i]! < here) i++;
    if (i < used && nums[buckets + i] === here) {
      nums[counts + i]! += amount;
      return;
    }
    if (used < MOST_BUCKETS) {
      nums.copyWithin(buckets + i + 1, buckets + i, buckets + used);
      nums.copyWithin(counts + i + 1, counts + i, counts + used);
      nums[buckets + i] = here;
      nums[counts + i] = amount;
      nums[at + 1] = used + 1;
      return;
    }
    coarsen(nums, at);
  }
}

/** Two buckets become one. */
function coarsen(nums: Float64Array, at: number): void {
  const buckets = at + 2;
  const counts = buckets + MOST_BUCKETS;
  const before = nums[at + 1]!;
  let used = 0;
  for (let i = 0; i < before; i++) {
    const bucket = coarser(nums[buckets + i]!, 1);
    const amount = nums[counts + i]!;
    if (used > 0 && nums[buckets + used - 1] === bucket) nums[counts + used - 1]! += amount;
    else {
      nums[buckets + used] = bucket;
      nums[counts + used] = amount;
      used++;
    }
  }
  nums.fill(NaN, buckets + used, buckets + before);
  nums.fill(NaN, counts + used, counts + before);
  nums[at] = nums[at]! + 1;
  nums[at + 1] = used;
}
