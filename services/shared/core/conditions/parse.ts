import { type ASTNode, Environment, type ParseError, type SourceRange } from '@marcbachmann/cel-js';
import type { Calendars } from '../calendars/types.ts';
import type { Expression, ValueType } from '../model/types.ts';
import { operandsOf } from './ast.ts';
import { BindError, type Bound, bindExpression, hoursOfLiteral } from './bind.ts';
import { BOUND_FUNCTIONS, FUNCTIONS, STRING_METHODS } from './functions.ts';

/** Names that an expression may read: of a value, or of a group of values (`line.quantity`). */
export type Names = ReadonlyMap<string, NameType | ReadonlyMap<string, ValueType>>;
/** `unknown`: what the name stands for has problems of its own, so nothing is said of how it is used. */
export type NameType = ValueType | 'unknown';

/**
 * `at` is an offset into the expression; `unknown` names what is not known there, so that a near name can be offered:
 * one of `near` where that is given.
 */
export type ParseOutcome = { readonly ok: true; readonly expression: Expression; readonly type: NameType } | Refusal;
type Refusal = {
  readonly ok: false;
  readonly at: number;
  readonly message: string;
  readonly unknown?: string;
  readonly near?: readonly string[];
};

const CEL_TYPES: Readonly<Record<NameType, string>> = {
  number: 'double',
  string: 'string',
  boolean: 'bool',
  unknown: 'dyn',
};
const OPERATORS = new Set(
  ['value', 'id', '.', 'list', '&&', '||', '!_', '-_', '?:', 'in'].concat(
    ['==', '!=', '<', '<=', '>', '>='],
    ['+', '-', '*', '/'],
  ),
);

const FUNCTION_NAMES = [...FUNCTIONS.keys(), ...BOUND_FUNCTIONS.keys()];
const METHOD_NAMES = [...STRING_METHODS.keys(), 'matches'];
const NO_CALENDARS: Calendars = new Map();
const language = withFunctions();

/** All that expressions may call: made once, for it is dear. */
function withFunctions(): Environment {
  const environment = new Environment();
  for (const [name, { arity, apply }] of FUNCTIONS)
    environment.registerFunction(`${name}(${Array(arity).fill('double').join(', ')}): double`, apply);
  for (const signature of [...BOUND_FUNCTIONS.values()].flat()) environment.registerFunction(signature, neverCalled);
  return environment;
}

function neverCalled(): never {
  throw new Error('the library only checks expressions, it does not run them');
}

/**
 * A parser for expressions over these names, which may count by these calendars. Whole numbers stand for doubles, as an
 * analyst writes them.
 */
export function createParser(names: Names, calendars = NO_CALENDARS): (text: string) => ParseOutcome {
  const environment = language.clone();
  for (const [name, type] of names) {
    if (typeof type === 'string') environment.registerVariable(name, CEL_TYPES[type]);
    else {
      const schema = Object.fromEntries([...type].map(([field, fieldType]) => [field, CEL_TYPES[fieldType]]));
      environment.registerVariable({ name, schema });
    }
  }
  return (text) => parse(environment, calendars, text);
}

function parse(environment: Environment, calendars: Calendars, text: string): ParseOutcome {
  const literals: { range: SourceRange; text: string }[] = [];
  try {
    const refusal = findUnsupported(environment.parse(text).ast, literals);
    if (refusal !== undefined) return refusal;
  } catch (error) {
    if (error instanceof BindError) return { ok: false, at: error.at, message: error.message };
    return failure(error, (at) => at);
  }
  const { rewritten, toOriginal } = withDoubles(text, literals);
  const parsed = environment.parse(rewritten);
  const checked = parsed.check();
  if (!checked.valid) return failure(checked.error, toOriginal);
  for (const [type, cel] of Object.entries(CEL_TYPES)) {
    if (checked.type !== cel) continue;
    const bound = bind(parsed.ast, calendars, toOriginal);
    if ('ok' in bound) return bound;
    const basis = bound.calendars.length === 0 ? {} : { basis: JSON.stringify(bound.calendars) };
    return { ok: true, expression: { text, ast: bound.ast, ...basis }, type: type as NameType };
  }
  return { ok: false, at: 0, message: `this is a ${checked.type}; a number, text or condition is needed` };
}

function bind(ast: ASTNode, calendars: Calendars, toOriginal: (at: number) => number): Bound | Refusal {
  try {
    return bindExpression(ast, calendars);
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
    const { message, unknown } = error;
    const refusal = { ok: false as const, at: toOriginal(error.at), message };
    return unknown === undefined ? refusal : { ...refusal, unknown: unknown.name, near: unknown.known };
  }
}

/** The first node that conditions cannot hold. Notes whole-number literals on the way. */
function findUnsupported(node: ASTNode, literals: { range: SourceRange; text: string }[]): Refusal | undefined {
  const refuse = (what: string): Refusal => ({
    ok: false,
    at: node.range.start,
    message: `${what} cannot be used here`,
  });
  if (node.op === 'call') {
    const [name] = node.args;
    if (!FUNCTION_NAMES.includes(name)) return { ...refuse(`${name}()`), unknown: name, near: FUNCTION_NAMES };
  } else if (node.op === 'rcall') {
    const [name] = node.args;
    if (!METHOD_NAMES.includes(name)) return { ...refuse(`${name}()`), unknown: name, near: METHOD_NAMES };
  } else if (!OPERATORS.has(node.op)) return refuse(`the operator ${node.op}`);
  const hours = hoursOfLiteral(node);
  if (hours !== undefined) {
    literals.push({ range: node.range, text: Number.isInteger(hours) ? `${hours}.0` : String(hours) });
    return undefined;
  }
  if (node.op === 'value') {
    const value = node.args;
    if (typeof value === 'bigint') literals.push({ range: node.range, text: `${value}.0` });
    else if (value === null || typeof value === 'object') return refuse('this literal');
  }
  if (node.op === 'in' && node.args[1].op !== 'list') return refuse('anything but a list after in');
  for (const operand of operandsOf(node)) {
    if (operand.op === 'list' && node.op !== 'in') return refuse('a list');
    const refusal = findUnsupported(operand, literals);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function withDoubles(text: string, literals: readonly { range: SourceRange; text: string }[]) {
  const sorted = literals.toSorted((a, b) => a.range.start - b.range.start);
  let rewritten = '';
  let taken = 0;
  const shifts: { from: number; by: number }[] = [];
  for (const literal of sorted) {
    rewritten += text.slice(taken, literal.range.start) + literal.text;
    taken = literal.range.end;
    shifts.push({ from: rewritten.length, by: rewritten.length - taken });
  }
  rewritten += text.slice(taken);
  const toOriginal = (at: number) => at - (shifts.findLast(({ from }) => at >= from)?.by ?? 0);
  return { rewritten, toOriginal };
}

function failure(error: unknown, toOriginal: (at: number) => number): ParseOutcome {
  const { code, summary, range, message } = error as ParseError;
  const words = (summary ?? message ?? String(error)).replaceAll('double', 'number');
  const unknown =
    code === 'unknown_variable' || code === 'no_such_key' ? words.slice(words.indexOf(': ') + 2) : undefined;
  const outcome = { ok: false as const, at: toOriginal(range?.start ?? 0) };
  if (unknown === undefined) return { ...outcome, message: words.charAt(0).toLowerCase() + words.slice(1) };
  return { ...outcome, message: `${unknown} is not known here`, unknown };
}
