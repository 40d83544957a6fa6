import { describe, expect, it } from '@jest/globals';
import { Environment } from '@marcbachmann/cel-js';
import { seeded } from '../testing/seeded.ts';
import { type Compiled, compileExpression, numberOf } from './compile.ts';
import { FUNCTIONS } from './functions.ts';
import { createParser } from './parse.ts';

type Subject = Readonly<Record<string, number | string | boolean | undefined>>;
const TYPES = { x: 'number', y: 'number', z: 'number', s: 'string', t: 'string', p: 'boolean', q: 'boolean' } as const;
const parse = createParser(new Map(Object.entries(TYPES)));

function compile(text: string): Compiled<Subject> {
  const outcome = parse(text);
  if (!outcome.ok) throw new Error(`${text}: ${outcome.message}`);
  return compileExpression<Subject>(outcome.expression.ast, (name) => {
    const type = TYPES[name as keyof typeof TYPES];
    if (type === 'string') return { type, text: (subject) => subject[name] as string | undefined };
    return { type, num: (subject) => Number(subject[name]) };
  });
}
const evaluate = (text: string, subject: Subject) => numberOf(compile(text))(subject, 0);

/** A random condition over the names above, in the text of an analyst (whole numbers without a point). */
function randomCondition(random: () => number, depth: number): string {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const num = (d: number): string => {
    if (d === 0 || random() < 0.4) return pick(['x', 'y', 'z', '0', '1', '2.5', '10']);
    return pick([
      () => `(${num(d - 1)} ${pick(['+', '-', '*'])} ${num(d - 1)})`,
      () => `-${num(0)}`,
      () => `${pick(['min', 'max'])}(${num(d - 1)}, ${num(d - 1)})`,
      () => `(${truth(d - 1)} ? ${num(d - 1)} : ${num(d - 1)})`,
    ])();
  };
  const truth = (d: number): string => {
    if (d === 0) return pick(['p', 'q', 'x > 1', 's == "a"', 'true']);
    return pick([
      () => `(${truth(d - 1)} && ${truth(d - 1)})`,
      () => `(${truth(d - 1)} || ${truth(d - 1)})`,
      () => `!(${truth(d - 1)})`,
      () => `${num(d - 1)} ${pick(['<', '<=', '>', '>=', '==', '!='])} ${num(d - 1)}`,
      () => `s ${pick(['==', '!=', '<', '>='])} ${pick(['t', '"a"', "'b'"])}`,
      () => `s in ['a', t, "c"]`,
      () => `x in [1, 2.5, y]`,
      () => `(s + t).${pick(['startsWith', 'endsWith', 'contains'])}("a")`,
    ])();
  };
  return truth(depth);
}

describe('compiled conditions', () => {
  it('agree with the interpreter of the library on random conditions and values', () => {
    const random = seeded(7);
    const environment = new Environment();
    for (const [name, type] of Object.entries(TYPES))
      environment.registerVariable(name, { number: 'double', string: 'string', boolean: 'bool' }[type]);
    for (const [name, { arity, apply }] of FUNCTIONS)
      environment.registerFunction(`${name}(${Array(arity).fill('double').join(', ')}): double`, apply);
    let trues = 0;
    for (let i = 0; i < 3000; i++) {
      const text = randomCondition(random, 1 + (i % 4));
      const subject = {
        x: Math.floor(random() * 5) - 1,
        y: random() * 4,
        z: 1,
        s: 'abc'[Math.floor(random() * 3)]!,
        t: 'abc'[Math.floor(random() * 3)]!,
        p: random() < 0.5,
        q: random() < 0.5,
      };
      // The interpreter has no whole numbers as doubles: it is given what an analyst would have to write for it.
      const strict = text.replaceAll(/(?<![\w.])(\d+)(?![\d.])/g, '$1.0');
      const expected = environment.parse(strict)(subject);
      expect([text, subject, evaluate(text, subject) === 1]).toEqual([text, subject, expected]);
      trues += Number(expected);
    }
    expect(trues).toBeGreaterThan(500);
    expect(trues).toBeLessThan(2500);
  });

  it('know missing as a value of its own, as in Kleene’s logic', () => {
    const missing = {};
    const table: [string, Subject, number][] = [
      ['p && x > 1', { p: false }, 0],
      ['x > 1 && p', { p: false }, 0],
      ['p && x > 1', { p: true }, NaN],
      ['p || x > 1', { p: true }, 1],
      ['x > 1 || p', { p: true }, 1],
      ['p || x > 1', { p: false }, NaN],
      ['!p', missing, NaN],
      ['x == 1', missing, NaN],
      ['x != 1', missing, NaN],
      ['x + y > 1', { x: 5 }, NaN],
      ['s == "a"', missing, NaN],
      ['s in ["a", t]', { s: 'a' }, 1],
      ['s in ["b", t]', { s: 'a' }, NaN],
      ['(p ? x : y) > 1', { p: true, x: 2 }, 1],
      ['(p ? x : y) > 1', { x: 2, y: 2 }, NaN],
      ['max(x, y) > 1', { x: 5 }, NaN],
    ];
    for (const [text, subject, expected] of table) expect([text, evaluate(text, subject)]).toEqual([text, expected]);
  });

  it('take a quotient by zero for missing', () => {
    expect(evaluate('x / y > 1', { x: 1, y: 0 })).toBeNaN();
    expect(evaluate('x / y > 1', { x: 4, y: 2 })).toBe(1);
  });
});

describe('the parser', () => {
  it.each([
    ['size(s) > 1', 'size() cannot be used here', 0],
    ['x > 1 && matches(s, "a")', 'matches() cannot be used here', 9],
    ['[1, 2] == [1, 2]', 'a list cannot be used here', 0],
    ['x in s', 'anything but a list after in cannot be used here', 0],
    ['x > 1 && y > null', 'this literal cannot be used here', 13],
    ['x + 10 + s > 1', 'no such overload: number + string', 0],
    ['x > 10 && zz > 1', 'zz is not known here', 10],
  ])('refuses %s and says where', (text, message, at) => {
    expect(parse(text)).toMatchObject({ ok: false, message, at });
  });
});
