import { createBank } from '../bank.ts';
import type { Policy } from './score.ts';

/** Follows every reading. */
export function naive(threshold: number): Policy {
  return (_t, x) => x >= threshold;
}

/** Switches once all readings of the last `duration` were on the other side. */
export function dwell(threshold: number, duration: number): Policy {
  let inside: boolean | undefined;
  let otherSince: number | undefined;
  return (t, x) => {
    const side = x >= threshold;
    inside ??= side;
    if (side === inside) otherSince = undefined;
    else {
      otherSince ??= t;
      if (t - otherSince >= duration) {
        inside = side;
        otherSince = undefined;
      }
    }
    return inside;
  };
}

/** Enters above the threshold and leaves below it, each by `width` deviations of the noise seen so far. */
export function band(threshold: number, width: number): Policy {
  let inside: boolean | undefined;
  let lastX = 0;
  let steps = 0;
  let n = 0;
  return (_t, x) => {
    if (inside === undefined) inside = x >= threshold;
    else {
      n++;
      // The mean step between readings, scaled to the deviation of the noise as the bank does it.
      steps += (Math.abs(x - lastX) - steps) / Math.min(n, 200);
      const half = width * 0.886227 * steps;
      inside = inside ? x >= threshold - half : x >= threshold + half;
    }
    lastX = x;
    return inside;
  };
}

/** The evidence bank as shipped. */
export function bank(threshold: number, switchCost: number, patience = 1): Policy {
  const { observe } = createBank(threshold, switchCost, patience);
  return observe;
}
