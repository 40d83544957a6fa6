import { describe, expect, it } from '@jest/globals';
import { dimensionProgram, type Knobs } from './index.ts';
import { alike, all, clause, cut, EVIDENCE, gate, PLAIN } from './testkit/entity.ts';

const CLAUSES = [cut('x', 2), cut('x', 1), cut('x', 3, { direction: -1 }), cut('y', 1), cut('x', Number.NaN)];
const rest = { name: 'rest', knobs: PLAIN };
const names = (indexes: readonly number[]) => indexes.join();

describe('dimensionProgram', () => {
  it.each<[string, Partial<Knobs>, RegExp]>([
    ['a switch cost of nothing', { switchCost: alike({ ms: 0 }) }, /hot: evidence needs a switchCost above 0/],
    ['a patience of nothing', { patience: alike(0) }, /hot: patience is 0/],
    ['a negative wait', { enterAfterMs: -1 }, /hot: enterAfterMs is -1/],
    ['more of m than m', { confirm: { n: 4, m: 3 } }, /hot: confirm 4 of 3/],
    ['too long a history', { bypassConfirm: { n: 4, m: 31 } }, /hot: bypassConfirm 4 of 31/],
  ])('refuses %s', (_what, wrong, message) => {
    const segments = [{ name: 'hot', enter: clause(0), knobs: { ...EVIDENCE, ...wrong } }, rest];
    expect(() => dimensionProgram({ segments, clauses: CLAUSES })).toThrow(message);
  });

  it('refuses a segment without a condition, a conditional default and an unknown clause', () => {
    const make =
      (...segments: Parameters<typeof dimensionProgram>[0]['segments']) =>
      () =>
        dimensionProgram({ segments, clauses: CLAUSES });
    expect(make()).toThrow(expect.objectContaining({ code: 'DETENT_HYSTERESIS_DEFINITION' }));
    expect(make({ name: 'a', knobs: PLAIN }, rest)).toThrow(/a has no condition/);
    expect(make({ name: 'a', enter: gate(0), knobs: PLAIN })).toThrow(/a is the last/);
    expect(make({ name: 'a', enter: clause(9), knobs: PLAIN }, rest)).toThrow(/Clause 9/);
  });

  it('finds ordered cuts: one value, one direction, constant bounds, exits in the same order', () => {
    const knobs = PLAIN;
    const { segments } = dimensionProgram({
      clauses: CLAUSES,
      segments: [
        { name: 'x2', enter: clause(0), knobs },
        { name: 'x1', enter: all(clause(1)), knobs },
        { name: 'down', enter: clause(2), knobs },
        { name: 'other', enter: clause(3), knobs },
        { name: 'unbound', enter: clause(4), knobs },
        { name: 'mixed', enter: all(clause(1), gate(0)), knobs },
        rest,
      ],
    });
    expect(segments.map(({ below, above }) => [names(below), names(above)])).toEqual([
      ['1', ''],
      ['', '0'],
      ...Array(5).fill(['', '']),
    ]);
    const banded = dimensionProgram({
      clauses: CLAUSES,
      segments: [
        { name: 'x2', enter: clause(0), stay: all(clause(1), clause(3)), knobs },
        { name: 'x1', enter: clause(1), knobs },
        rest,
      ],
    });
    expect(banded.segments[0]!.below).toEqual([]);
  });

  it('keeps one set of statistics per value and switch cost, none without evidence', () => {
    const size = (...knobs: Knobs[]) =>
      dimensionProgram({
        clauses: CLAUSES,
        segments: [...knobs.map((k, i) => ({ name: `s${i}`, enter: clause(i), knobs: k })), rest],
      }).size;
    const other = { ...EVIDENCE, switchCost: alike({ ms: 90 }) };
    // Beside the statistics each of the two banks keeps what it learns.
    const ladders = 2 * 12;
    expect(size(EVIDENCE, EVIDENCE) - size(PLAIN, PLAIN)).toBe(7 + ladders);
    expect(size(EVIDENCE, other) - size(PLAIN, PLAIN)).toBe(14 + ladders);
  });
});
