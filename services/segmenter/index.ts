export * from './metrics.ts';
export { createSegmenterProcessor } from './process.ts';
export * from './topology.ts';
