import { columnsOf, rangeOf } from './columns.ts';
import type { Comparison } from './compare.ts';
import type { GivenSeries } from './read-series.ts';

const WIDTH = 72;
const HEIGHT = 14;
const LABEL = 10;

/**
 * The series as text: a bar from the lowest to the highest reading of each column, the boundary as a line, and below
 * where the default policy has the entity (`█` in, `·` out) and its moves (their number, `+` for ten or more).
 */
export function drawChart(given: GivenSeries, comparison: Comparison): string {
  const { boundary } = comparison;
  const columns = columnsOf(given, comparison, WIDTH);
  const { low, high } = rangeOf(given, boundary);
  const rowOf = (x: number) => Math.round(((high - x) / (high - low)) * (HEIGHT - 1));
  const label = (row: number) => {
    if (row === rowOf(boundary)) return sayValue(boundary);
    return row === 0 ? sayValue(high) : row === HEIGHT - 1 ? sayValue(low) : '';
  };
  const lines = Array.from({ length: HEIGHT }, (_, row) => {
    const cells = columns.map((column) => {
      const drawn =
        column.high !== undefined && row >= rowOf(column.high) && column.low !== undefined && row <= rowOf(column.low);
      return drawn ? '│' : row === rowOf(boundary) ? '─' : ' ';
    });
    return `${label(row).padStart(LABEL)} ${cells.join('')}`;
  });
  const sides = columns.map(({ inside }) => (inside ? '█' : '·')).join('');
  const moves = columns.map(({ moves }) => (moves === 0 ? ' ' : moves > 9 ? '+' : String(moves))).join('');
  const from = comparison.from.slice(0, 16);
  const to = comparison.to.slice(0, 16);
  return [
    ...lines,
    `${'in'.padStart(LABEL)} ${sides}`,
    `${'moves'.padStart(LABEL)} ${moves}`,
    `${' '.repeat(LABEL)} ${from}${' '.repeat(WIDTH - from.length - to.length)}${to}`,
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

function sayValue(x: number): string {
  return String(Number(x.toPrecision(5))).slice(0, LABEL);
}
