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
]);

/** Methods of strings that conditions may call. `matches` is not among them: its patterns can run for ever. */
export const STRING_METHODS: ReadonlyMap<string, (text: string, argument: string) => boolean> = new Map([
  ['startsWith', (text: string, argument: string) => text.startsWith(argument)],
  ['endsWith', (text: string, argument: string) => text.endsWith(argument)],
  ['contains', (text: string, argument: string) => text.includes(argument)],
]);
