import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { GroupConsumer, GroupEvents, GroupOptions, KafkaConnection } from '../client/client.ts';
import {
  HEARTBEAT_MS,
  MAX_BYTES_PER_PARTITION,
  MAX_WAIT_MS,
  REBALANCE_TIMEOUT_MS,
  SESSION_TIMEOUT_MS,
} from '../client/consumer-settings.ts';
import { coPartitioning } from './assigner.ts';
import { createKafka } from './connect.ts';
import type { InternalBatch } from './kafkajs.ts';
import { toLogRecord } from './partition-reader.ts';

const FROM_EARLIEST = true;

/**
 * A consumer of kafkajs. Nothing that goes wrong leaves `eachBatch`: an error there may end a kafkajs consumer for good.
 * When it does end, it says so, and another one has to take its place.
 */
export class KafkajsConsumer implements GroupConsumer {
  readonly #connection: KafkaConnection;
  readonly #options: GroupOptions;
  readonly #events: GroupEvents;
  readonly #consumer: Consumer;
  #assigned: { topic: string; partitions: readonly number[] }[] = [];

  constructor(connection: KafkaConnection, options: GroupOptions, events: GroupEvents) {
    this.#connection = connection;
    this.#options = options;
    this.#events = events;
    const retry = { initialRetryTime: 50, retries: 6, restartOnFailure: async () => false };
    this.#consumer = createKafka(connection, retry).consumer({
      groupId: options.groupId,
      partitionAssigners: [coPartitioning(options.partitioning, options.owned)],
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      allowAutoTopicCreation: false,
      retry,
    });
  }

  async join(): Promise<void> {
    const consumer = this.#consumer;
    // Runs inside the consumer's event, so that everything is paused before its first fetch.
    consumer.on('consumer.group_join', ({ payload }) => {
      this.#assigned = Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({ topic, partitions }));
      for (const { topic, partitions } of this.#assigned)
        if (partitions.length > 0) this.#order(() => consumer.pause([{ topic, partitions: [...partitions] }]));
      this.#events.joined(payload.memberAssignment);
    });
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      if (payload.batchSize === 0) this.#emptyBatch(payload);
    });
    consumer.on('consumer.fetch', () => {
      for (const { topic, partitions } of this.#assigned)
        for (const partition of partitions) this.#events.fetched(topic, partition);
    });
    consumer.on('consumer.crash', ({ payload }) => this.#events.failed(payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: FROM_EARLIEST });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => this.#batch(payload) });
  }

  leave(): Promise<void> {
    return this.#consumer.disconnect();
  }

  membership(): undefined {}

  problem(): undefined {}

  seek(topic: string, partition: number, offset: number): void {
    this.#order(() => this.#consumer.seek({ topic, partition, offset: String(offset) }));
  }

  pause(topic: string, partition: number): void {
    this.#order(() => this.#consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume(topic: string, partition: number): void {
    this.#order(() => this.#consumer.resume([{ topic, partitions: [partition] }]));
  }

  #batch({ batch }: Pick<EachBatchPayload, 'batch'>): void {
    const { topic, partition } = batch;
    const { fetchedOffset, messages } = batch as unknown as InternalBatch;
    this.#events.arrived(topic, partition, {
      fetchedOffset: Number(fetchedOffset),
      next: Number(batch.lastOffset()) + 1,
      highWatermark: Number(batch.highWatermark),
      records: messages.map((message) => toLogRecord(topic, partition, message)),
    });
  }

  /** The consumer hands no batch over when transaction markers and aborted records are all there is. */
  #emptyBatch(payload: {
    topic: string;
    partition: number;
    firstOffset: string | null;
    lastOffset: string;
    highWatermark: string;
  }): void {
    this.#events.arrivedEmpty(payload.topic, payload.partition, {
      first: payload.firstOffset === null ? null : Number(payload.firstOffset),
      next: Number(payload.lastOffset) + 1,
      highWatermark: Number(payload.highWatermark),
    });
  }

  /** A consumer that is just stopping takes no orders, and needs none. */
  #order(order: () => void): void {
    try {
      order();
    } catch (error) {
      this.#connection.logger.debug({ err: error }, 'the consumer takes no orders');
    }
  }
}
