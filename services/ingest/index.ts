export { isDedupeKey } from './dedupe.ts';
export { createIngestProcessor } from './process.ts';
export * from './topology.ts';
