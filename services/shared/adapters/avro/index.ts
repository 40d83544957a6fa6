export * from './codec.ts';
export { schemaIncompatibility } from './types.ts';
