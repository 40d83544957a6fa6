/**
 * The arithmetic of the evidence bank, on words of a Float64Array so that an entity's state is one flat array.
 * Time and switch cost share a unit: milliseconds in the engine, samples in the experiment.
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
const SQRT_10 = 3.1623;
/** No price is below `patience` times this: ln(10), rounded down. */
export const LOWEST_PRICE = 2.3;

/** A finite reading kept where the arithmetic cannot overflow. */
export function bounded(x: number): number {
  return Math.max(-READING_LIMIT, Math.min(READING_LIMIT, x));
}

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

/** Votes that one reading is worth at a distance (in units of noise, sign ignored): 0.5 to 2. */
export function votesAt(distance: number): number {
  let a = Math.abs(distance);
  if (a > 1) a *= Math.sqrt(a);
  return Math.max(0.5, Math.min(2, a));
}

/** Votes that a flip costs. Meaningful once two readings at different instants are folded (`SEEN` ≥ 2). */
export function priceOf(nums: Float64Array, at: number, switchCost: number, patience: number): number {
  const cn = Math.max(switchCost / nums[at + GAP]!, 1);
  const h0 = Math.log(10 * cn * cn);
  const steps = Math.max(STEP_TO_SIGMA * nums[at + STEP_NOISE]!, NOISE_FLOOR);
  const wander = Math.min(Math.max(noiseOf(nums, at) / steps, 1), SQRT_10);
  return patience * Math.max(h0, Math.min(h0 * wander, cn));
}

/** A bank on one boundary by itself, as the experiment runs it. */
export interface Bank {
  readonly inside: boolean;
  readonly evidence: number;
  /** Folds a reading and returns the side after it. */
  observe(t: number, x: number): boolean;
}

/** Starts outside until the first reading places it. `switchCost` in the unit of `t`. */
export function createBank(threshold: number, switchCost: number, patience = 1): Bank {
  const nums = new Float64Array(STATISTIC_WORDS);
  let inside = false;
  let evidence = 0;
  return {
    get inside() {
      return inside;
    },
    get evidence() {
      return evidence;
    },
    observe(t, x) {
      const reading = bounded(x);
      if (nums[SEEN] === 0) inside = reading >= threshold;
      const weight = foldReading(nums, 0, t, reading, switchCost);
      if (weight === 0) return inside;
      const votes = votesAt((reading - threshold) / noiseOf(nums, 0));
      evidence = Math.max(0, evidence + weight * (reading >= threshold === inside ? -votes : votes));
      if (evidence >= priceOf(nums, 0, switchCost, patience)) {
        inside = !inside;
        evidence = 0;
      }
      return inside;
    },
  };
}
