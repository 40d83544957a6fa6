import type { Node } from 'yaml';
import type { CalendarModel } from '../calendars/types.ts';
import { createParser } from '../conditions/parse.ts';
import { didYouMean } from './problems.ts';
import type { RawEntity } from './raw-entity.ts';
import { readExpression } from './read-expression.ts';
import type { Entry, Reader } from './reader.ts';
import type { Expression, Fold, InputType, Signal, ValueType } from './types.ts';

const HOUR_MS = 3_600_000;

/** Folds that observations feed. */
export const OBSERVED_KINDS = [
  'latest',
  'count',
  'sum',
  'mean',
  'min',
  'max',
  'rate',
  'ratio',
  'quantile',
  'ewma',
  'exposure',
  'until',
  'since',
] as const;

/** A fold with what follows from it. */
export interface ReadFold {
  fold: Fold;
  type: ValueType;
  signal: Signal;
  unitVotes: boolean;
  changesWithTime: boolean;
}

/** Reads a fold that observations feed; undefined when it has problems, which are noted. */
export function readObservedFold(
  reader: Reader,
  entity: RawEntity,
  kind: (typeof OBSERVED_KINDS)[number],
  fields: Map<string, Entry>,
  what: string,
): ReadFold | undefined {
  const node = fields.get(kind)?.node;
  switch (kind) {
    case 'ratio':
      return readRatio(reader, entity, fields, what);
    case 'quantile':
      return readQuantile(reader, entity, fields, what);
    case 'exposure':
      return readExposure(reader, entity, fields, what);
    case 'latest':
      return readLatest(reader, entity, node, fields.get('type')?.node);
    case 'until':
    case 'since': {
      const allowed: InputType[] = kind === 'until' ? ['time'] : ['time', 'number', 'boolean', 'string'];
      const input = readInput(reader, entity, node, allowed);
      if (input === undefined) return undefined;
      const occurrence = input.type !== 'time';
      const calendar = readCalendar(reader, fields.get('calendar')?.node);
      const of = { input: input.name, ...(calendar && { calendar }) };
      const fold: Fold = kind === 'until' ? { kind, ...of } : { kind, occurrence, ...of };
      return { fold, type: 'number', signal: 'stated', unitVotes: false, changesWithTime: true };
    }
    default:
      return readRolling(reader, entity, kind, node, fields, what);
  }
}

/** Reads a condition over the values of one observation. */
export function readWhere(reader: Reader, entity: RawEntity, node: Node | undefined): Expression | undefined {
  if (node === undefined) return undefined;
  const names = new Map([...entity.inputs].map(([name, type]) => [name, type === 'time' ? 'number' : type]));
  return readExpression(reader, node, 'where', createParser(names, reader.calendars), entity.inputs.keys(), 'boolean')
    ?.expression;
}

function readLatest(
  reader: Reader,
  entity: RawEntity,
  node: Node | undefined,
  typeNode: Node | undefined,
): ReadFold | undefined {
  const input = readInput(reader, entity, node, ['number', 'string', 'boolean', 'time']);
  if (input === undefined) return undefined;
  const type = input.type === 'time' ? 'number' : input.type;
  if (typeNode !== undefined && reader.scalar(typeNode) !== type)
    reader.problem(typeNode, `${input.name} is observed as a ${type}`);
  return {
    fold: { kind: 'latest', input: input.name },
    type,
    signal: 'stated',
    unitVotes: false,
    changesWithTime: false,
  };
}

function readRolling(
  reader: Reader,
  entity: RawEntity,
  kind: 'count' | 'sum' | 'mean' | 'min' | 'max' | 'rate' | 'ewma',
  node: Node | undefined,
  fields: Map<string, Entry>,
  what: string,
): ReadFold | undefined {
  const input = readInput(
    reader,
    entity,
    node,
    kind === 'count' ? ['number', 'boolean', 'string', 'time'] : ['number'],
  );
  if (input === undefined) return undefined;
  if (kind === 'ewma') {
    const halfLifeMs = reader.duration(fields.get('halfLife')?.node ?? node, `halfLife of ${what}`);
    if (halfLifeMs === undefined) return undefined;
    return {
      fold: { kind, input: input.name, halfLifeMs },
      type: 'number',
      signal: 'measured',
      unitVotes: false,
      changesWithTime: false,
    };
  }
  const windowNode = fields.get('window')?.node;
  const windowMs =
    windowNode === undefined && kind !== 'rate'
      ? Number.POSITIVE_INFINITY
      : reader.duration(windowNode ?? node, `window of ${what}`);
  if (windowMs === undefined) return undefined;
  const changesWithTime = Number.isFinite(windowMs);
  if (kind === 'rate') {
    const perMs = reader.duration(fields.get('per')?.node ?? node, `per of ${what}`);
    if (perMs === undefined) return undefined;
    return {
      fold: { kind, input: input.name, windowMs, perMs },
      type: 'number',
      signal: 'measured',
      unitVotes: false,
      changesWithTime,
    };
  }
  const measured = kind === 'mean' || kind === 'count' || (kind !== 'sum' && changesWithTime);
  const signal = measured ? 'measured' : 'stated';
  return {
    fold: { kind, input: input.name, windowMs },
    type: 'number',
    signal,
    unitVotes: kind === 'count',
    changesWithTime,
  };
}

function readRatio(reader: Reader, entity: RawEntity, fields: Map<string, Entry>, what: string): ReadFold | undefined {
  const parts = reader.fields(fields.get('ratio')?.node, `ratio of ${what}`, ['hits', 'trials']);
  const hits = readInput(reader, entity, parts.get('hits')?.node ?? fields.get('ratio')?.node, ['number']);
  const trials = readInput(reader, entity, parts.get('trials')?.node ?? fields.get('ratio')?.node, ['number']);
  const prior = reader.fields(fields.get('prior')?.node, `prior of ${what}`, ['hits', 'trials']);
  const read = (name: string) => {
    const node = prior.get(name)?.node;
    return node === undefined ? 0 : reader.number(node, `${name} of the prior`, (n) => n >= 0);
  };
  const priorHits = read('hits');
  const priorTrials = read('trials');
  const windowMs = readWindow(reader, fields.get('window')?.node, what);
  if (!hits || !trials || priorHits === undefined || priorTrials === undefined || windowMs === undefined)
    return undefined;
  return {
    fold: {
      kind: 'ratio',
      hits: hits.name,
      trials: trials.name,
      windowMs,
      prior: { hits: priorHits, trials: priorTrials },
    },
    type: 'number',
    signal: 'measured',
    unitVotes: false,
    changesWithTime: Number.isFinite(windowMs),
  };
}

function readExposure(
  reader: Reader,
  entity: RawEntity,
  fields: Map<string, Entry>,
  what: string,
): ReadFold | undefined {
  const node = fields.get('exposure')?.node;
  const input = readInput(reader, entity, node, ['number']);
  const at = fields.get('at')?.node ?? node;
  const referenceC = reader.number(at, `at of ${what}, the °C at which its life was stated,`, (n) => n > -273);
  const q10 = reader.number(fields.get('q10')?.node ?? node, `q10 of ${what}, such as 3,`, (n) => n >= 1 && n <= 100);
  const gap = fields.get('maxGap')?.node;
  const maxGapMs = gap === undefined ? HOUR_MS : reader.duration(gap, `maxGap of ${what}`);
  if (input === undefined || referenceC === undefined || q10 === undefined || maxGapMs === undefined) return undefined;
  return {
    fold: { kind: 'exposure', input: input.name, referenceC, q10, maxGapMs },
    type: 'number',
    signal: 'stated',
    unitVotes: false,
    changesWithTime: false,
  };
}

function readQuantile(
  reader: Reader,
  entity: RawEntity,
  fields: Map<string, Entry>,
  what: string,
): ReadFold | undefined {
  const node = fields.get('quantile')?.node;
  const input = readInput(reader, entity, node, ['number']);
  const p = reader.number(fields.get('p')?.node ?? node, `p of ${what}, such as 0.95,`, (n) => n > 0 && n < 1);
  const windowMs = readWindow(reader, fields.get('window')?.node, what);
  if (input === undefined || p === undefined || windowMs === undefined) return undefined;
  return {
    fold: { kind: 'quantile', input: input.name, p, windowMs },
    type: 'number',
    signal: 'measured',
    unitVotes: false,
    changesWithTime: Number.isFinite(windowMs),
  };
}

/** Without one: since ever. */
function readWindow(reader: Reader, node: Node | undefined, what: string): number | undefined {
  return node === undefined ? Number.POSITIVE_INFINITY : reader.duration(node, `window of ${what}`);
}

function readInput(
  reader: Reader,
  entity: RawEntity,
  node: Node | undefined,
  allowed: readonly InputType[],
): { name: string; type: InputType } | undefined {
  const name = reader.scalar(node);
  const type = typeof name === 'string' ? entity.inputs.get(name) : undefined;
  if (type === undefined) {
    const near = didYouMean(String(name), entity.inputs.keys());
    return reader.problem(
      node,
      `nothing observes ${name} of ${entity.type}${near || `; declare it under inputs of ${entity.type}`}`,
    );
  }
  if (!allowed.includes(type))
    return reader.problem(node, `${name} is observed as a ${type}; needed: ${allowed.join(' or ')}`);
  return { name: name as string, type };
}

function readCalendar(reader: Reader, node: Node | undefined): CalendarModel | undefined {
  if (node === undefined) return undefined;
  const name = String(reader.scalar(node));
  const near = didYouMean(name, reader.calendars.keys());
  return (
    reader.calendars.get(name) ??
    reader.problem(node, `the model has no calendar ${name}${near || '; define it under calendars'}`)
  );
}
