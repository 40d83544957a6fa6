import { describe, expect, it } from '@jest/globals';
import { createParser } from './parse.ts';
import { ConditionTable } from './table.ts';
import type { ConditionNode } from './tree.ts';

const MEASURED = new Set(['m', 'n', 'count']);
const parse = createParser(
  new Map([...MEASURED, 'a', 'b'].map((name) => [name, 'number'] as const).concat([['p', 'boolean'] as never])),
);

type Subject = Readonly<Record<string, number>>;

function build(...texts: string[]) {
  const table = new ConditionTable<Subject>((name) => ({
    value: { type: name === 'p' ? 'boolean' : 'number', num: (subject) => subject[name] ?? NaN },
    slope: 0,
    measured: MEASURED.has(name),
    unitVotes: name === 'count',
  }));
  const trees = texts.map((text) => {
    const outcome = parse(text);
    if (!outcome.ok) throw new Error(outcome.message);
    return table.add(outcome.expression);
  });
  const show = (node: ConditionNode): string => {
    if (node.kind === 'clause') return `[${table.clauses[node.index]!.text}]`;
    if (node.kind === 'gate') return `{${table.gates[node.index]!.text}}`;
    return `${node.kind}(${node.nodes.map(show).join(' ')})`;
  };
  return { table, shown: trees.map(show) };
}

describe('a condition as a tree', () => {
  it.each([
    ['m >= 2 && a > 1', 'all([m >= 2] {a > 1})'],
    ['!(m >= 2 && a > 1)', 'any([m < 2] {a <= 1})'],
    ['!(m < 2 || !(a == 1 || p))', 'all([m >= 2] any({a == 1} {p}))'],
    ['m > 1 && (n > 1 && a > 1)', 'all([m > 1] [n > 1] {a > 1})'],
    ['m == 2 || m != 3', 'any({m == 2} {m != 3})'],
    ['!p', '{!(p)}'],
    ['(p ? m : a) > 1', '[(p ? m : a) > 1]'],
    ['m - (n - 1) > 1 || m - n - 1 > 1', 'any([m - (n - 1) > 1] [m - n - 1 > 1])'],
    ['!(a in [1, 2])', '{!(a in [1, 2])}'],
  ])('%s is %s', (text, expected) => expect(build(text).shown).toEqual([expected]));

  it('holds what two conditions share once', () => {
    const { table, shown } = build('m >= 2 && p', 'm  >=  2 || a > 1', 'm >= 2.5');
    expect(table.clauses.map(({ text }) => text)).toEqual(['m >= 2', 'm >= 2.5']);
    expect(shown[1]).toBe('any([m >= 2] {a > 1})');
  });

  it('describes clauses so that ordered cuts are found and margins point inwards', () => {
    const { table } = build('m >= 2', 'm < 5', '3 > m', 'm > n', 'm > a', 'count >= 2', '!(m >= 7)');
    expect(
      table.clauses.map(({ measured, direction, bound, strict, unitVotes }) => [
        measured,
        direction,
        bound,
        strict,
        unitVotes,
      ]),
    ).toEqual([
      ['m', 1, 2, false, false],
      ['m', -1, 5, true, false],
      ['m', -1, 3, true, false],
      ['m - n', 1, NaN, true, false],
      ['m', 1, NaN, true, false],
      ['count', 1, 2, false, true],
      ['m', -1, 7, true, false],
    ]);
    const margins = table.clauseLeaves.map(({ margin }) => margin!({ m: 4, n: 1, a: 9, count: 2 }, 0));
    expect(margins).toEqual([2, 1, -1, 3, -5, 0, 3]);
  });
});
