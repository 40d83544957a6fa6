import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { compilePattern } from './pattern.ts';
import { PatternError } from './pattern-syntax.ts';

function randomPattern(random: () => number, depth: number): string {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  if (depth === 0) return pick(['a', 'b', 'c', '.', '[ab]', '[^a]', '\\d', '\\w', '[a-c1]', 'é', '\\.', '^', '$', '']);
  const inner = () => randomPattern(random, depth - 1);
  return pick([
    () => inner() + inner(),
    () => `${inner()}|${inner()}`,
    () => `(${inner()})${pick(['*', '+', '?', '{2}', '{1,3}', '{0,2}', '*?'])}`,
    () => `(?:${inner()})`,
    () => inner() + inner() + inner(),
  ])();
}

describe('a pattern', () => {
  it('matches what the regular expression matches, on random patterns and texts', () => {
    const random = seeded(11);
    let found = 0;
    for (let i = 0; i < 3000; i++) {
      const pattern = randomPattern(random, 1 + (i % 4));
      if (pattern.length > 200) continue;
      const ours = compilePattern(pattern);
      const theirs = new RegExp(pattern, 'u');
      for (let j = 0; j < 8; j++) {
        const text = Array.from({ length: Math.floor(random() * 7) }, () =>
          'abc1é.\n😀'.at(Math.floor(random() * 7)),
        ).join('');
        expect([pattern, text, ours(text)]).toEqual([pattern, text, theirs.test(text)]);
        found += Number(theirs.test(text));
      }
    }
    expect(found).toBeGreaterThan(5000);
  });

  it('needs time that grows with the text alone, where backtracking would double it with each character', () => {
    const isIn = compilePattern('^(a|a)*(a+)+(.*.*)*b$');
    expect(isIn('a'.repeat(100_000))).toBe(false);
    expect(isIn(`${'a'.repeat(100_000)}b`)).toBe(true);
  });

  it('keeps finding when it has seen more sets of places than it keeps', () => {
    const isIn = compilePattern('(a|b)*a(a|b){9}c');
    const random = seeded(3);
    const text = Array.from({ length: 5000 }, () => (random() < 0.5 ? 'a' : 'b')).join('');
    expect(isIn(text)).toBe(false);
    expect(isIn(`${text}aaaaaaaaaac`)).toBe(true);
  });

  it('takes ASCII letters of either case after (?i)', () => {
    expect(['express', 'EXPRESS', 'eXp'].map(compilePattern('(?i)^[d-f]Xp'))).toEqual([true, true, true]);
    expect(compilePattern('(?i)[^a]')('A')).toBe(false);
  });

  it.each([
    ['(?=a)', 0, /look around/],
    ['(a)\\1', 3, /\\1 cannot be used/],
    ['a\\b', 1, /\\b cannot be used/],
    ['a**', 2, /put it in brackets/],
    ['*a', 0, /nothing for \* to repeat/],
    ['(a', 0, /never closed/],
    ['a)', 1, /closes nothing/],
    ['[a', 0, /never closed/],
    ['[z-a]', 1, /smaller first/],
    ['a{3,1}', 1, /smaller number first/],
    ['((a{50}){50})', 0, /too large/],
    ['a'.repeat(201), 200, /at most 200/],
  ])('%s is refused with its place', (pattern, at, message) => {
    let error: unknown;
    try {
      compilePattern(pattern);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(PatternError);
    expect((error as PatternError).at).toBe(at);
    expect((error as PatternError).message).toMatch(message);
  });
});
