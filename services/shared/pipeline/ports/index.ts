export * from './clock.ts';
export * from './codec.ts';
export * from './log.ts';
export * from './metric-catalogue.ts';
export * from './task.ts';
export * from './telemetry.ts';
export * from './working-copy.ts';
