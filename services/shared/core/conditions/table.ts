import type { ASTNode } from '@marcbachmann/cel-js';
import type { Expression } from '../model/types.ts';
import { collectNames, nameOf } from './ast.ts';
import { type Compiled, compileExpression, type NumberOf, numberOf, type Resolve } from './compile.ts';
import { nextFlip } from './next-flip.ts';
import { type Slope, slopeOf } from './slope.ts';
import type { Clause, ConditionNode, Gate } from './tree.ts';
import { writeExpression } from './write.ts';

/** What a condition needs to know of the names that it reads. */
export interface NameInfo<S> {
  readonly value: Compiled<S>;
  readonly slope: Slope<S>;
  /** The next instant at which the slope may change; undefined when it never does. */
  readonly nextBend?: ((now: number) => number) | undefined;
  readonly measured: boolean;
  readonly unitVotes: boolean;
}

/** A clause or gate with all that is needed to read, time and explain it. */
export interface Leaf<S> {
  readonly text: string;
  /** Names read, in no particular order. */
  readonly names: readonly string[];
  /** Of a comparison: `left op right`. */
  readonly comparison: { readonly op: Op; readonly left: Side<S>; readonly right: Side<S> } | undefined;
  /** 1, 0 or NaN. */
  readonly holds: NumberOf<S>;
  /** Distance from the bound, positive inside; of a comparison of numbers. */
  readonly margin: NumberOf<S> | undefined;
  /** When time alone next changes it. */
  readonly nextFlip: NumberOf<S> | undefined;
  /** Of a comparison of one name with a constant: what it must be (1 or 0) for a smaller value to change it. */
  readonly fallsFrom: 0 | 1 | undefined;
}

export type Op = '==' | '!=' | '<' | '<=' | '>' | '>=';
export interface Side<S> {
  readonly text: string;
  readonly value: Compiled<S>;
}

const NEGATED: Readonly<Record<Op, Op>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

/** All clauses and gates of an entity type; what two conditions share stands once. */
export class ConditionTable<S> {
  readonly clauses: Clause[] = [];
  readonly clauseLeaves: Leaf<S>[] = [];
  readonly gates: Gate[] = [];
  readonly gateLeaves: Leaf<S>[] = [];
  readonly #info: (name: string) => NameInfo<S>;
  readonly #resolve: Resolve<S>;

  constructor(info: (name: string) => NameInfo<S>) {
    this.#info = info;
    this.#resolve = (name) => info(name).value;
  }

  /** The tree of a condition, with `!` pushed inwards. */
  add(expression: Expression): ConditionNode {
    return this.#walk(expression.ast, false);
  }

  /** A condition as one leaf that no bank or gate hangs on: to be read, and to foresee when time alone changes it. */
  watch({ ast }: Expression): Leaf<S> {
    return this.#leaf(ast, isComparison(ast) ? ast.op : undefined, false, [...collectNames(ast, new Set())]);
  }

  /** What an expression of type number comes to. */
  number({ ast }: Expression): NumberOf<S> {
    return numberOf(compileExpression(ast, this.#resolve));
  }

  /** Names that an expression reads. */
  namesIn({ ast }: Expression): string[] {
    return [...collectNames(ast, new Set())];
  }

  #walk(node: ASTNode, negated: boolean): ConditionNode {
    if (node.op === '!_') return this.#walk(node.args, !negated);
    if (node.op === '&&' || node.op === '||') {
      const kind = (node.op === '&&') === negated ? 'any' : 'all';
      const nodes = node.args.map((operand) => this.#walk(operand, negated));
      return { kind, nodes: nodes.flatMap((child) => (child.kind === kind ? child.nodes : [child])) };
    }
    const op = isComparison(node) ? (negated ? NEGATED[node.op] : node.op) : undefined;
    const names = [...collectNames(node, new Set())];
    const measured = names.map(this.#info).filter((info) => info.measured);
    if (op !== undefined && op !== '==' && op !== '!=' && measured.length > 0) {
      const unitVotes = measured.every((info) => info.unitVotes);
      return { kind: 'clause', index: this.#clause(node as ComparisonNode, op, names, unitVotes) };
    }
    return { kind: 'gate', index: this.#gate(node, op, negated, names) };
  }

  #clause(node: ComparisonNode, op: Op, names: readonly string[], unitVotes: boolean): number {
    const leaf = this.#leaf(node, op, false, names);
    const known = this.clauseLeaves.findIndex(({ text }) => text === leaf.text);
    if (known >= 0) return known;
    const [left, right] = node.args;
    const isMeasured = (side: ASTNode) => [...collectNames(side, new Set())].some((name) => this.#info(name).measured);
    const both = isMeasured(left) && isMeasured(right);
    const up = op === '>' || op === '>=';
    const onLeft = isMeasured(left);
    const bound = onLeft ? right : left;
    const constant = collectNames(bound, new Set()).size === 0 && !both;
    this.clauseLeaves.push(leaf);
    this.clauses.push({
      text: leaf.text,
      strict: op === '>' || op === '<',
      unitVotes,
      measured: both ? `${writeExpression(left)} - ${writeExpression(right)}` : writeExpression(onLeft ? left : right),
      direction: up === onLeft ? 1 : -1,
      bound: constant ? numberOf(compileExpression(bound, this.#resolve))(undefined as S, 0) : NaN,
    });
    return this.clauses.length - 1;
  }

  #gate(node: ASTNode, op: Op | undefined, negated: boolean, names: readonly string[]): number {
    const leaf = this.#leaf(node, op, negated, names);
    const known = this.gateLeaves.findIndex(({ text }) => text === leaf.text);
    if (known >= 0) return known;
    this.gateLeaves.push(leaf);
    this.gates.push({ text: leaf.text });
    return this.gates.length - 1;
  }

  #leaf(node: ASTNode, op: Op | undefined, negated: boolean, names: readonly string[]): Leaf<S> {
    const plain = numberOf(compileExpression(node, this.#resolve));
    const holds: NumberOf<S> = negated || (op !== undefined && op !== node.op) ? (s, now) => 1 - plain(s, now) : plain;
    if (op === undefined || !isComparison(node)) {
      const text = negated ? `!(${writeExpression(node)})` : writeExpression(node);
      return {
        text,
        names,
        comparison: undefined,
        holds,
        margin: undefined,
        nextFlip: nextFlip(holds, undefined, this.#slope(node), this.#bends(names)),
        fallsFrom: undefined,
      };
    }
    const [leftNode, rightNode] = node.args;
    const left = { text: side(leftNode), value: compileExpression(leftNode, this.#resolve) };
    const right = { text: side(rightNode), value: compileExpression(rightNode, this.#resolve) };
    const text = `${left.text} ${op} ${right.text}`;
    const difference = differenceOf(left.value, right.value);
    const up = op === '>' || op === '>=';
    const margin: NumberOf<S> | undefined = difference && (up ? difference : (s, now) => -difference(s, now));
    const flip = nextFlip(holds, difference, this.#slopeOfDifference(node), this.#bends(names));
    const fallsFrom = fallsFromOf(op, leftNode, rightNode);
    return { text, names, comparison: { op, left, right }, holds, margin, nextFlip: flip, fallsFrom };
  }

  /** When next the course of any of them may bend. */
  #bends(names: readonly string[]): ((now: number) => number) | undefined {
    const bends = names.flatMap((name) => this.#info(name).nextBend ?? []);
    return bends.length === 0 ? undefined : (now) => Math.min(...bends.map((next) => next(now)));
  }

  #slope(node: ASTNode): Slope<S> {
    return slopeOf(node, this.#resolve, (name) => this.#info(name).slope);
  }

  #slopeOfDifference(node: ComparisonNode): Slope<S> {
    const left = this.#slope(node.args[0]);
    const right = this.#slope(node.args[1]);
    if (left === undefined || right === undefined) return undefined;
    if (left === 0 && right === 0) return 0;
    return (s, now) => (left === 0 ? 0 : left(s, now)) - (right === 0 ? 0 : right(s, now));
  }
}

type ComparisonNode = Extract<ASTNode, { op: Op }>;

function isComparison(node: ASTNode): node is ComparisonNode {
  return node.op in NEGATED;
}

function fallsFromOf(op: Op, left: ASTNode, right: ASTNode): 0 | 1 | undefined {
  if (op === '==' || op === '!=') return undefined;
  const isUp = op === '>' || op === '>=';
  const isConstant = (node: ASTNode) => collectNames(node, new Set()).size === 0;
  if (nameOf(left) !== undefined && isConstant(right)) return isUp ? 1 : 0;
  if (nameOf(right) !== undefined && isConstant(left)) return isUp ? 0 : 1;
  return undefined;
}

function differenceOf<S>(left: Compiled<S>, right: Compiled<S>): NumberOf<S> | undefined {
  if (left.type === 'string' || right.type === 'string') return undefined;
  const l = left.num;
  const r = right.num;
  return (s, now) => l(s, now) - r(s, now);
}

/** One side of a comparison: what binds no tighter stands in parentheses. */
function side(node: ASTNode): string {
  const text = writeExpression(node);
  return node.op === '?:' || node.op === '&&' || node.op === '||' || node.op === 'in' || isComparison(node)
    ? `(${text})`
    : text;
}
