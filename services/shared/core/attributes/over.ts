import { type Compiled, compileExpression, type NumberOf, numberOf } from '../conditions/compile.ts';
import type { LinkTarget } from '../engine/state.ts';
import { carriedGroups } from '../model/carried-groups.ts';
import type { AttributeModel, Expression, Fold, LinkModel } from '../model/types.ts';

type Over = Extract<Fold, { kind: 'over' }>;

/**
 * An aggregate over the targets of a link. NaN (missing) as long as a target that matters has not answered or has no
 * value; truths are 1 and 0. No targets: sums and counts are 0, `all` is true, the others are missing or false.
 */
export function compileOver(
  fold: Over,
  link: LinkModel,
  targetAttributes: ReadonlyMap<string, AttributeModel>,
): (targets: readonly LinkTarget[]) => number {
  const compile = (expression: Expression | undefined): NumberOf<LinkTarget> | undefined =>
    expression && numberOf(compileExpression(expression.ast, (name) => resolve(name, link, targetAttributes)));
  const where = compile(fold.where) ?? (() => 1);
  const value = compile(fold.value) ?? (() => 1);
  const all = (targets: readonly LinkTarget[]) => {
    let result = 1;
    for (const target of targets) {
      const holds = fold.aggregate === 'all' ? value(target, 0) : 1 - value(target, 0);
      const counts = where(target, 0);
      if (counts === 0 || holds === 1) continue;
      if (counts === 1 && holds === 0) return 0;
      result = NaN;
    }
    return result;
  };
  switch (fold.aggregate) {
    case 'all':
      return all;
    case 'any':
      return (targets) => 1 - all(targets);
    case 'count':
    case 'sum':
      return reduce(where, value, 0, (a, b) => a + b);
    case 'max':
      return emptyIsMissing(reduce(where, value, -Infinity, Math.max));
    case 'min':
      return emptyIsMissing(reduce(where, value, Infinity, Math.min));
    case 'mean': {
      const sum = reduce(where, value, 0, (a, b) => a + b);
      const count = reduce(
        where,
        () => 1,
        0,
        (a, b) => a + b,
      );
      return (targets) => sum(targets) / count(targets);
    }
  }
}

function reduce(
  where: NumberOf<LinkTarget>,
  value: NumberOf<LinkTarget>,
  start: number,
  join: (a: number, b: number) => number,
): (targets: readonly LinkTarget[]) => number {
  return (targets) => {
    let result = start;
    for (const target of targets) {
      const counts = where(target, 0);
      if (counts === 0) continue;
      result = counts === 1 ? join(result, value(target, 0)) : NaN;
    }
    return result;
  };
}

function emptyIsMissing(of: (targets: readonly LinkTarget[]) => number): (targets: readonly LinkTarget[]) => number {
  return (targets) => {
    const result = of(targets);
    return Number.isFinite(result) ? result : NaN;
  };
}

function resolve(
  name: string,
  link: LinkModel,
  targetAttributes: ReadonlyMap<string, AttributeModel>,
): Compiled<LinkTarget> {
  const [group = '', field = ''] = name.split('.');
  if (carriedGroups(link).includes(group)) {
    const i = link.values.indexOf(field);
    return { type: 'number', num: ({ values }) => values[i]! };
  }
  const i = link.reads.indexOf(field);
  const { type } = targetAttributes.get(field)!;
  if (type === 'string') {
    return {
      type,
      text: ({ refs }) => {
        const value = refs[i];
        return typeof value === 'string' ? value : undefined;
      },
    };
  }
  return {
    type,
    num: ({ refs }) => {
      const value = refs[i];
      return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN;
    },
  };
}
