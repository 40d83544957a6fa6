export * from './plan.ts';
export * from './putting-away.ts';
