export { type RebuildProgress, rebuildStates } from './changelog/rebuild.ts';
export { openRedisCopy } from './changelog/working-copy.ts';
export type { KafkaConnection } from './client/client.ts';
export * from './errors.ts';
export { createKafkaLogClient } from './log-client.ts';
export { resetCluster } from './reset.ts';
export { createKafkaTaskHost, type KafkaTaskHostOptions } from './tasks/host.ts';
