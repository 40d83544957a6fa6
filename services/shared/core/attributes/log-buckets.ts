/**
 * Buckets of values that grow with the value, so that whatever lies in one is told by its middle within a fixed share of
 * the value (C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
 * guarantees", PVLDB 12(12), 2019). Level 0 is the finest; on each further level two buckets become one (I. Epicoco et
 * al., "UDDSketch: accurate tracking of quantiles in data streams", IEEE Access 8, 2020).
 *
 * Buckets are whole numbers in the order of the values: negative below 0, 0 for what is nearly nothing.
 */
const FINEST_ERROR = 0.01;
const LOG_GAMMA = Math.log((1 + FINEST_ERROR) / (1 - FINEST_ERROR));
/** Smaller than this, in either direction, is 0. */
const LEAST = 1e-9;
/** Numbers the finest buckets from 1 on; a power of two, so that the levels fit into each other. */
const FIRST = 65_536;
/** On this level there are no more than five buckets of positive values. */
export const COARSEST = 15;

/** The bucket of a value on a level. NaN for NaN. */
export function bucketOf(value: number, level: number): number {
  if (value < 0) return -bucketOf(-value, level);
  if (value < LEAST) return 0;
  return Math.ceil((Math.ceil(Math.log(value) / LOG_GAMMA) + FIRST) / 2 ** level);
}

/** The bucket, on a coarser level, that holds this one of a finer level. */
export function coarser(bucket: number, levels: number): number {
  return bucket < 0 ? -Math.ceil(-bucket / 2 ** levels) : Math.ceil(bucket / 2 ** levels);
}

/** The value that stands for all of a bucket: wrong by `errorOf(level)` of the true one at most. */
export function middleOf(bucket: number, level: number): number {
  if (bucket === 0) return 0;
  if (bucket < 0) return -middleOf(-bucket, level);
  const logGamma = LOG_GAMMA * 2 ** level;
  return 2 * Math.exp((bucket - FIRST / 2 ** level) * logGamma - Math.log1p(Math.exp(logGamma)));
}

/** How far a bucket's middle may be from the values in it, as a share of the value. */
export function errorOf(level: number): number {
  return Math.tanh((LOG_GAMMA * 2 ** level) / 2);
}
