export type { KafkaConnection } from './client.ts';
export * from './errors.ts';
export { createKafkaTaskHost, type KafkaTaskHostOptions } from './host.ts';
export { createKafkaLogClient } from './log-client.ts';
export { type RebuildProgress, rebuildStates } from './rebuild.ts';
export { resetCluster } from './reset.ts';
export { openRedisCopy } from './working-copy.ts';
