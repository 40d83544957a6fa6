import type { ASTNode } from '@marcbachmann/cel-js';
import { nameOf, operandsOf } from './ast.ts';
import { compileExpression, type NumberOf, numberOf, type Resolve } from './compile.ts';

/** Change per hour of a value that is affine in time; 0 where time alone does not change it; undefined when not affine. */
export type Slope<S> = 0 | NumberOf<S> | undefined;

/** The slope of an expression, from the slopes of the names that it reads. */
export function slopeOf<S>(node: ASTNode, resolve: Resolve<S>, slopeOfName: (name: string) => Slope<S>): Slope<S> {
  const name = nameOf(node);
  if (name !== undefined) return slopeOfName(name);
  const of = (operand: ASTNode) => slopeOf(operand, resolve, slopeOfName);
  if (operandsOf(node).every((operand) => of(operand) === 0)) return 0;
  const num = (operand: ASTNode) => numberOf(compileExpression(operand, resolve));
  switch (node.op) {
    case '-_':
      return scaled(of(node.args), () => -1);
    case '+':
    case '-': {
      const left = of(node.args[0]);
      const right = of(node.args[1]);
      if (left === undefined || right === undefined) return undefined;
      const l = left === 0 ? () => 0 : left;
      const r = right === 0 ? () => 0 : right;
      return node.op === '+' ? (s, now) => l(s, now) + r(s, now) : (s, now) => l(s, now) - r(s, now);
    }
    case '*': {
      const [left, right] = node.args;
      if (of(left) === 0) return scaled(of(right), num(left));
      return of(right) === 0 ? scaled(of(left), num(right)) : undefined;
    }
    case '/': {
      const [left, right] = node.args;
      if (of(right) !== 0) return undefined;
      const divisor = num(right);
      return scaled(of(left), (s, now) => 1 / divisor(s, now));
    }
    case '?:': {
      const [test, yes, no] = node.args;
      const a = of(yes);
      const b = of(no);
      if (of(test) !== 0 || a === undefined || b === undefined) return undefined;
      const picked = num(test);
      return (s, now) => {
        const slope = picked(s, now) === 1 ? a : b;
        return slope === 0 ? 0 : slope(s, now);
      };
    }
    default:
      return undefined;
  }
}

function scaled<S>(slope: Slope<S>, by: NumberOf<S>): Slope<S> {
  if (slope === undefined || slope === 0) return slope;
  return (s, now) => slope(s, now) * by(s, now);
}
