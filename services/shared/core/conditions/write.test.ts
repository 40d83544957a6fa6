import { describe, expect, it } from '@jest/globals';
import { createParser } from './parse.ts';
import { writeExpression } from './write.ts';

const parse = createParser(
  new Map([
    ...['a', 'b', 'c'].map((name) => [name, 'number'] as const),
    ['p', 'boolean'] as const,
    ['s', 'string'] as const,
  ]),
);

function write(text: string): string {
  const outcome = parse(text);
  if (!outcome.ok) throw new Error(outcome.message);
  return writeExpression(outcome.expression.ast);
}

describe('an expression as text', () => {
  it.each([
    ['a - (b - 2) > 1', 'a - (b - 2) > 1'],
    ['(a - b) - 2 > 1', 'a - b - 2 > 1'],
    ['((a + b)) * c >= (2.50)', '(a + b) * c >= 2.5'],
    ['(p ? a : b) > 1', '(p ? a : b) > 1'],
    ['p ? a > 1 : b > 1', 'p ? a > 1 : b > 1'],
    ['!(p && a > 1) || p', '!(p && a > 1) || p'],
    ['-(a + b) > -1', '-(a + b) > -1'],
    ["s in ['x', \"y'\"]", 's in ["x", "y\'"]'],
    ['(s + s).startsWith("x")', '(s + s).startsWith("x")'],
    ['max(a,b) / (c / 2) > 0', 'max(a, b) / (c / 2) > 0'],
    ['(a > 1) == (b > 1)', 'a > 1 == (b > 1)'],
  ])('%s is %s', (text, expected) => {
    expect(write(text)).toBe(expected);
    expect(write(expected)).toBe(expected);
  });
});
