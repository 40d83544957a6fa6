export { isDedupeKey } from './dedupe.ts';
export * from './metrics.ts';
export { createIngestProcessor } from './process.ts';
export * from './topology.ts';
