export type * from './changes/types.ts';
export type * from './engine/types.ts';
export { formatDuration, parseDuration } from './model/duration.ts';
export { loadModel } from './model/load.ts';
export { ModelError, type Problem } from './model/problems.ts';
export type * from './model/types.ts';
