/** Numbers from `low` to `high`; an open end is itself outside. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly openLow: boolean;
  readonly openHigh: boolean;
}

export const ALL: Interval = { low: -Infinity, high: Infinity, openLow: true, openHigh: true };

/** Closed at both ends; infinite ones are open. */
export function between(low: number, high: number): Interval {
  return { low, high, openLow: low === -Infinity, openHigh: high === Infinity };
}

export function isEmpty({ low, high, openLow, openHigh }: Interval): boolean {
  return low > high || (low === high && (openLow || openHigh));
}

export function intersect(a: Interval, b: Interval): Interval {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return {
    low,
    high,
    openLow: (a.low === low && a.openLow) || (b.low === low && b.openLow),
    openHigh: (a.high === high && a.openHigh) || (b.high === high && b.openHigh),
  };
}

/** True when every number of `inner` is one of `outer`. */
export function isWithin(inner: Interval, outer: Interval): boolean {
  if (isEmpty(inner)) return true;
  const low = inner.low > outer.low || (inner.low === outer.low && (inner.openLow || !outer.openLow));
  const high = inner.high < outer.high || (inner.high === outer.high && (inner.openHigh || !outer.openHigh));
  return low && high;
}

/** The smallest interval that holds both. */
export function hull(a: Interval, b: Interval): Interval {
  const low = Math.min(a.low, b.low);
  const high = Math.max(a.high, b.high);
  return {
    low,
    high,
    openLow: !((a.low === low && !a.openLow) || (b.low === low && !b.openLow)),
    openHigh: !((a.high === high && !a.openHigh) || (b.high === high && !b.openHigh)),
  };
}

/** What is left of `of` without these, in order. */
export function without(of: Interval, covered: readonly Interval[]): Interval[] {
  let rest = [of];
  for (const { low, high, openLow, openHigh } of covered) {
    rest = rest.flatMap((piece) => [
      intersect(piece, { low: -Infinity, high: low, openLow: true, openHigh: !openLow }),
      intersect(piece, { low: high, high: Infinity, openLow: !openHigh, openHigh: true }),
    ]);
    rest = rest.filter((piece) => !isEmpty(piece));
  }
  return rest.sort((a, b) => a.low - b.low);
}

/** The results of `a op b`, loosely: ends count as closed where they are finite. */
export function calculate(op: '+' | '-' | '*' | '/', a: Interval, b: Interval): Interval {
  if (op === '+') return between(a.low + b.low, a.high + b.high);
  if (op === '-') return between(a.low - b.high, a.high - b.low);
  if (op === '/' && b.low <= 0 && b.high >= 0) {
    // The divisor is never 0 (that is missing), but may come near: only the sign of the result is known.
    if (b.low >= 0 && a.low >= 0) return between(0, Infinity);
    return ALL;
  }
  const ends = [a.low, a.high].flatMap((x) =>
    [b.low, b.high].map((y) => (op === '*' ? product(x, y) : quotient(x, y))),
  );
  return between(Math.min(...ends), Math.max(...ends));
}

const product = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y);
const quotient = (x: number, y: number) => (Number.isFinite(x) || Number.isFinite(y) ? x / y : 0);

/** For people: `8 to 10`, `above 3`. */
export function sayInterval({ low, high, openLow, openHigh }: Interval): string {
  if (low === high) return String(low);
  if (low === -Infinity) return `${openHigh ? 'below' : 'at most'} ${high}`;
  if (high === Infinity) return `${openLow ? 'above' : 'at least'} ${low}`;
  return `${low} to ${high}`;
}
