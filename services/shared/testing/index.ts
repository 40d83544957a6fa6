export * from './embedded.ts';
export * from './json-codec.ts';
export * from './recording-metrics.ts';
