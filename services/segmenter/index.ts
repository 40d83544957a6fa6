export { OBSERVATION } from './accept.ts';
export { entityKey } from './keys.ts';
export { ModelLibrary, sha256Of } from './model-library.ts';
export { createSegmenterProcessor } from './process.ts';
export { readEntity, readModel } from './read-entity.ts';
export * from './topology.ts';
