export type * from './avro.ts';
export * from './cloud-events.ts';
export * from './decimal.ts';
export * from './errors.ts';
export { schemas } from './generated/schemas.ts';
export type * from './generated/types.ts';
export type * from './source-name.ts';
export * from './topic-spec.ts';
export * from './topics.ts';
