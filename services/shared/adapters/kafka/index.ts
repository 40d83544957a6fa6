export * from './errors.ts';
export { createKafkaTaskHost, type KafkaTaskHostOptions } from './host.ts';
export type { KafkaConnection } from './kafkajs/client.ts';
export { createKafkaLogClient } from './log-client.ts';
export { resetCluster } from './reset.ts';
