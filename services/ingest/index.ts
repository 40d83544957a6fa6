export { createIngestProcessor } from './process.ts';
export * from './topology.ts';
