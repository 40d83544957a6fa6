export * from './nearness.ts';
export * from './pairs.ts';
