import { createBoundary } from '../boundary.ts';
import { foldReading, noiseOf, SEEN, STATISTIC_WORDS } from '../statistics.ts';
import { bank } from './bank.ts';
import type { Policy } from './score.ts';

/** Makes a policy for a threshold and a price of a move. Times in units of the usual gap between two readings. */
export type PolicyMaker = (threshold: number, switchCost: number) => Policy;

/** One setting for every series. What is a time is a share of the price, so that no policy is blind to it. */
const DWELL = 0.3;
const COUNTER = 0.5;
const BAND = 2.5;

/** Follows every reading. */
export const naive: PolicyMaker = (threshold) => (_t, x) => x >= threshold;

/** Switches once all readings of the last `duration` were on the other side. */
export function dwell(threshold: number, duration: number): Policy {
  return sustained((x) => x >= threshold, duration);
}

/** Enters above the threshold and leaves below it, each by `width` deviations of the noise from reading to reading. */
export function band(threshold: number, width: number): Policy {
  let inside: boolean | undefined;
  const noise = stepNoise();
  return (_t, x) => {
    const half = width * noise(x);
    inside = inside === undefined ? x >= threshold : x >= (inside ? threshold - half : threshold + half);
    return inside;
  };
}

/** A band of which the readings must stay out for a while. */
const bandAndDwell: PolicyMaker = (threshold, switchCost) => {
  const noise = stepNoise();
  let inside = false;
  let half = 0;
  const policy = sustained((x) => x >= (inside ? threshold - half : threshold + half), 0.2 * switchCost);
  let first = true;
  return (t, x) => {
    const width = noise(x);
    if (!first) half = 0.25 * width;
    first = false;
    inside = policy(t, x);
    return inside;
  };
};

/** A band on an average over half the price of a move. */
const bandAndAverage: PolicyMaker = (threshold, switchCost) => {
  const noise = stepNoise();
  let average: number | undefined;
  let lastT = 0;
  let inside: boolean | undefined;
  return (t, x) => {
    const half = 0.35 * noise(x);
    average = average === undefined ? x : average + (1 - Math.exp((2 * (lastT - t)) / switchCost)) * (x - average);
    lastT = t;
    inside = inside === undefined ? x >= threshold : average >= (inside ? threshold - half : threshold + half);
    return inside;
  };
};

/** Route flap damping (RFC 2439): each flip adds a penalty that decays; while it is too high nothing moves. */
const damping: PolicyMaker = (threshold, switchCost) => {
  let inside: boolean | undefined;
  let side = false;
  let penalty = 0;
  let suppressed = false;
  let lastT = 0;
  return (t, x) => {
    penalty *= 2 ** ((lastT - t) / switchCost);
    lastT = t;
    const before = side;
    side = x >= threshold;
    if (inside === undefined) inside = side;
    else if (side !== before) penalty = Math.min(penalty + 1, 4);
    if (penalty >= 1) suppressed = true;
    else if (penalty < 0.75) suppressed = false;
    if (!suppressed) inside = side;
    return inside;
  };
};

/** Counts readings for and against, by the time that they stand for; a full counter moves (Page's test on signs). */
const counter: PolicyMaker = (threshold, switchCost) => {
  let inside: boolean | undefined;
  let count = 0;
  let lastT = 0;
  return (t, x) => {
    const side = x >= threshold;
    const elapsed = Math.min(t - lastT, 10);
    lastT = t;
    if (inside === undefined) inside = side;
    else count = Math.max(0, count + (side === inside ? -elapsed : elapsed));
    if (count >= COUNTER * switchCost) {
      inside = !inside;
      count = 0;
    }
    return inside;
  };
};

/** Two-sided CUSUM (Page 1954): sums distances in units of noise, each of 2 at most, up to the log odds of the bank. */
const cusum: PolicyMaker = (threshold, switchCost) => {
  const nums = new Float64Array(STATISTIC_WORDS);
  let inside = false;
  let sum = 0;
  return (t, x) => {
    if (nums[SEEN] === 0) inside = x >= threshold;
    const weight = foldReading(nums, 0, t, x, switchCost);
    if (weight === 0) return inside;
    const distance = Math.max(-2, Math.min(2, (x - threshold) / noiseOf(nums, 0)));
    sum = Math.max(0, sum + weight * (inside ? -distance : distance));
    if (sum >= Math.log(10 * switchCost * switchCost)) {
      inside = !inside;
      sum = 0;
    }
    return inside;
  };
};

/** What the engine does: votes against a price that is learned. */
const ladder: PolicyMaker = (threshold, switchCost) => createBoundary(threshold, switchCost).observe;

/** Every policy by name, the default last. */
export const policies: Readonly<Record<string, PolicyMaker>> = {
  naive,
  damping,
  band: (threshold) => band(threshold, BAND),
  'band+dwell': bandAndDwell,
  dwell: (threshold, switchCost) => dwell(threshold, DWELL * switchCost),
  'band+ewma': bandAndAverage,
  counter,
  cusum,
  bank,
  ladder,
};

/** Moves once `sideOf` has said the other side for `duration` without a break. */
function sustained(sideOf: (x: number) => boolean, duration: number): Policy {
  let inside: boolean | undefined;
  let since: number | undefined;
  return (t, x) => {
    const side = sideOf(x);
    inside ??= side;
    if (side === inside) since = undefined;
    else {
      since ??= t;
      if (t - since >= duration) {
        inside = side;
        since = undefined;
      }
    }
    return inside;
  };
}

/** The mean step between readings so far, scaled to the deviation of white noise. */
function stepNoise(): (x: number) => number {
  let lastX: number | undefined;
  let steps = 0;
  let n = 0;
  return (x) => {
    if (lastX !== undefined) steps += (Math.abs(x - lastX) - steps) / Math.min(++n, 200);
    lastX = x;
    return 0.886227 * steps;
  };
}
