import type { Kafka, Producer } from 'kafkajs';
import type { Request } from '../client/batches.ts';
import type { Hanging, OffsetCommit, TransactionalWriter } from '../client/client.ts';
import { KafkaAdapterError, protocolErrorOf } from '../errors.ts';

/** A transaction that its owner leaves open holds back readers this long. */
const TRANSACTION_TIMEOUT_MS = 15_000;
const OFFSETS_RETRY_MS = 5;
const OFFSETS_PATIENCE_MS = 5_000;

/** A transactional producer of kafkajs. Throws what kafkajs throws. */
export class KafkajsWriter implements TransactionalWriter {
  /** kafkajs cannot ask the coordinator how a transaction ended, so that none can be ended after it. */
  readonly former = undefined;
  readonly #producer: Producer;

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** `connect` alone does not fence; beginning a transaction does. */
  static async fence(kafka: Kafka, transactionalId: string): Promise<KafkajsWriter> {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    try {
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.abort();
      return new KafkajsWriter(producer);
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw error;
    }
  }

  async commit(requests: readonly Request[][], offsets: OffsetCommit, watched: string): Promise<number | undefined> {
    const transaction = await this.#producer.transaction();
    let next: number | undefined;
    for (const topicMessages of requests) {
      const answers = await transaction.sendBatch({ topicMessages });
      const count = topicMessages.find(({ topic }) => topic === watched)?.messages.length;
      const answer = answers.find(({ topicName }) => topicName === watched);
      if (count !== undefined && answer?.baseOffset !== undefined) next = Number(answer.baseOffset) + count;
    }
    if (offsets.topics.length > 0) await whenSettled(() => transaction.sendOffsets(offsets));
    await transaction.commit();
    return next;
  }

  async hanging(): Promise<Hanging> {
    return new Map();
  }

  async settle(): Promise<void> {
    throw new KafkaAdapterError('DETENT_KAFKA_PROTOCOL', 'kafkajs cannot end a transaction of another producer');
  }

  onLost(): void {}

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => {});
  }
}

/** The transaction before may still be writing its markers. kafkajs waits for that when it sends records, not here. */
async function whenSettled(send: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + OFFSETS_PATIENCE_MS;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (protocolErrorOf(error) !== 'CONCURRENT_TRANSACTIONS' || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, OFFSETS_RETRY_MS));
    }
  }
}
