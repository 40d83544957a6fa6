import type { KafkaClient, KafkaConnection } from './client/client.ts';
import { KafkaAdapterError, messageOf } from './errors.ts';
import { createKafkajsClient } from './kafkajs/client.ts';
import { createPlatformaticClient } from './platformatic/client.ts';

/** A connected client. Throws `DETENT_KAFKA_UNREACHABLE` when no broker gives an answer. */
export async function connectKafka(connection: KafkaConnection): Promise<KafkaClient> {
  try {
    return await (connection.client === 'platformatic' ? createPlatformaticClient : createKafkajsClient)(connection);
  } catch (error) {
    if (error instanceof KafkaAdapterError) throw error;
    throw new KafkaAdapterError(
      'DETENT_KAFKA_UNREACHABLE',
      `Kafka cannot be reached at ${connection.brokers.join(', ')} (${messageOf(error)}): is it running, and are DETENT_KAFKA_BROKERS and the SSL and SASL settings right?`,
      { cause: error },
    );
  }
}
