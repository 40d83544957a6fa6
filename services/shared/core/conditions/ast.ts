import type { ASTNode } from '@marcbachmann/cel-js';

/** Direct operands of a node, in source order. */
export function operandsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** `a` or `a.b` as a name; undefined for anything else. */
export function nameOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op === '.' && node.args[0].op === 'id') return `${node.args[0].args}.${node.args[1]}`;
  return undefined;
}

/** Adds every name that the expression reads. */
export function collectNames(node: ASTNode, into: Set<string>): Set<string> {
  const name = nameOf(node);
  if (name !== undefined) into.add(name);
  else for (const operand of operandsOf(node)) collectNames(operand, into);
  return into;
}
