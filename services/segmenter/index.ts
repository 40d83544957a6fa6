export { entityKey } from './keys.ts';
export * from './metrics.ts';
export { createSegmenterProcessor } from './process.ts';
export { readEntity } from './read-entity.ts';
export * from './topology.ts';
