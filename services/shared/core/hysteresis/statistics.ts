/**
 * What is known of a measured value: its average, its noise, the gap between its readings. Words of a Float64Array, so
 * that an entity's state is one flat array. Time and switch cost share a unit: milliseconds in the engine, samples in
 * the experiment.
 */

/** Words of a clause's statistics, relative to its place. */
export const SEEN = 0;
export const LAST_T = 1;
export const LAST_X = 2;
export const EWMA = 3;
export const STEP_NOISE = 4;
export const SPREAD_NOISE = 5;
export const GAP = 6;
export const STATISTIC_WORDS = 7;

/** Beyond this a reading says no more, and its differences would overflow. */
const READING_LIMIT = 1e150;
/** E[|step|] and E[|deviation|] of a normal variable, to its standard deviation. */
const STEP_TO_SIGMA = 0.886227;
const SPREAD_TO_SIGMA = 1.253314;
const NOISE_FLOOR = 1e-9;

/** A finite reading kept where the arithmetic cannot overflow. */
export function bounded(x: number): number {
  return Math.max(-READING_LIMIT, Math.min(READING_LIMIT, x));
}

/** Of the last reading that `foldReading` gave a weight: the time that it stands for, as a share of the switch cost. */
export const folded = { share: 0 };

/**
 * Folds a finite reading into the statistics at `at` and returns the weight of its vote (0 < w ≤ 1, bursts weigh less),
 * or 0 where it has none: the first reading, and any that is not newer than the last.
 */
export function foldReading(nums: Float64Array, at: number, t: number, x: number, switchCost: number): number {
  const n = nums[at + SEEN]!;
  if (n === 0) {
    nums[at + SEEN] = 1;
    nums[at + LAST_T] = t;
    nums[at + LAST_X] = x;
    nums[at + EWMA] = x;
    return 0;
  }
  const lastT = nums[at + LAST_T]!;
  if (!(t > lastT)) {
    // The same instant read again: the average moves by 1 − exp(0) = 0.
    if (t === lastT) nums[at + LAST_X] = x;
    return 0;
  }
  // `n` readings before this one are `n` observations after the first: the n of the paper, already raised by 1.
  const k = Math.min(n, 200);
  const free = n <= 20;
  let dt = t - lastT;
  let gap = nums[at + GAP]!;
  gap += ((free ? dt : Math.min(dt, 3 * gap + 1e-9)) - gap) / k;
  dt = Math.min(dt, 10 * gap);
  folded.share = dt / switchCost;
  const step = Math.abs(x - nums[at + LAST_X]!);
  const stepNoise = nums[at + STEP_NOISE]!;
  const average = nums[at + EWMA]!;
  const spread = Math.abs(x - average);
  const spreadNoise = nums[at + SPREAD_NOISE]!;
  nums[at + SEEN] = n + 1;
  nums[at + LAST_T] = t;
  nums[at + LAST_X] = x;
  nums[at + EWMA] = average + (1 - Math.exp(-dt / switchCost)) * (x - average);
  nums[at + STEP_NOISE] = stepNoise + ((free ? step : Math.min(step, 3 * stepNoise + 1e-9)) - stepNoise) / k;
  nums[at + SPREAD_NOISE] =
    spreadNoise + ((free ? spread : Math.min(spread, 3 * spreadNoise + 1e-9)) - spreadNoise) / k;
  nums[at + GAP] = gap;
  return Math.min(1, (2 * dt) / gap);
}

/** One unit of distance: how far readings lie from their average, as a standard deviation. In the reading's unit. */
export function noiseOf(nums: Float64Array, at: number): number {
  return Math.max(SPREAD_TO_SIGMA * nums[at + SPREAD_NOISE]!, NOISE_FLOOR);
}

/** How far readings lie from their average, measured by how far they lie from one another: 1 for white noise. */
export function wanderOf(nums: Float64Array, at: number): number {
  return noiseOf(nums, at) / Math.max(STEP_TO_SIGMA * nums[at + STEP_NOISE]!, NOISE_FLOOR);
}

/** Readings within the switch cost, at least 1. Meaningful once two readings at different instants are folded. */
export function readingsPerMove(nums: Float64Array, at: number, switchCost: number): number {
  return Math.max(switchCost / nums[at + GAP]!, 1);
}
