export type { ExplainOptions } from './explain.ts';
export type * from './types.ts';
