import type { Kafka, Producer } from 'kafkajs';
import type { Request } from '../batches.ts';
import { protocolErrorOf } from '../errors.ts';

/** A transaction that its owner leaves open holds back readers this long. */
const TRANSACTION_TIMEOUT_MS = 15_000;
const OFFSETS_RETRY_MS = 5;
const OFFSETS_PATIENCE_MS = 5_000;

/** Offsets to commit: the next to read, by topic. */
export interface OffsetCommit {
  consumerGroupId: string;
  topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
}

/**
 * The one transactional producer of a task, from its fence to the first error. After an error the outcome of the
 * transaction is unknown: the writer is done for, and a new one must be fenced and the committed offsets read again.
 */
export class TransactionalWriter {
  readonly #producer: Producer;

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  /**
   * Takes the transactional id over: whoever wrote with it before is refused from now on, and what it left open is
   * aborted. `connect` alone does not do that; beginning a transaction does.
   */
  static async fence(kafka: Kafka, transactionalId: string): Promise<TransactionalWriter> {
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
      return new TransactionalWriter(producer);
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw error;
    }
  }

  /**
   * Records and offsets in one transaction. Returns the offset after the last record written to `watched`, undefined
   * when there was none. Throws what kafkajs throws; see the class.
   */
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
