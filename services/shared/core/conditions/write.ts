import type { ASTNode } from '@marcbachmann/cel-js';

/** Binds tighter the higher; equal operators group to the left. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  '?:': 1,
  '||': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  in: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '!_': 7,
  '-_': 7,
};
const TIGHTEST = 8;

/**
 * An expression as text, with the parentheses that it needs and no others: equal texts mean equal expressions. Whole
 * numbers stand without a point, as an analyst writes them.
 */
export function writeExpression(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'string' ? JSON.stringify(node.args) : String(node.args);
    case 'id':
      return node.args;
    case '.':
      return `${within(node.args[0], TIGHTEST)}.${node.args[1]}`;
    case 'call':
      return `${node.args[0]}(${list(node.args[1])})`;
    case 'rcall':
      return `${within(node.args[1], TIGHTEST)}.${node.args[0]}(${list(node.args[2])})`;
    case 'list':
      return `[${list(node.args)}]`;
    case '!_':
    case '-_':
      return node.op.charAt(0) + within(node.args, PRECEDENCE[node.op]!);
    case '?:': {
      const [test, yes, no] = node.args;
      return `${within(test, 2)} ? ${within(yes, 2)} : ${within(no, 1)}`;
    }
    case 'map':
    case '.?':
    case '[]':
    case '[?]':
      throw new Error(`the parser let the operator ${node.op} pass`);
    default: {
      const precedence = PRECEDENCE[node.op]!;
      return `${within(node.args[0], precedence)} ${node.op} ${within(node.args[1], precedence + 1)}`;
    }
  }
}

function list(nodes: readonly ASTNode[]): string {
  return nodes.map(writeExpression).join(', ');
}

function within(node: ASTNode, precedence: number): string {
  const text = writeExpression(node);
  return (PRECEDENCE[node.op] ?? TIGHTEST) < precedence ? `(${text})` : text;
}
