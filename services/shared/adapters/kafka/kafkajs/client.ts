import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Appender, KafkaClient, KafkaConnection } from '../client/client.ts';
import { protocolErrorOf } from '../errors.ts';
import { createKafka } from './connect.ts';
import { KafkajsConsumer } from './consumer.ts';
import { internalCluster, type Kafka } from './kafkajs.ts';
import { highWatermark, readPartition } from './partition-reader.ts';
import { fetchStableOffsets, fetchTopicId } from './raw-protocol.ts';
import { KafkajsWriter } from './writer.ts';

const TOPIC = 2;

/** `KafkaClient` by kafkajs 2.2.4 with parts replaced (`docs/decisions/0010-kafkajs.md`). */
export async function createKafkajsClient(connection: KafkaConnection): Promise<KafkaClient> {
  const admin = createKafka(connection).admin();
  await admin.connect();
  const cluster = internalCluster(createKafka(connection));
  await cluster.connect();
  /** Producers only: never a consumer's. */
  const producers = createKafka(connection);

  async function topics(): Promise<Map<string, number>> {
    const { topics } = await admin.fetchTopicMetadata();
    return new Map(
      topics.filter(({ name }) => !name.startsWith('__')).map(({ name, partitions }) => [name, partitions.length]),
    );
  }

  return {
    topics,
    async createTopics(specs) {
      try {
        await admin.createTopics({
          waitForLeaders: false,
          topics: specs.map(({ topic, partitions, config }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: connection.replicationFactor,
            configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
          })),
        });
      } catch (error) {
        if (!isAlreadyThere(error)) throw error;
      }
    },
    deleteTopics: (names) => admin.deleteTopics({ topics: [...names] }),
    maxMessageBytes: (names) => maxMessageBytes(admin, names),
    topicId: (topic) => fetchTopicId(cluster, topic),
    async bounds(topic) {
      const partitions = await admin.fetchTopicOffsets(topic);
      return new Map(
        partitions
          .sort((a, b) => a.partition - b.partition)
          .map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]),
      );
    },
    async highWatermarks(topic) {
      await cluster.addTargetTopic(topic);
      const ends = new Map<number, number>();
      for (const { partitionId } of cluster.findTopicPartitionMetadata(topic))
        ends.set(partitionId, await highWatermark(cluster, topic, partitionId));
      return ends;
    },
    read: (topic, partition, from, end) => readPartition(cluster, topic, partition, from, end),
    async deleteRecords(topic, partition, before) {
      // Its admin looks for the leader among the topics that it has asked for before.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
    },
    async committedOffsets(groupId) {
      const groups = await onceCoordinated(() => admin.fetchOffsets({ groupId }));
      const result = new Map<string, Map<number, number>>();
      for (const { topic, partitions } of groups) {
        const known = partitions.filter(({ offset }) => Number(offset) >= 0);
        if (known.length > 0) result.set(topic, new Map(known.map((at) => [at.partition, Number(at.offset)])));
      }
      return result;
    },
    stableOffsets: (groupId, wanted) => fetchStableOffsets(cluster, groupId, wanted),
    async groups() {
      const ids = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
      if (ids.length === 0) return [];
      const { groups } = await admin.describeGroups(ids);
      return groups.map(({ groupId, members }) => ({ groupId, busy: members.length > 0 }));
    },
    async deleteGroups(groupIds) {
      await admin.deleteGroups([...groupIds]);
    },
    appender: () => appender(producers),
    fence: (transactionalId) => KafkajsWriter.fence(producers, transactionalId),
    consumer: (options, events) => new KafkajsConsumer(connection, options, events),
    async close() {
      await cluster.disconnect();
      await admin.disconnect();
    },
  };
}

async function appender(kafka: Kafka): Promise<Appender> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  return {
    async append(requests) {
      for (const topicMessages of requests) await producer.sendBatch({ topicMessages });
    },
    close: () => producer.disconnect(),
  };
}

async function maxMessageBytes(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: TOPIC, name, configNames: ['max.message.bytes'] })),
  });
  const limits = new Map<string, number>();
  for (const { resourceName, configEntries } of resources) {
    const limit = configEntries[0]?.configValue;
    if (limit) limits.set(resourceName, Number(limit));
  }
  return limits;
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
