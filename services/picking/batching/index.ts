export * from './batch-orders.ts';
export * from './problem.ts';
