export * from './changelog-batches.ts';
export * from './hash.ts';
export { MemoryStates } from './memory-states.ts';
export * from './recompute.ts';
