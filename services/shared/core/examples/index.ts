export { readExamples } from './read-examples.ts';
export { runExample } from './run-example.ts';
export type * from './types.ts';
