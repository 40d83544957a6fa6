import { columnsOf, rangeOf } from './columns.ts';
import type { Comparison } from './compare.ts';
import type { GivenSeries } from './read-series.ts';

const WIDTH = 1000;
const HEIGHT = 320;
const LEFT = 70;
const TOP = 20;
const BOTTOM = 40;
/** One column per pixel: more readings than that would not be seen. */
const COLUMNS = WIDTH - LEFT;

/** The series as an SVG file: its readings, the boundary, and shaded the times that the default policy is in. */
export function drawSvg(given: GivenSeries, comparison: Comparison): string {
  const { boundary, default: chosen } = comparison;
  const { low, high } = rangeOf(given, boundary);
  const start = given.times[0]!;
  const end = given.times.at(-1)!;
  const xOf = (t: number) => LEFT + ((t - start) / (end - start)) * COLUMNS;
  const yOf = (x: number) => TOP + ((high - x) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const columns = columnsOf(given, comparison, COLUMNS);
  const path = columns
    .flatMap((column, i) => {
      if (column.low === undefined || column.high === undefined) return [];
      return [`${i + LEFT + 0.5},${fixed(yOf(column.high))} ${i + LEFT + 0.5},${fixed(yOf(column.low))}`];
    })
    .join(' ');
  const moves = chosen.transitions.map(({ at, in: inside }) => ({ t: Date.parse(at), inside }));
  const edges = [{ t: start, inside: chosen.initial }, ...moves];
  const shades = edges.flatMap(({ t, inside }, i) => {
    if (!inside) return [];
    const to = edges[i + 1]?.t ?? end;
    const width = fixed(xOf(to) - xOf(t));
    return [
      `<rect x="${fixed(xOf(t))}" y="${TOP}" width="${width}" height="${HEIGHT - TOP - BOTTOM}" fill="#f6c90e" fill-opacity="0.3"/>`,
    ];
  });
  const marks = moves.map(
    ({ t, inside }) =>
      `<line x1="${fixed(xOf(t))}" y1="${TOP}" x2="${fixed(xOf(t))}" y2="${HEIGHT - BOTTOM}" stroke="#b35900"><title>${inside ? 'in' : 'out'} ${new Date(t).toISOString()}</title></line>`,
  );
  const text = (x: number, y: number, anchor: string, said: string) =>
    `<text x="${x}" y="${fixed(y)}" text-anchor="${anchor}">${said}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + 10} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH + 10}" height="${HEIGHT}" fill="white"/>`,
    ...shades,
    `<polyline points="${path}" fill="none" stroke="#1f5fa8"/>`,
    `<line x1="${LEFT}" y1="${fixed(yOf(boundary))}" x2="${WIDTH}" y2="${fixed(yOf(boundary))}" stroke="#c0392b" stroke-dasharray="4 3"/>`,
    ...marks,
    text(LEFT - 6, yOf(boundary) + 4, 'end', String(boundary)),
    text(LEFT - 6, TOP + 4, 'end', String(Number(high.toPrecision(5)))),
    text(LEFT - 6, HEIGHT - BOTTOM, 'end', String(Number(low.toPrecision(5)))),
    text(LEFT, HEIGHT - 14, 'start', comparison.from),
    text(WIDTH, HEIGHT - 14, 'end', comparison.to),
    '</svg>',
    '',
  ].join('\n');
}

function fixed(x: number): string {
  return x.toFixed(1);
}
