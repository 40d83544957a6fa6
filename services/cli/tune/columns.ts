import type { Comparison } from './compare.ts';
import type { GivenSeries } from './read-series.ts';

/** What falls into one column of a drawing. */
export interface Column {
  /** Undefined where nothing was read. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Where the entity stood at its end, and how often it moved within. */
  readonly inside: boolean;
  readonly moves: number;
}

/** Cuts a series into columns of equal time. */
export function columnsOf(given: GivenSeries, { default: chosen }: Comparison, count: number): Column[] {
  const { times, values } = given;
  const start = times[0]!;
  const width = (times.at(-1)! - start) / count;
  const columnAt = (t: number) => Math.min(count - 1, Math.floor((t - start) / width));
  const columns = Array.from({ length: count }, () => ({
    low: undefined as number | undefined,
    high: undefined as number | undefined,
    inside: chosen.initial,
    moves: 0,
  }));
  times.forEach((t, i) => {
    const column = columns[columnAt(t)]!;
    const x = values[i]!;
    column.low = column.low === undefined ? x : Math.min(column.low, x);
    column.high = column.high === undefined ? x : Math.max(column.high, x);
  });
  for (const { at, in: inside } of chosen.transitions) {
    const first = columnAt(Date.parse(at));
    columns[first]!.moves++;
    for (let i = first; i < count; i++) columns[i]!.inside = inside;
  }
  return columns;
}

/** The lowest and highest value to draw: all readings and the boundary, never of no height. */
export function rangeOf(given: GivenSeries, boundary: number): { low: number; high: number } {
  let low = boundary;
  let high = boundary;
  for (const x of given.values) {
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  return high > low ? { low, high } : { low: low - 1, high: high + 1 };
}
