import type { ASTNode } from '@marcbachmann/cel-js';
import type { Node } from 'yaml';
import { calendarCall, collectNames, operandsOf } from '../conditions/ast.ts';
import type { ParseOutcome } from '../conditions/parse.ts';
import { placeIn } from './place.ts';
import { didYouMean } from './problems.ts';
import type { Reader } from './reader.ts';
import type { AttributeModel, Expression, ValueType } from './types.ts';

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
    const near = outcome.unknown === undefined ? '' : didYouMean(outcome.unknown, outcome.near ?? known);
    reader.problems.add(placeIn(reader, node, outcome.at), `${what}: ${outcome.message}${near}`);
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

/**
 * True, with a problem noted, when the expression counts business hours from or to what time alone changes: when that
 * flips cannot be foreseen.
 */
export function refuseMoving(
  reader: Reader,
  node: Node | undefined,
  what: string,
  { ast }: Expression,
  attributes: ReadonlyMap<string, AttributeModel>,
): boolean {
  const moving = movingIn(ast, attributes);
  if (moving === undefined) return false;
  reader.problem(
    node,
    `${what}: businessHours() cannot take ${moving}, which changes with time alone; an attribute with until or since and a calendar counts from and to the present`,
  );
  return true;
}

function movingIn(node: ASTNode, attributes: ReadonlyMap<string, AttributeModel>): string | undefined {
  if (calendarCall(node) !== undefined)
    return [...collectNames(node, new Set())].find((name) => attributes.get(name)?.changesWithTime);
  for (const operand of operandsOf(node)) {
    const found = movingIn(operand, attributes);
    if (found !== undefined) return found;
  }
  return undefined;
}
