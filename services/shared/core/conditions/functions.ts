import { distanceKm } from './geo.ts';

/** A function that conditions may call: numbers in, a number out. A missing argument makes the result missing. */
export interface ConditionFunction {
  readonly arity: number;
  readonly apply: (...args: number[]) => number;
}

/** All functions of numbers, by name. */
export const FUNCTIONS: ReadonlyMap<string, ConditionFunction> = new Map([
  ['abs', { arity: 1, apply: Math.abs }],
  ['min', { arity: 2, apply: Math.min }],
  ['max', { arity: 2, apply: Math.max }],
  ['distanceKm', { arity: 4, apply: distanceKm }],
]);

/** Most values that `oneOf` compares with; `x in […]` takes any number. */
const MOST_CHOICES = 16;
const choices = (type: string) =>
  Array.from(
    { length: MOST_CHOICES },
    (_, i) =>
      `oneOf(${Array(i + 2)
        .fill(type)
        .join(', ')}): bool`,
  );

/** Functions that `bind` turns into something else, by name, with their types. */
export const BOUND_FUNCTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['hours', ['hours(double): double']],
  ['within', ['within(double, double, double): bool']],
  ['oneOf', [...choices('double'), ...choices('string')]],
  ['businessHours', ['businessHours(double, double): double', 'businessHours(double, double, string): double']],
]);

/** Methods of strings that conditions may call, but for `matches`, whose pattern `bind` prepares. */
export const STRING_METHODS: ReadonlyMap<string, (text: string, argument: string) => boolean> = new Map([
  ['startsWith', (text: string, argument: string) => text.startsWith(argument)],
  ['endsWith', (text: string, argument: string) => text.endsWith(argument)],
  ['contains', (text: string, argument: string) => text.includes(argument)],
]);
