export * from './decision-builders.ts';
export * from './decision-harness.ts';
export * from './embedded.ts';
export * from './json-codec.ts';
export * from './recording-metrics.ts';
