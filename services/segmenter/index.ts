export * from './metrics.ts';
export { ModelLibrary, sha256Of } from './model-library.ts';
export { createSegmenterProcessor } from './process.ts';
export * from './topology.ts';
