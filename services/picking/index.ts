export * from './config.ts';
export * from './process.ts';
export * from './topology.ts';
