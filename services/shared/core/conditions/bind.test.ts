import { describe, expect, it } from '@jest/globals';
import type { CalendarModel } from '../calendars/types.ts';
import { compileExpression, numberOf } from './compile.ts';
import { distanceKm } from './geo.ts';
import { createParser } from './parse.ts';
import { ConditionTable } from './table.ts';
import { writeExpression } from './write.ts';

type Subject = Readonly<Record<string, number | string>>;
const TYPES = { x: 'number', y: 'number', from: 'number', to: 'number', s: 'string' } as const;
const OPEN = [[0, 1440]] as const;
const calendar = (name: string): CalendarModel => ({
  name,
  timezone: 'UTC',
  open: [[], OPEN, OPEN, OPEN, OPEN, OPEN, []],
  holidays: [],
});
const one = new Map([['site', calendar('site')]]);
const parserOf = (calendars?: typeof one) => createParser(new Map(Object.entries(TYPES)), calendars);
const parse = parserOf(one);

function evaluate(text: string, subject: Subject): number {
  const outcome = parse(text);
  if (!outcome.ok) throw new Error(`${text}: ${outcome.message}`);
  const compiled = compileExpression<Subject>(outcome.expression.ast, (name) =>
    name === 's'
      ? { type: 'string', text: (subject) => subject['s'] as string | undefined }
      : { type: 'number', num: (subject) => Number(subject[name]) },
  );
  return numberOf(compiled)(subject, 0);
}

describe('functions of logistics', () => {
  it.each([
    ['within(x, 2, 8)', { x: 2 }, 1],
    ['within(x, 2, 8)', { x: 8 }, 1],
    ['within(x, 2, 8)', { x: 8.01 }, 0],
    ['within(x, y, 8)', { x: 5 }, NaN],
    ["oneOf(s, 'DE', 'AT', 'CH')", { s: 'AT' }, 1],
    ["oneOf(s, 'DE', 'AT', 'CH')", { s: 'FR' }, 0],
    ['oneOf(x, 1, 2.5)', { x: 2.5 }, 1],
    ["x < hours('90m')", { x: 1.4 }, 1],
    ["x < hours('1d12h')", { x: 36 }, 0],
    ['hours(to - from) >= 2', { from: 0, to: 7_200_000 }, 1],
    ["s.matches('^[A-Z]{2}[0-9]+$')", { s: 'DE12' }, 1],
    ["s.matches(r'^\\d+$')", { s: '12x' }, 0],
    ["s.matches('a')", {}, NaN],
    ["businessHours(from, to) == hours('24h')", { from: Date.UTC(2026, 0, 9), to: Date.UTC(2026, 0, 12) }, 1],
    ["businessHours(from, to, 'site') > 1", { from: 0 }, NaN],
    ['within(distanceKm(52.52, 13.405, x, y), 504, 505)', { x: 48.1374, y: 11.5755 }, 1],
  ])('%s of %j is %d', (text, subject, expected) => expect(evaluate(text, subject as Subject)).toBe(expected));

  it.each([
    ["hours('4 hours') < x", 6, '4 hours is no duration such as 90s, 5m, 4h or 7d'],
    ['hours(10) < x + 10', 6, "hours() takes a duration such as hours('4h'), or the difference of two instants"],
    ['x > 10 && hours(s) > 1', 10, "found no matching overload for 'hours(string)'"],
    ["x > 10 && hours('4h') + s > 1", 10, 'no such overload: number + string'],
    ['x > 1 && s.matches(s)', 19, 'the pattern must be a text in quotes, so that it is checked when the model loads'],
    [
      "s.matches('ab(?=c)')",
      13,
      'the pattern cannot be used: groups that look around or have names cannot be used: ( ) or (?: )',
    ],
    ["businessHours(from, to, 'sitte') > 1", 24, 'the model has no calendar sitte'],
    ['oneOf(x, s)', 0, "found no matching overload for 'oneOf(number, string)'"],
  ])('%s is refused at %d', (text, at, message) => {
    expect(parse(text)).toMatchObject({ ok: false, at, message });
  });

  it('offer the name that was meant', () => {
    expect(parse('distnceKm(x, x, y, y) > 1')).toMatchObject({
      unknown: 'distnceKm',
      near: expect.arrayContaining(['distanceKm', 'within', 'businessHours']),
    });
    expect(parse("s.matchs('a')")).toMatchObject({ unknown: 'matchs', near: expect.arrayContaining(['matches']) });
  });

  it('need to know which calendar is meant', () => {
    expect(parserOf()('businessHours(from, to) > 1')).toMatchObject({ message: expect.stringContaining('has none') });
    const two = new Map([...one, ['carrier', calendar('carrier')] as const]);
    expect(parserOf(two)('businessHours(from, to) > 1')).toMatchObject({
      message: 'businessHours() needs the name of a calendar as well: site or carrier',
    });
  });

  it('gather evidence on measured values, for within is two comparisons', () => {
    const table = new ConditionTable<Subject>((name) => ({
      value: { type: 'number', num: (subject) => Number(subject[name]) },
      slope: 0,
      measured: true,
      unitVotes: false,
    }));
    const outcome = parse('!within(x, 2, 8)');
    if (!outcome.ok) throw new Error(outcome.message);
    expect(table.add(outcome.expression).kind).toBe('any');
    expect(table.clauses.map(({ text }) => text)).toEqual(['x < 2', 'x > 8']);
  });

  it('tell calendars apart in what they are written as', () => {
    const text = (of: string) => {
      const outcome = parse(of);
      return outcome.ok ? writeExpression(outcome.expression.ast) : outcome.message;
    };
    expect(text("businessHours(from, to, 'site') > hours('2h')")).toBe('businessHours(from, to, "site") > 2');
  });
});

describe('distance over the ground', () => {
  it('agrees with known ones, is symmetric, and crosses the date line', () => {
    // Between two poles lies half of a great circle; a degree of a meridian is 111.195 km on this sphere.
    expect(distanceKm(90, 0, -90, 0)).toBeCloseTo(Math.PI * 6371.0088, 6);
    expect(distanceKm(0, 0, 1, 0)).toBeCloseTo(111.195, 3);
    expect(distanceKm(0, 179.5, 0, -179.5)).toBeCloseTo(111.195, 3);
    expect(distanceKm(50, 8, 48, 11)).toBe(distanceKm(48, 11, 50, 8));
    expect(distanceKm(50, 8, 50, 8)).toBe(0);
    expect(distanceKm(91, 0, 0, 0)).toBeNaN();
  });
});
