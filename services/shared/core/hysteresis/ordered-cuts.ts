import type { Clause, ConditionNode } from '../conditions/tree.ts';
import type { SegmentDefinition } from './types.ts';

/** Segments that a cut implies and that imply it, by index. */
export interface Cuts {
  readonly below: readonly number[];
  readonly above: readonly number[];
}

/**
 * Finds ordered cuts (A above B above C on one value): conditions of a single clause on the same measured text, in the
 * same direction, with constant bounds. Where there is a band, its exits must lie in the same order.
 */
export function cutsOf(segments: readonly SegmentDefinition[], clauses: readonly Clause[]): Cuts[] {
  const bounds = segments.map((segment) => {
    const enter = single(segment.enter, clauses);
    const stay = segment.stay === undefined ? enter : single(segment.stay, clauses);
    return enter && stay && sameValue(enter, stay) ? { enter, stay } : undefined;
  });
  const implies = (upper: number, lower: number): boolean => {
    const a = bounds[upper];
    const b = bounds[lower];
    if (!a || !b || !sameValue(a.enter, b.enter)) return false;
    return tightness(a.enter, b.enter) > 0 && tightness(a.stay, b.stay) >= 0;
  };
  return segments.map((_, index) => ({
    below: segments.flatMap((_segment, other) => (implies(index, other) ? [other] : [])),
    above: segments.flatMap((_segment, other) => (implies(other, index) ? [other] : [])),
  }));
}

function single(node: ConditionNode | undefined, clauses: readonly Clause[]): Clause | undefined {
  if (node?.kind === 'clause') return clauses[node.index];
  const inner = (node?.kind === 'all' || node?.kind === 'any') && node.nodes.length === 1 ? node.nodes[0] : undefined;
  return inner && single(inner, clauses);
}

function sameValue(a: Clause, b: Clause): boolean {
  return a.measured === b.measured && a.direction === b.direction && !Number.isNaN(a.bound) && !Number.isNaN(b.bound);
}

/** Positive when `a` lies further inside than `b`. */
function tightness(a: Clause, b: Clause): number {
  return a.direction * (a.bound - b.bound) || Number(a.strict) - Number(b.strict);
}
