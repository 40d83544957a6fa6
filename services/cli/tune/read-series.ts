import { InputError } from '../inputs/input-error.ts';
import { readCsvRows } from '../replay/csv-rows.ts';

/** A series as an analyst hands it over, in the order of time, each instant once. */
export interface GivenSeries {
  /** Epoch ms. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** 1 inside, where the file has the column. */
  readonly truth: readonly number[] | undefined;
  /** Rows that repeated an instant (the last one counts), and rows that stood before an earlier one (put in order). */
  readonly repeated: number;
  readonly outOfOrder: number;
}

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const INSIDE = new Set(['1', 'true', 'in']);
const OUTSIDE = new Set(['0', 'false', 'out']);
const MOST_FAULTS = 10;

/**
 * Reads the columns `t` (ISO 8601; UTC where it names no offset), `x` (a number) and, if there is one, `truth` (1/0,
 * true/false or in/out) of a CSV file, plain or `.gz`. Other columns are ignored. Throws `DETENT_INPUT_ROWS` with every
 * bad row by its line, and `DETENT_INPUT_FILE` or `DETENT_INPUT_COLUMNS` as `readCsvRows` does.
 */
export async function readSeries(file: string): Promise<GivenSeries> {
  const rows: { t: number; x: number; truth: number }[] = [];
  const faults: string[] = [];
  let hasTruth = false;
  let outOfOrder = 0;
  let newest = -Infinity;
  for await (const { line, fields } of readCsvRows(file, ['t', 'x'])) {
    hasTruth = 'truth' in fields;
    const t = readInstant(fields['t'] ?? '');
    const x = readNumber(fields['x'] ?? '');
    const truth = hasTruth ? readSide(fields['truth'] ?? '') : 0;
    const say = (what: string) => faults.push(`line ${line}: ${what}`);
    if (t === undefined) say(`t is "${fields['t']}"; write an instant in ISO 8601, such as 2026-03-02T08:30:00Z`);
    if (x === undefined) say(`x is "${fields['x']}"; write a number, or leave the row out where nothing was read`);
    if (truth === undefined) say(`truth is "${fields['truth']}"; write 1 (in) or 0 (out)`);
    if (t === undefined || x === undefined || truth === undefined) continue;
    if (t < newest) outOfOrder++;
    newest = Math.max(newest, t);
    rows.push({ t, x, truth });
  }
  if (faults.length > 0) {
    const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
    throw new InputError('DETENT_INPUT_ROWS', [`${file}:`, ...faults.slice(0, MOST_FAULTS), ...more].join('\n  '));
  }
  // Sorting is stable, so of an instant's rows the last of the file is the last here.
  rows.sort((a, b) => a.t - b.t);
  const kept = rows.filter((row, i) => row.t !== rows[i + 1]?.t);
  if (kept.length < 2) {
    throw new InputError('DETENT_INPUT_ROWS', `${file}: ${kept.length} instants; at least two are needed`);
  }
  return {
    times: kept.map(({ t }) => t),
    values: kept.map(({ x }) => x),
    truth: hasTruth ? kept.map(({ truth }) => truth) : undefined,
    repeated: rows.length - kept.length,
    outOfOrder,
  };
}

function readInstant(text: string): number | undefined {
  const trimmed = text.trim();
  const match = ISO.exec(trimmed);
  if (match === null) return undefined;
  const zoned = match[4] !== undefined || match[1] === undefined ? trimmed : `${trimmed}Z`;
  const t = Date.parse(zoned.replace(' ', 'T'));
  // Date.parse takes the 30th of February for the 2nd of March.
  const day = Date.parse(`${trimmed.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(t) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== trimmed.slice(0, 10)) {
    return undefined;
  }
  return t;
}

function readNumber(text: string): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function readSide(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (INSIDE.has(word)) return 1;
  return OUTSIDE.has(word) ? 0 : undefined;
}
