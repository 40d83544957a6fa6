import type { KafkaClient, KafkaConnection } from './client/client.ts';
import { KafkaAdapterError, messageOf } from './errors.ts';

/** A connected client. Throws `DETENT_KAFKA_UNREACHABLE` when no broker gives an answer. */
export async function connectKafka(connection: KafkaConnection): Promise<KafkaClient> {
  try {
    // Either library takes a good part of a second to load: only the one that is asked for is.
    if (connection.client === 'kafkajs')
      return await (await import('./kafkajs/client.ts')).createKafkajsClient(connection);
    return await (await import('./platformatic/client.ts')).createPlatformaticClient(connection);
  } catch (error) {
    if (error instanceof KafkaAdapterError) throw error;
    throw new KafkaAdapterError(
      'DETENT_KAFKA_UNREACHABLE',
      `Kafka cannot be reached at ${connection.brokers.join(', ')} (${messageOf(error)}): is it running, and are DETENT_KAFKA_BROKERS and the SSL and SASL settings right?`,
      { cause: error },
    );
  }
}
