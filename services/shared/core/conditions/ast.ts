import type { ASTNode } from '@marcbachmann/cel-js';

type NodeOf<Op extends ASTNode['op']> = Extract<ASTNode, { op: Op }>;

/** A call whose meaning hangs on a calendar: `numbers` are its arguments, the name of the calendar left out. */
export type CalendarCall = NodeOf<'call'> & {
  readonly apply: (from: number, to: number) => number;
  readonly numbers: readonly [ASTNode, ASTNode];
};
/** `matches`, with its pattern prepared. */
export type PatternCall = NodeOf<'rcall'> & { readonly isIn: (text: string) => boolean };

/** The node, when it counts by a calendar. */
export function calendarCall(node: ASTNode): CalendarCall | undefined {
  return 'apply' in node ? (node as CalendarCall) : undefined;
}

/** The node, when it matches a pattern. */
export function patternCall(node: ASTNode): PatternCall | undefined {
  return 'isIn' in node ? (node as PatternCall) : undefined;
}

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
  for (const name of collectPlaces(node, new Map()).keys()) into.add(name);
  return into;
}

/** The same, each with the offset at which it first stands. */
export function collectPlaces(node: ASTNode, into: Map<string, number>): Map<string, number> {
  const name = nameOf(node);
  if (name === undefined) for (const operand of operandsOf(node)) collectPlaces(operand, into);
  else if (!into.has(name)) into.set(name, node.range.start);
  return into;
}
