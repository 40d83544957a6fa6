import { setTimeout as sleep } from 'node:timers/promises';
import type { LogClient, LogRecord, OutRecord, TopicSpec } from '@detent/pipeline';
import { murmur2Partition } from '@detent/pipeline';
import type { Producer } from 'kafkajs';
import { PartitionsChangedError } from '../sqlite/index.ts';
import { type Message, toRequests } from './batches.ts';
import { KafkaAdapterError, protocolErrorOf } from './errors.ts';
import { connectCluster, createKafka, firstContact, type KafkaConnection } from './kafkajs/client.ts';
import { highWatermark, readPartition } from './kafkajs/partition-reader.ts';
import { TopicCatalogue } from './topic-info.ts';

/** Event times may lie ahead of the broker's clock (simulations); Kafka 4 would refuse records more than an hour ahead. */
const ANY_TIMESTAMP = { 'message.timestamp.after.max.ms': '9223372036854775807' };

/** `LogClient` over Kafka. Throws `DETENT_KAFKA_UNREACHABLE` when the cluster gives no answer. */
export async function createKafkaLogClient(connection: KafkaConnection): Promise<LogClient> {
  const { prefix, replicationFactor } = connection;
  const kafka = createKafka(connection);
  const admin = kafka.admin();
  await firstContact(connection, () => admin.connect());
  const catalogue = new TopicCatalogue(admin);
  const cluster = await connectCluster(connection);
  let producer: Promise<Producer> | undefined;
  let appending: Promise<unknown> = Promise.resolve();

  async function partitionCounts(): Promise<Map<string, number>> {
    const { topics } = await admin.fetchTopicMetadata();
    return new Map(
      topics.filter(({ name }) => !name.startsWith('__')).map(({ name, partitions }) => [name, partitions.length]),
    );
  }

  /** kafkajs's `waitForLeaders` fails at once on a topic that the broker has not yet heard of from its controller. */
  async function untilKnown(topics: readonly string[]): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const counts = await partitionCounts();
      const unknown = topics.filter((topic) => !counts.get(topic));
      if (unknown.length === 0) return;
      if (Date.now() > deadline) {
        const message = `Kafka made ${unknown.join(', ')} and does not show them after 30 s: look at the broker's log`;
        throw new KafkaAdapterError('DETENT_KAFKA_PROTOCOL', message);
      }
      await sleep(50);
    }
  }

  async function offsets(topic: string): Promise<Map<number, { start: number; end: number }>> {
    await catalogue.learn([topic]);
    const partitions = await admin.fetchTopicOffsets(topic);
    return new Map(
      partitions
        .sort((a, b) => a.partition - b.partition)
        .map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]),
    );
  }

  /** After an error it is not known how far the broker's count of the producer's records got: a new one is made. */
  async function connected(): Promise<Producer> {
    producer ??= (async () => {
      const made = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      });
      await made.connect();
      return made;
    })();
    try {
      return await producer;
    } catch (error) {
      producer = undefined;
      throw error;
    }
  }

  async function append(records: readonly OutRecord[]): Promise<void> {
    if (records.length === 0) return;
    await catalogue.learn(records.map(({ topic }) => topic));
    const messages = records.map((record) => ({
      topic: record.topic,
      message: toMessage(record, catalogue.get(record.topic).partitions),
    }));
    const current = await connected();
    try {
      for (const topicMessages of toRequests(messages, (topic) => catalogue.get(topic).maxMessageBytes))
        await current.sendBatch({ topicMessages });
    } catch (error) {
      producer = undefined;
      await current.disconnect().catch(() => {});
      throw error;
    }
  }

  return {
    async ensureTopics(specs: readonly TopicSpec[]) {
      const existing = await partitionCounts();
      for (const { topic, partitions } of specs) {
        const has = existing.get(topic);
        if (has !== undefined && has !== partitions) throw new PartitionsChangedError(topic, has, partitions);
      }
      const missing = specs.filter(({ topic }) => !existing.has(topic));
      if (missing.length === 0) return;
      try {
        await admin.createTopics({
          waitForLeaders: false,
          topics: missing.map(({ topic, partitions, config }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor,
            configEntries: Object.entries({ ...ANY_TIMESTAMP, ...config }).map(([name, value]) => ({ name, value })),
          })),
        });
      } catch (error) {
        if (!isAlreadyThere(error)) throw error;
      }
      await untilKnown(missing.map(({ topic }) => topic));
    },
    topics: partitionCounts,
    append(records) {
      const done = appending.then(() => append(records));
      appending = done.catch(() => {});
      return done;
    },
    async *read(topic: string, from?: ReadonlyMap<number, number>): AsyncIterable<LogRecord[]> {
      const bounds = await offsets(topic);
      const ends = new Map<number, number>();
      for (const partition of bounds.keys()) ends.set(partition, await highWatermark(cluster, topic, partition));
      for (const [partition, { start }] of bounds) {
        const first = Math.max(start, from?.get(partition) ?? start);
        yield* readPartition(cluster, topic, partition, first, ends.get(partition) ?? first);
      }
    },
    offsets,
    async committed(service: string) {
      const groups = await onceCoordinated(() => admin.fetchOffsets({ groupId: `${prefix}${service}` }));
      const result = new Map<string, Map<number, number>>();
      for (const { topic, partitions } of groups) {
        const known = partitions.filter(({ offset }) => Number(offset) >= 0);
        if (known.length > 0) result.set(topic, new Map(known.map((at) => [at.partition, Number(at.offset)])));
      }
      return result;
    },
    async close() {
      await appending;
      await (await producer?.catch(() => undefined))?.disconnect();
      await cluster.disconnect();
      await admin.disconnect();
    },
  };
}

function toMessage({ partition, key, value, timestamp, headers }: OutRecord, partitions: number): Message {
  return {
    partition: partition ?? (key === null ? 0 : murmur2Partition(key, partitions)),
    key,
    value,
    timestamp: String(timestamp),
    ...(headers && { headers }),
  };
}

/** Two services that start at once make the same topics. */
function isAlreadyThere(error: unknown): boolean {
  const errors = (error as { errors?: unknown[] }).errors ?? [error];
  return errors.every((one) => protocolErrorOf(one) === 'TOPIC_ALREADY_EXISTS');
}

const COORDINATOR_PATIENCE_MS = 20_000;
const COORDINATOR_POLL_MS = 50;
const COORDINATOR_COMING = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);

/** A cluster that has just started, or lost a broker, first has to settle who keeps a group's offsets. */
async function onceCoordinated<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + COORDINATOR_PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!COORDINATOR_COMING.has(protocolErrorOf(error) ?? '') || Date.now() > deadline) throw error;
      await sleep(COORDINATOR_POLL_MS);
    }
  }
}
