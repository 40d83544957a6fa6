import type { ASTNode } from '@marcbachmann/cel-js';
import { nameOf } from '../conditions/ast.ts';
import { writeExpression } from '../conditions/write.ts';
import { ALL, type Interval, intersect, isEmpty, isWithin } from './interval.ts';

/**
 * One way in which a condition can hold: every entry at once. Numbers by the text of the side that varies, texts by what
 * they may be (`not`: may not be), all else as a fact by its text. What two entries have to do with each other
 * (`hoursLeft` and `hoursLeft / shelfLife`) is not seen.
 */
export interface Box {
  readonly numbers: ReadonlyMap<string, Interval>;
  readonly texts: ReadonlyMap<string, TextSet>;
  readonly facts: ReadonlyMap<string, boolean>;
}
export interface TextSet {
  readonly not: boolean;
  readonly texts: ReadonlySet<string>;
}

/** What numbers a side of a comparison can be at all. */
export type RangeOf = (node: ASTNode) => Interval;

/** More ways than this are not followed. */
const MOST_BOXES = 128;
const EVERYTHING: Box = { numbers: new Map(), texts: new Map(), facts: new Map() };
const NEGATED = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
const MIRRORED = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
type Op = keyof typeof NEGATED;

/** All ways in which a condition can hold, without those that contradict themselves; undefined where there are too many. */
export function boxesOf(node: ASTNode, rangeOf: RangeOf): Box[] | undefined {
  try {
    return walk(node, false, rangeOf).filter((box) => !isImpossible(box));
  } catch (error) {
    if (error instanceof TooManyError) return undefined;
    throw error;
  }
}

/** The comparisons of a condition with constants, `!` pushed inwards: what each leaves of its side, and what it can be. */
export function comparisonsOf(node: ASTNode, rangeOf: RangeOf): { text: string; allowed: Interval; range: Interval }[] {
  const found: { text: string; allowed: Interval; range: Interval }[] = [];
  visit(node, false);
  return found;

  function visit(of: ASTNode, negated: boolean): void {
    if (of.op === '!_') visit(of.args, !negated);
    else if (of.op === '&&' || of.op === '||') for (const operand of of.args) visit(operand, negated);
    else if (of.op in NEGATED) {
      const compared = numbersOf(of as Comparison, negated, rangeOf);
      if (compared === undefined || compared.op === '==' || compared.op === '!=') return;
      found.push({ text: writeExpression(of), allowed: allowedBy(compared.op, compared.bound), range: compared.range });
    }
  }
}

/** True when whatever fulfils the one fulfils the other, as far as can be seen. */
export function implies(narrow: readonly Box[], wide: readonly Box[]): boolean {
  return narrow.every((box) => wide.some((other) => isInside(box, other)));
}

/** What fulfils both. */
export function meet(a: Box, b: Box): Box | undefined {
  const numbers = new Map(a.numbers);
  for (const [text, interval] of b.numbers) numbers.set(text, intersect(numbers.get(text) ?? ALL, interval));
  const texts = new Map(a.texts);
  for (const [text, set] of b.texts) texts.set(text, meetTexts(texts.get(text), set));
  const facts = new Map(a.facts);
  for (const [text, fact] of b.facts) {
    if (facts.has(text) && facts.get(text) !== fact) return undefined;
    facts.set(text, fact);
  }
  const box = { numbers, texts, facts };
  return isImpossible(box) ? undefined : box;
}

export function isInside(box: Box, other: Box): boolean {
  for (const [text, interval] of other.numbers) if (!isWithin(box.numbers.get(text) ?? ALL, interval)) return false;
  for (const [text, fact] of other.facts) if (box.facts.get(text) !== fact) return false;
  for (const [text, set] of other.texts) {
    const mine = box.texts.get(text);
    if (mine === undefined || !isSubset(mine, set)) return false;
  }
  return true;
}

function isImpossible({ numbers, texts }: Box): boolean {
  return [...numbers.values()].some(isEmpty) || [...texts.values()].some((set) => !set.not && set.texts.size === 0);
}

function isSubset(a: TextSet, b: TextSet): boolean {
  if (!a.not) return [...a.texts].every((text) => b.texts.has(text) !== b.not);
  return b.not && [...b.texts].every((text) => a.texts.has(text));
}

function meetTexts(a: TextSet | undefined, b: TextSet): TextSet {
  if (a === undefined) return b;
  if (a.not && b.not) return { not: true, texts: new Set([...a.texts, ...b.texts]) };
  const [some, other] = a.not ? [b, a] : [a, b];
  return { not: false, texts: new Set([...some.texts].filter((text) => other.texts.has(text) !== other.not)) };
}

class TooManyError extends Error {}

function walk(node: ASTNode, negated: boolean, rangeOf: RangeOf): Box[] {
  if (node.op === '!_') return walk(node.args, !negated, rangeOf);
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = node.args.map((operand) => walk(operand, negated, rangeOf)) as [Box[], Box[]];
    const boxes =
      (node.op === '||') !== negated
        ? [...left, ...right]
        : left.flatMap((a) => right.flatMap((b) => meet(a, b) ?? []));
    if (boxes.length > MOST_BOXES) throw new TooManyError();
    return boxes;
  }
  if (node.op === 'in') {
    const [value, list] = node.args;
    const items = list.op === 'list' ? list.args.map(textIn) : [undefined];
    if (items.every((item) => item !== undefined))
      return [withText(writeExpression(value), { not: negated, texts: new Set(items) })];
  }
  if (node.op in NEGATED) return comparison(node as Comparison, negated, rangeOf);
  return [{ ...EVERYTHING, facts: new Map([[writeExpression(node), !negated]]) }];
}

type Comparison = Extract<ASTNode, { op: Op }>;

function comparison(node: Comparison, negated: boolean, rangeOf: RangeOf): Box[] {
  const op = negated ? NEGATED[node.op] : node.op;
  const [left, right] = node.args;
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const text = textIn(other);
    if (text !== undefined && (op === '==' || op === '!='))
      return [withText(writeExpression(side), { not: op === '!=', texts: new Set([text]) })];
    if (other.op === 'value' && typeof other.args === 'boolean' && (op === '==' || op === '!='))
      return walk(side, (op === '==') !== other.args, rangeOf);
  }
  const compared = numbersOf(node, negated, rangeOf);
  if (compared === undefined) return [{ ...EVERYTHING, facts: new Map([[writeExpression(node), !negated]]) }];
  const { text, bound, range } = compared;
  const box = (interval: Interval): Box => ({ ...EVERYTHING, numbers: new Map([[text, intersect(interval, range)]]) });
  if (compared.op === '!=') return [box(allowedBy('<', bound)), box(allowedBy('>', bound))];
  return [box(allowedBy(compared.op, bound))];
}

/** A comparison as the side that varies against a number; of two that vary, their difference against 0. */
function numbersOf(
  node: Comparison,
  negated: boolean,
  rangeOf: RangeOf,
): { text: string; op: Op; bound: number; range: Interval } | undefined {
  const op: Op = negated ? NEGATED[node.op] : node.op;
  const [left, right] = node.args;
  const l = constantOf(left);
  const r = constantOf(right);
  if (r !== undefined) return { text: writeExpression(left), op, bound: r, range: rangeOf(left) };
  if (l !== undefined) return { text: writeExpression(right), op: MIRRORED[op], bound: l, range: rangeOf(right) };
  // Of two texts nothing is known but that they are compared.
  if (op === '==' || op === '!=') return undefined;
  const [a, b] = [writeExpression(left), writeExpression(right)];
  return a < b
    ? { text: `${a} - (${b})`, op, bound: 0, range: ALL }
    : { text: `${b} - (${a})`, op: MIRRORED[op], bound: 0, range: ALL };
}

function allowedBy(op: Exclude<Op, '!='>, bound: number): Interval {
  const up = { low: bound, high: Infinity, openLow: op === '>', openHigh: true };
  const down = { low: -Infinity, high: bound, openLow: true, openHigh: op === '<' };
  return op === '==' ? { low: bound, high: bound, openLow: false, openHigh: false } : op.startsWith('>') ? up : down;
}

function constantOf(node: ASTNode): number | undefined {
  if (node.op === 'value') return typeof node.args === 'number' ? node.args : undefined;
  if (nameOf(node) !== undefined) return undefined;
  if (node.op === '-_') {
    const of = constantOf(node.args);
    return of === undefined ? undefined : -of;
  }
  if (node.op !== '+' && node.op !== '-' && node.op !== '*' && node.op !== '/') return undefined;
  const [a, b] = node.args.map(constantOf);
  if (a === undefined || b === undefined) return undefined;
  return node.op === '+' ? a + b : node.op === '-' ? a - b : node.op === '*' ? a * b : a / b;
}

function textIn(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

function withText(text: string, set: TextSet): Box {
  return { ...EVERYTHING, texts: new Map([[text, set]]) };
}
