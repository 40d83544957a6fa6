export * from './derived.ts';
export * from './entry.ts';
export * from './ledger.ts';
export * from './limits.ts';
export * from './topics.ts';
