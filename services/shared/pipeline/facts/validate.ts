import type { AvroRecord, AvroSchema } from '@detent/schemas';
import {
  EARLIEST_MS,
  isWithin,
  LATEST_MS,
  MAX_ACTION_ID,
  MAX_ENTRIES,
  MAX_ID,
  MAX_TEXT,
  orderedPairs,
  type Range,
  ranges,
  rangeText,
} from './rules.ts';

/** What is wrong with a value, and where in its record. */
export interface Fault {
  code: 'IMPOSSIBLE_VALUE' | 'EMPTY_ID';
  /** Path: `lines[2].quantity`. */
  field: string;
  value: unknown;
  /** What it must be. */
  rule: string;
}

/** The first fault of a value, or undefined when there is none. */
export type Check = (value: unknown) => Fault | undefined;

const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'float', 'double']);
const DATES = 'an instant from 2000 to 2099, in epoch milliseconds';

/** Compiles a schema to a check of its values against the rules: numbers by name, instants by type, ids by their ending. */
export function compileCheck(schema: AvroRecord): Check {
  return recordCheck(schema, new Map()) ?? (() => undefined);
}

type Named = Map<string, Check | undefined>;

function recordCheck(schema: AvroRecord, named: Named): Check | undefined {
  const fields: { name: string; check: Check }[] = [];
  for (const { name, type } of schema.fields) {
    const check = checkOf(type, schema.name, name, named);
    if (check !== undefined) fields.push({ name, check });
  }
  const has = new Set(schema.fields.map((field) => field.name));
  const pairs = orderedPairs.filter(([first, second]) => has.has(first) && has.has(second));
  const check: Check | undefined =
    fields.length === 0
      ? undefined
      : (record) => {
          const values = record as Readonly<Record<string, unknown>>;
          for (const field of fields) {
            const fault = field.check(values[field.name]);
            if (fault !== undefined) return within(field.name, fault);
          }
          for (const [first, second] of pairs) {
            const [a, b] = [values[first], values[second]];
            if (typeof a === 'number' && typeof b === 'number' && a > b)
              return { code: 'IMPOSSIBLE_VALUE', field: first, value: a, rule: `at most ${second}, which is ${b}` };
          }
          return undefined;
        };
  named.set(schema.name, check);
  return check;
}

function checkOf(schema: AvroSchema, owner: string, name: string, named: Named): Check | undefined {
  if (typeof schema === 'string') {
    if (NUMBERS.has(schema)) return numberCheck(ranges[`${owner}.${name}`] ?? ranges[name] ?? {});
    if (schema === 'string') return name === 'actionId' ? actionIdCheck : /Ids?$/.test(name) ? idCheck : textCheck;
    return named.get(schema);
  }
  if (isUnion(schema)) {
    const branch = schema.find((each) => each !== 'null');
    const check = branch === undefined ? undefined : checkOf(branch, owner, name, named);
    return check && ((value) => (value === null || value === undefined ? undefined : check(value)));
  }
  if ('logicalType' in schema) {
    return schema.logicalType === 'timestamp-millis'
      ? instantCheck
      : numberCheck(ranges[`${owner}.${name}`] ?? ranges[name] ?? {});
  }
  if (schema.type === 'record') return recordCheck(schema, named);
  if (schema.type === 'array') return listCheck(checkOf(schema.items, owner, name, named));
  return undefined;
}

const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);

function numberCheck(range: Range): Check {
  const rule = rangeText(range);
  return (value) =>
    isWithin(value as number, range) ? undefined : { code: 'IMPOSSIBLE_VALUE', field: '', value, rule };
}

const instantCheck: Check = (value) =>
  (value as number) >= EARLIEST_MS && (value as number) < LATEST_MS
    ? undefined
    : { code: 'IMPOSSIBLE_VALUE', field: '', value, rule: DATES };

const idCheck = idOf(MAX_ID);
const actionIdCheck = idOf(MAX_ACTION_ID);

function idOf(max: number): Check {
  return (value) => idFault(value as string, max);
}

function idFault(id: string, max: number): Fault | undefined {
  // Only an id that begins with white space can be nothing but white space.
  const isEmpty = id.length === 0 || (id.charCodeAt(0) <= 32 && id.trim() === '');
  if (isEmpty) return { code: 'EMPTY_ID', field: '', value: id, rule: 'a text with something in it' };
  return id.length > max ? tooLong(id, max) : undefined;
}

const textCheck: Check = (value) => {
  const text = value as string;
  return text.length > MAX_TEXT ? tooLong(text, MAX_TEXT) : undefined;
};

function tooLong(text: string, max: number): Fault {
  const rule = `at most ${max} characters long, but has ${text.length}`;
  return { code: 'IMPOSSIBLE_VALUE', field: '', value: `${text.slice(0, 20)}…`, rule };
}

function listCheck(item: Check | undefined): Check | undefined {
  if (item === undefined) return undefined;
  return (value) => {
    const items = value as readonly unknown[];
    if (items.length > MAX_ENTRIES && item !== textCheck) {
      const rule = `a list of at most ${MAX_ENTRIES} entries: part what it tells`;
      return { code: 'IMPOSSIBLE_VALUE', field: '', value: `${items.length} entries`, rule };
    }
    for (let i = 0; i < items.length; i += 1) {
      const fault = item(items[i]);
      if (fault !== undefined) return within(`[${i}]`, fault);
    }
    return undefined;
  };
}

function within(outer: string, fault: Fault): Fault {
  const joint = fault.field === '' || fault.field.startsWith('[') ? '' : '.';
  return { ...fault, field: `${outer}${joint}${fault.field}` };
}
