import type { NumberOf } from './compile.ts';
import type { Slope } from './slope.ts';

const HOUR_MS = 3_600_000;
/** How often something is looked at whose course in time is not a straight line. */
const LOOK_MS = 60_000;
/** Rounding moves a crossing by far less than a millisecond; this many around it are tried. */
const AROUND = 3;

/**
 * The first whole millisecond after `now` at which time alone makes the comparison come out otherwise; Infinity for
 * never. `difference` is left − right, `slope` its change per hour.
 */
export function nextFlip<S>(
  holds: NumberOf<S>,
  difference: NumberOf<S> | undefined,
  slope: Slope<S>,
): NumberOf<S> | undefined {
  if (slope === 0) return undefined;
  if (slope === undefined || difference === undefined) return (_, now) => (Math.floor(now / LOOK_MS) + 1) * LOOK_MS;
  return (s, now) => {
    const distance = difference(s, now);
    const perHour = slope(s, now);
    if (!(Math.abs(perHour) > 0) || Number.isNaN(distance)) return Infinity;
    const crossing = now - (distance / perHour) * HOUR_MS;
    if (!(crossing > now - AROUND)) return Infinity;
    const before = holds(s, now);
    const first = Math.max(now + 1, Math.floor(crossing) - AROUND);
    for (let t = first; t <= crossing + AROUND + 1; t++) if (holds(s, t) !== before) return t;
    return Infinity;
  };
}
