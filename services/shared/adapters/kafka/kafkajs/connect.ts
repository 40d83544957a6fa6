import type { RetryOptions, SASLOptions } from 'kafkajs';
import type { KafkaConnection } from '../client/client.ts';
import { type Kafka, kafkajs } from './kafkajs.ts';

/** Short first waits: the default of 300 ms makes back-to-back transactions ten times as slow. */
const QUICK_RETRY: RetryOptions = {
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
