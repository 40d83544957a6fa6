import { DateTime, IANAZone } from 'luxon';
import { LocalTime } from '../local-time.ts';
import type { Leaf } from './leaf.ts';
import { toFieldUnit } from './units.ts';

/** How a field is filled: from a column or with a constant. */
export interface FieldSpec {
  column?: string;
  constant?: unknown;
  /** Where the cell is empty. */
  default?: unknown;
  /** luxon's format of a time; without it, ISO 8601. */
  format?: string;
  timezone?: string;
  /** UCUM unit that the column is in; without it, the field's own. */
  unit?: string;
  /** Decimal sign; a comma makes the point a thousands' mark, and the other way round. */
  decimal?: string;
}

/** A row's value for a field; undefined leaves the field out. A fault names the column, the text and what it should be. */
export type Cell = { ok: true; value: unknown } | { ok: false; fault: string };
export type CellReader = (fields: Readonly<Record<string, string>>) => Cell;

type Parse = (text: string) => unknown;

const TRUE = new Set(['true', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'no', 'n', '0']);

/** The reader of a field, or what is wrong with how it is to be filled. */
export function createCellReader(
  field: string,
  leaf: Leaf,
  spec: FieldSpec & { timezone: string },
): { ok: true; read: CellReader } | { ok: false; message: string } {
  const parser = createParser(field, leaf, spec);
  if (!parser.ok) return parser;
  const { parse } = parser;
  const fixed = (name: string, given: unknown): { ok: true; value: unknown } | { ok: false; message: string } => {
    const value = parse(String(given));
    if (value !== undefined) return { ok: true, value };
    return { ok: false, message: `"${name}" ${JSON.stringify(given)} is not ${describe(leaf, spec)}` };
  };
  if (spec.constant !== undefined) {
    const constant = fixed('constant', spec.constant);
    return constant.ok ? { ok: true, read: () => constant } : constant;
  }
  const fallback = spec.default === undefined ? undefined : fixed('default', spec.default);
  if (fallback?.ok === false) return fallback;
  const column = String(spec.column);
  return {
    ok: true,
    read: (fields) => {
      const text = (fields[column] ?? '').trim();
      if (text === '') {
        if (fallback !== undefined) return fallback;
        if (leaf.isOptional) return { ok: true, value: undefined };
        return { ok: false, fault: `column "${column}" is empty and ${field} is needed` };
      }
      const value = parse(text);
      if (value !== undefined) return { ok: true, value };
      return { ok: false, fault: `column "${column}" is not ${describe(leaf, spec)}` };
    },
  };
}

function createParser(
  field: string,
  { type }: Leaf,
  spec: FieldSpec & { timezone: string },
): { ok: true; parse: Parse } | { ok: false; message: string } {
  if (type !== 'timestamp' && spec.format !== undefined) return { ok: false, message: '"format" is for times only' };
  if (type !== 'number' && spec.unit !== undefined) return { ok: false, message: '"unit" is for numbers only' };
  if (typeof type === 'object') return { ok: true, parse: (text) => (type.symbols.includes(text) ? text : undefined) };
  if (type === 'string') return { ok: true, parse: (text) => text };
  if (type === 'boolean') return { ok: true, parse: toBoolean };
  if (type === 'timestamp') return timeParser(spec);
  const decimal = spec.decimal ?? '.';
  if (decimal !== '.' && decimal !== ',') return { ok: false, message: '"decimal" is "." or ","' };
  const toNumber: Parse = (text) => {
    const plain = decimal === ',' ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '');
    const value = plain === '' ? Number.NaN : Number(plain);
    return Number.isFinite(value) && (type === 'number' || Number.isInteger(value)) ? value : undefined;
  };
  if (spec.unit === undefined) return { ok: true, parse: toNumber };
  const unit = toFieldUnit(field, spec.unit);
  if (!unit.ok) {
    const known = unit.known.length > 0 ? `it can be ${unit.known.join(', ')}` : 'the field has no unit in its name';
    return { ok: false, message: `unit "${spec.unit}" does not fit ${field}: ${known}` };
  }
  const { convert } = unit;
  return {
    ok: true,
    parse: (text) => {
      const value = toNumber(text);
      return typeof value === 'number' ? convert(value) : undefined;
    },
  };
}

function timeParser({
  format,
  timezone,
}: FieldSpec & { timezone: string }): { ok: true; parse: Parse } | { ok: false; message: string } {
  if (!IANAZone.isValidZone(timezone))
    return { ok: false, message: `no time zone "${timezone}": give an IANA name such as Europe/Madrid` };
  if (format !== undefined) {
    const times = new LocalTime(format, timezone);
    return { ok: true, parse: (text) => times.parse(text) };
  }
  return {
    ok: true,
    parse: (text) => {
      const time = DateTime.fromISO(text, { zone: timezone });
      if (!time.isValid) return undefined;
      return (/^\d{4}-\d{2}-\d{2}$/.test(text) ? time.endOf('day') : time).toMillis();
    },
  };
}

function toBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return TRUE.has(lower) ? true : FALSE.has(lower) ? false : undefined;
}

function describe({ type }: Leaf, { format }: FieldSpec): string {
  if (typeof type === 'object') return `one of ${type.symbols.join(', ')}`;
  if (type === 'timestamp') return format === undefined ? 'a time by ISO 8601' : `a time as ${format}`;
  return { string: 'text', number: 'a number', whole: 'a whole number', boolean: 'true or false' }[type];
}
