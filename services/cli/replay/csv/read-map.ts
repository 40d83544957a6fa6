import { readFileSync } from 'node:fs';
import { schemas } from '@detent/schemas';
import { IANAZone } from 'luxon';
import { LineCounter, parseDocument } from 'yaml';
import { InputError } from '../../inputs/input-error.ts';
import { isSourceName, type SourceName } from '../../inputs/source-event.ts';
import { type CellReader, createCellReader, type FieldSpec } from './cell.ts';
import { type FieldPath, leafAt, missingPaths, parsePath } from './leaf.ts';

/** One kind of record that rows are made into. */
export interface RecordPlan {
  record: SourceName;
  /** Columns whose equal values make rows one record; empty: each row is one. */
  groupBy: readonly string[];
  /** Rows count only where this column has this value. */
  where: { column: string; is: string } | undefined;
  fields: readonly { path: FieldPath; read: CellReader }[];
}

export interface CsvMap {
  /** Event ids begin with it. */
  source: string;
  delimiter: string;
  /** All columns that the map names. */
  columns: readonly string[];
  records: readonly RecordPlan[];
}

type Fail = (path: readonly (string | number)[], message: string) => void;

/**
 * Reads a column map. Throws `DETENT_INPUT_MAP` with every fault, each with file, line and column: an unknown record or
 * field, a field that the record needs and the map has not, a unit that does not fit, a zone that does not exist.
 */
export function readCsvMap(file: string): CsvMap {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const faults: string[] = document.errors.map(
    (error) => `${file}:${error.linePos?.[0].line}:${error.linePos?.[0].col}: ${error.message}`,
  );
  const fail: Fail = (path, message) => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
    const { line, col } = lines.linePos(range?.[0] ?? 0);
    faults.push(`${file}:${line}:${col}: ${message}`);
  };
  const map = faults.length === 0 ? toMap(document.toJS(), fail) : undefined;
  if (map === undefined || faults.length > 0) throw new InputError('DETENT_INPUT_MAP', faults.join('\n'));
  return map;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError('DETENT_INPUT_MAP', `${file}: cannot be read; give the path of the column map`, {
      cause: error,
    });
  }
}

function toMap(value: unknown, fail: Fail): CsvMap | undefined {
  if (!isObject(value)) {
    fail([], 'a map with "source" and "records" is expected');
    return undefined;
  }
  onlyKeys(value, ['source', 'timezone', 'delimiter', 'records'], [], fail);
  const { source, timezone = 'UTC', delimiter = ',', records } = value;
  if (typeof source !== 'string' || source === '') fail(['source'], '"source" is needed: event ids begin with it');
  if (typeof delimiter !== 'string' || delimiter.length !== 1) fail(['delimiter'], '"delimiter" is one character');
  if (typeof timezone !== 'string' || !IANAZone.isValidZone(timezone))
    fail(['timezone'], `no time zone ${JSON.stringify(timezone)}: give an IANA name such as Europe/Madrid`);
  if (!Array.isArray(records) || records.length === 0) {
    fail(['records'], '"records" is a list of what rows become');
    return undefined;
  }
  const columns = new Set<string>();
  const plans = records.map((record, index) => toPlan(record, ['records', index], String(timezone), columns, fail));
  return {
    source: String(source),
    delimiter: String(delimiter),
    columns: [...columns],
    records: plans.filter((plan) => plan !== undefined),
  };
}

function toPlan(
  value: unknown,
  at: (string | number)[],
  timezone: string,
  columns: Set<string>,
  fail: Fail,
): RecordPlan | undefined {
  if (!isObject(value) || typeof value['record'] !== 'string' || !isSourceName(value['record'])) {
    fail([...at, 'record'], '"record" is the full name of a source record, such as detent.orders.OrderPlaced');
    return undefined;
  }
  onlyKeys(value, ['record', 'groupBy', 'where', 'fields'], at, fail);
  const { record, groupBy = [], where, fields } = value;
  const groups = (Array.isArray(groupBy) ? groupBy : [groupBy]).map(String);
  for (const column of groups) columns.add(column);
  if (!isObject(fields)) {
    fail([...at, 'fields'], '"fields" says which column each field of the record is from');
    return undefined;
  }
  const plans = Object.entries(fields).flatMap(([text, spec]) => {
    const field = toField(record, text, spec, {
      at: [...at, 'fields', text],
      timezone,
      hasGroups: groups.length > 0,
      fail,
    });
    if (field?.column !== undefined) columns.add(field.column);
    return field === undefined ? [] : [field];
  });
  const names = Object.keys(fields);
  const isGiven = (path: string) => path === 'eventId' || names.includes(path);
  const missing = missingPaths(schemas[record], isGiven, (prefix) => names.some((name) => name.startsWith(prefix)));
  if (missing.length > 0) fail([...at, 'fields'], `${record} also needs ${missing.join(', ')}`);
  return { record, groupBy: groups, where: toWhere(where, [...at, 'where'], columns, fail), fields: plans };
}

function toField(
  record: SourceName,
  text: string,
  value: unknown,
  context: { at: (string | number)[]; timezone: string; hasGroups: boolean; fail: Fail },
): { path: FieldPath; read: CellReader; column: string | undefined } | undefined {
  const { at, timezone, hasGroups, fail } = context;
  const path = parsePath(text);
  const leaf = path && leafAt(schemas[record], path);
  if (path === undefined || leaf === undefined) {
    fail(at, `${record} has no field "${text}" that takes a single value`);
    return undefined;
  }
  if (path.list !== undefined && !hasGroups) {
    fail(at, `"${text}" is a list: say by "groupBy" which rows belong together`);
    return undefined;
  }
  const spec: FieldSpec | undefined =
    typeof value === 'string' ? { column: value } : isObject(value) ? value : undefined;
  if (spec === undefined || (spec.column === undefined) === (spec.constant === undefined)) {
    fail(at, `"${text}" is a column's name, or has "column" or "constant"`);
    return undefined;
  }
  onlyKeys(
    spec as Record<string, unknown>,
    ['column', 'constant', 'default', 'format', 'timezone', 'unit', 'decimal'],
    at,
    fail,
  );
  const reader = createCellReader(text, leaf, { timezone, ...spec });
  if (!reader.ok) {
    fail(at, reader.message);
    return undefined;
  }
  return { path, read: reader.read, column: spec.column };
}

function toWhere(value: unknown, at: (string | number)[], columns: Set<string>, fail: Fail): RecordPlan['where'] {
  if (value === undefined) return undefined;
  if (!isObject(value) || typeof value['column'] !== 'string' || value['is'] === undefined) {
    fail(at, '"where" has "column" and "is"');
    return undefined;
  }
  columns.add(value['column']);
  return { column: value['column'], is: String(value['is']) };
}

function onlyKeys(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  at: (string | number)[],
  fail: Fail,
): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) fail([...at, key], `"${key}" is not known here; there are ${known.join(', ')}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
