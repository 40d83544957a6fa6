import type { NumberOf } from './compile.ts';
import type { Slope } from './slope.ts';

const HOUR_MS = 3_600_000;
/** How often something is looked at whose course in time is not made of straight lines. */
const LOOK_MS = 60_000;
/** Rounding moves a crossing by far less than a millisecond; this many around it are tried. */
const AROUND = 3;
/** Straight pieces that are followed at a time. */
const MOST_PIECES = 100;

/**
 * The first whole millisecond after `now` at which time alone makes the comparison come out otherwise; Infinity for
 * never. `difference` is left − right, `slope` its change per hour as from an instant, `nextBend` when the slope may next
 * change (a calendar opens or closes); after a hundred bends it is the instant of the last of them, to look again.
 */
export function nextFlip<S>(
  holds: NumberOf<S>,
  difference: NumberOf<S> | undefined,
  slope: Slope<S>,
  nextBend?: (now: number) => number,
): NumberOf<S> | undefined {
  if (slope === 0) return undefined;
  if (slope === undefined || difference === undefined) return (_, now) => (Math.floor(now / LOOK_MS) + 1) * LOOK_MS;
  /** `known`: how it holds before, where that has been found out already. */
  const along = (s: S, from: number, until: number, known?: number): number => {
    const distance = difference(s, from);
    const perHour = slope(s, from);
    if (!(Math.abs(perHour) > 0) || Number.isNaN(distance)) return Infinity;
    const crossing = from - (distance / perHour) * HOUR_MS;
    if (!(crossing > from - AROUND)) return Infinity;
    const before = known ?? holds(s, from);
    const first = Math.max(from + 1, Math.floor(crossing) - AROUND);
    const last = Math.min(crossing + AROUND + 1, until);
    for (let t = first; t <= last; t++) if (holds(s, t) !== before) return t;
    return Infinity;
  };
  if (nextBend === undefined) return (s, now) => along(s, now, Infinity);
  return (s, now) => {
    const before = holds(s, now);
    if (Number.isNaN(difference(s, now))) return Infinity;
    let from = now;
    for (let piece = 0; piece < MOST_PIECES; piece++) {
      const until = nextBend(from);
      const flip = along(s, from, until, before);
      if (flip < Infinity || until === Infinity) return flip;
      if (holds(s, until) !== before) return until;
      from = until;
    }
    return from;
  };
}
