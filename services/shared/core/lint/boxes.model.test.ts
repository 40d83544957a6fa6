import { describe, expect, it } from '@jest/globals';
import { compileExpression, numberOf } from '../conditions/compile.ts';
import { createParser } from '../conditions/parse.ts';
import { seeded } from '../testing/seeded.ts';
import { boxesOf, implies, meet } from './boxes.ts';
import { ALL } from './interval.ts';

const TYPES = { x: 'number', y: 'number', s: 'string', p: 'boolean' } as const;
type Point = Readonly<Record<keyof typeof TYPES, number | string | boolean>>;
const parser = createParser(new Map(Object.entries(TYPES)));

/** All points at which anything can differ: on every threshold and between. */
const POINTS: Point[] = [];
for (let x = -0.5; x <= 3.5; x += 0.5)
  for (let y = -0.5; y <= 3.5; y += 0.5)
    for (const s of 'abz') for (const p of [true, false]) POINTS.push({ x, y, s, p });

function randomCondition(random: () => number, depth: number): string {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  if (depth === 0)
    return pick([
      () => `${pick(['x', 'y'])} ${pick(['<', '<=', '>', '>=', '==', '!='])} ${pick([0, 1, 2, 3])}`,
      () => `${pick([1, 2])} ${pick(['<', '>='])} ${pick(['x', 'y'])}`,
      () => `x ${pick(['<', '>=', '>'])} y`,
      () => `s ${pick(['==', '!='])} '${pick(['a', 'b'])}'`,
      () => `s in ['a', '${pick(['a', 'b'])}']`,
      () => 'p',
      () => `p == ${pick(['true', 'false'])}`,
    ])();
  return pick([
    () => `(${randomCondition(random, depth - 1)} && ${randomCondition(random, depth - 1)})`,
    () => `(${randomCondition(random, depth - 1)} || ${randomCondition(random, depth - 1)})`,
    () => `!(${randomCondition(random, depth - 1)})`,
  ])();
}

function conditionOf(text: string) {
  const outcome = parser(text);
  if (!outcome.ok) throw new Error(`${text}: ${outcome.message}`);
  const { ast } = outcome.expression;
  const holds = numberOf(
    compileExpression<Point>(ast, (name) => {
      const type = TYPES[name as keyof typeof TYPES];
      if (type === 'string') return { type, text: (point) => point[name as 's'] as string };
      return { type, num: (point) => Number(point[name as 'x']) };
    }),
  );
  return { text, boxes: boxesOf(ast, () => ALL), points: new Set(POINTS.filter((point) => holds(point, 0) === 1)) };
}

describe('reasoning over comparisons', () => {
  it('never claims what a point refutes', () => {
    const random = seeded(3);
    const counts = { implied: 0, apart: 0, impossible: 0 };
    for (let i = 0; i < 1500; i++) {
      const [a, b] = [conditionOf(randomCondition(random, i % 3)), conditionOf(randomCondition(random, i % 2))];
      if (a.boxes === undefined || b.boxes === undefined) continue;
      if (a.boxes.length === 0) {
        counts.impossible += 1;
        expect([a.text, a.points.size]).toEqual([a.text, 0]);
      } else if (implies(a.boxes, b.boxes)) {
        counts.implied += 1;
        expect([a.text, b.text, [...a.points].every((point) => b.points.has(point))]).toEqual([a.text, b.text, true]);
      }
      if (a.boxes.every((one) => b.boxes!.every((other) => meet(one, other) === undefined))) {
        counts.apart += 1;
        expect([a.text, b.text, [...a.points].some((point) => b.points.has(point))]).toEqual([a.text, b.text, false]);
      }
    }
    expect(counts.implied).toBeGreaterThan(30);
    expect(counts.apart).toBeGreaterThan(50);
    expect(counts.impossible).toBeGreaterThan(10);
  });
});
