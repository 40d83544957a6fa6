import { type ASTNode, Environment, type ParseError, type SourceRange } from '@marcbachmann/cel-js';
import type { Expression, ValueType } from '../model/types.ts';
import { operandsOf } from './ast.ts';
import { FUNCTIONS, STRING_METHODS } from './functions.ts';

/** Names that an expression may read: of a value, or of a group of values (`line.quantity`). */
export type Names = ReadonlyMap<string, NameType | ReadonlyMap<string, ValueType>>;
/** `unknown`: what the name stands for has problems of its own, so nothing is said of how it is used. */
export type NameType = ValueType | 'unknown';

/** `at` is an offset into the expression; `unknown` names what is not known there, so that a near name can be offered. */
export type ParseOutcome =
  | { readonly ok: true; readonly expression: Expression; readonly type: NameType }
  | { readonly ok: false; readonly at: number; readonly message: string; readonly unknown?: string };

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

/** A parser for expressions over these names. Whole numbers stand for doubles, as an analyst writes them. */
export function createParser(names: Names): (text: string) => ParseOutcome {
  const environment = new Environment();
  for (const [name, type] of names) {
    if (typeof type === 'string') environment.registerVariable(name, CEL_TYPES[type]);
    else {
      const schema = Object.fromEntries([...type].map(([field, fieldType]) => [field, CEL_TYPES[fieldType]]));
      environment.registerVariable({ name, schema });
    }
  }
  for (const [name, { arity, apply }] of FUNCTIONS) {
    environment.registerFunction(`${name}(${Array(arity).fill('double').join(', ')}): double`, apply);
  }
  return (text) => parse(environment, text);
}

function parse(environment: Environment, text: string): ParseOutcome {
  const literals: { range: SourceRange; text: string }[] = [];
  try {
    const refusal = findUnsupported(environment.parse(text).ast, literals);
    if (refusal !== undefined) return refusal;
  } catch (error) {
    return failure(error, (at) => at);
  }
  const { rewritten, toOriginal } = withDoubles(text, literals);
  const parsed = environment.parse(rewritten);
  const checked = parsed.check();
  if (!checked.valid) return failure(checked.error, toOriginal);
  for (const [type, cel] of Object.entries(CEL_TYPES)) {
    if (checked.type === cel) return { ok: true, expression: { text, ast: parsed.ast }, type: type as NameType };
  }
  return { ok: false, at: 0, message: `this is a ${checked.type}; a number, text or condition is needed` };
}

/** The first node that conditions cannot hold. Notes whole-number literals on the way. */
function findUnsupported(node: ASTNode, literals: { range: SourceRange; text: string }[]): ParseOutcome | undefined {
  const refuse = (what: string): ParseOutcome => ({
    ok: false,
    at: node.range.start,
    message: `${what} cannot be used here`,
  });
  if (node.op === 'call') {
    if (!FUNCTIONS.has(node.args[0])) return { ...refuse(`${node.args[0]}()`), unknown: node.args[0] } as ParseOutcome;
  } else if (node.op === 'rcall') {
    if (!STRING_METHODS.has(node.args[0])) return refuse(`${node.args[0]}()`);
  } else if (!OPERATORS.has(node.op)) return refuse(`the operator ${node.op}`);
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
