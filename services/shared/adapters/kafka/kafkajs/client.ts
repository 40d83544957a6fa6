import type { Logger } from '@detent/pipeline';
import type { RetryOptions, SASLOptions } from 'kafkajs';
import { KafkaAdapterError, messageOf } from '../errors.ts';
import { type InternalCluster, internalCluster, type Kafka, kafkajs } from './kafkajs.ts';

/** How to reach the cluster. */
export interface KafkaConnection {
  brokers: readonly string[];
  ssl?: boolean;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  clientId: string;
  /** Begins the names of topics, groups and transactional ids: `detent.` */
  prefix: string;
  /** Of topics that are created. */
  replicationFactor: number;
  logger: Logger;
}

/** Short first waits: the default of 300 ms makes back-to-back transactions ten times as slow. */
export const QUICK_RETRY: RetryOptions = {
  initialRetryTime: 5,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 500,
  retries: 10,
};

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
const ERRORS_ONLY = 1;

/** A client of its own: kafkajs shares committed offsets among what one instance makes, so consumers and producers never share one. */
export function createKafka(connection: KafkaConnection, retry: RetryOptions = QUICK_RETRY): Kafka {
  const { Kafka } = kafkajs();
  return new Kafka({
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    ssl: connection.ssl ?? false,
    ...(connection.sasl && { sasl: connection.sasl as SASLOptions }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry,
    logLevel: ERRORS_ONLY,
    // kafkajs logs each try that it repeats as an error: what matters is reported by who called it.
    logCreator:
      () =>
      ({ log: { message, ...fields } }) =>
        connection.logger.debug({ kafkajs: fields }, message),
  });
}

/** Runs the first contact with the cluster. Throws `DETENT_KAFKA_UNREACHABLE`, saying which addresses were tried. */
export async function firstContact<T>(connection: KafkaConnection, contact: () => Promise<T>): Promise<T> {
  try {
    return await contact();
  } catch (error) {
    if (error instanceof KafkaAdapterError) throw error;
    throw new KafkaAdapterError(
      'DETENT_KAFKA_UNREACHABLE',
      `Kafka cannot be reached at ${connection.brokers.join(', ')} (${messageOf(error)}): is it running, and are DETENT_KAFKA_BROKERS and the SSL and SASL settings right?`,
      { cause: error },
    );
  }
}

/** A connected cluster below kafkajs's public face. */
export async function connectCluster(connection: KafkaConnection): Promise<InternalCluster> {
  const cluster = internalCluster(createKafka(connection));
  await firstContact(connection, () => cluster.connect());
  return cluster;
}
