import { isScalar, type Node } from 'yaml';
import type { ParseOutcome } from '../conditions/parse.ts';
import { didYouMean } from './problems.ts';
import type { Reader } from './reader.ts';
import type { Expression, ValueType } from './types.ts';

/** Reads a CEL expression out of a YAML node; problems are placed at the character of the file. `known` are names to offer. */
export function readExpression(
  reader: Reader,
  node: Node | undefined,
  what: string,
  parse: (text: string) => ParseOutcome,
  known: Iterable<string>,
  expected?: ValueType,
): { expression: Expression; type: ValueType } | undefined {
  const value = reader.scalar(node);
  const text = typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return reader.problem(node, `${what} must be an expression`);
  const outcome = parse(text);
  if (!outcome.ok) {
    const near = outcome.unknown === undefined ? '' : didYouMean(outcome.unknown, known);
    reader.problems.add(placeIn(node, outcome.at), `${what}: ${outcome.message}${near}`);
    return undefined;
  }
  const { expression, type } = outcome;
  if (type === 'unknown') return undefined;
  if (expected !== undefined && type !== expected) {
    const wanted = { boolean: 'a condition (true or false)', number: 'a number', string: 'a text' };
    return reader.problem(node, `${what} must be ${wanted[expected]}, this is a ${type}`);
  }
  return { expression, type };
}

/** In a block scalar the text is folded and indented, so the place is that of the block. */
function placeIn(node: Node | undefined, at: number): number {
  const start = node?.range?.[0] ?? 0;
  if (!isScalar(node)) return start;
  if (node.type === 'PLAIN') return start + at;
  if (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE') return start + 1 + at;
  return start;
}
