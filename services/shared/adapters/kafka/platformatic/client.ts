import { ConfigResourceTypes, createTopicsV7, listOffsetsV7, metadataV12, offsetFetchV7 } from '@platformatic/kafka';
import type { Bounds, KafkaClient, KafkaConnection, Offsets } from '../client/client.ts';
import { protocolErrorOf } from '../errors.ts';
import { Cluster, leaderOf, untilDone } from './cluster.ts';
import { PlatformaticConsumer } from './consumer.ts';
import { readPartition } from './partition-reader.ts';
import { createAppender } from './producer.ts';
import { PlatformaticWriter } from './writer.ts';

const CONSUMER_REPLICA = -1;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const EARLIEST = -2n;
const LATEST = -1n;
const UNKNOWN_EPOCH = -1;
const CREATE_TIMEOUT_MS = 15_000;
const PATIENCE_MS = 20_000;
const RETRY_MS = 50;

/** `KafkaClient` on the connections and protocol calls of @platformatic/kafka (`docs/decisions/0013-two-kafka-clients.md`). */
export async function createPlatformaticClient(connection: KafkaConnection): Promise<KafkaClient> {
  const cluster = new Cluster(connection);
  const pool = cluster.pool();
  const { admin } = cluster;
  const patiently = <T>(work: () => Promise<T>) => untilDone(PATIENCE_MS, RETRY_MS, work);
  try {
    await admin.metadata({ topics: [] });
  } catch (error) {
    await cluster.close();
    throw error;
  }

  async function describe() {
    const { topics } = await patiently(async () => metadataV12.api.async(await cluster.any(), null, false, false));
    return topics.filter(({ isInternal, name }) => !isInternal && !name?.startsWith('__'));
  }

  /** Of each partition, `timestamp` being one of Kafka's names for a place. */
  function offsets(topic: string, timestamp: bigint, isolation: number): Promise<Map<number, number>> {
    let fresh = false;
    return patiently(async () => {
      const leaders = await cluster.leaders(topic, fresh);
      fresh = true;
      const found = new Map<number, number>();
      const byLeader = Map.groupBy(leaders.keys(), (partition) => {
        const { host, port } = leaderOf(leaders, topic, partition);
        return `${host}:${port}`;
      });
      for (const partitions of byLeader.values()) {
        const { host, port } = leaderOf(leaders, topic, partitions[0]!);
        const { topics } = await listOffsetsV7.api.async(await pool.get({ host, port }), CONSUMER_REPLICA, isolation, [
          {
            name: topic,
            partitions: partitions.map((partitionIndex) => ({
              partitionIndex,
              currentLeaderEpoch: UNKNOWN_EPOCH,
              timestamp,
            })),
          },
        ]);
        for (const { partitionIndex, offset } of topics[0]?.partitions ?? []) found.set(partitionIndex, Number(offset));
      }
      return new Map([...found].sort(([a], [b]) => a - b));
    });
  }

  function committed(
    groupId: string,
    wanted: readonly { topic: string; partitions: readonly number[] }[] | null,
    stable: boolean,
  ): Promise<Offsets> {
    const topics = wanted?.map(({ topic, partitions }) => ({ name: topic, partitionIndexes: [...partitions] })) ?? null;
    return patiently(async () => {
      const broker = await pool.get(await cluster.coordinator('group', groupId));
      const answer = await offsetFetchV7.api.async(broker, [{ groupId, topics }], stable);
      const result = new Map<string, Map<number, number>>();
      for (const { name, partitions } of answer.topics) {
        const known = partitions.filter(({ committedOffset }) => committedOffset >= 0n);
        if (known.length > 0)
          result.set(name, new Map(known.map((at) => [at.partitionIndex, Number(at.committedOffset)])));
      }
      return result;
    });
  }

  return {
    async topics() {
      return new Map((await describe()).map(({ name, partitions }) => [name ?? '', partitions.length]));
    },
    async createTopics(specs) {
      try {
        await createTopicsV7.api.async(
          await pool.get(await cluster.controller()),
          specs.map(({ topic, partitions, config }) => ({
            name: topic,
            numPartitions: partitions,
            replicationFactor: connection.replicationFactor,
            assignments: [],
            configs: Object.entries(config).map(([name, value]) => ({ name, value })),
          })),
          CREATE_TIMEOUT_MS,
          false,
        );
      } catch (error) {
        if (!isAlreadyThere(error)) throw error;
      }
    },
    deleteTopics: (topics) => admin.deleteTopics({ topics: [...topics] }),
    async maxMessageBytes(topics) {
      const described = await admin.describeConfigs({
        resources: topics.map((resourceName) => ({
          resourceType: ConfigResourceTypes.TOPIC,
          resourceName,
          configurationKeys: ['max.message.bytes'],
        })),
      });
      const limits = new Map<string, number>();
      for (const { resourceName, configs } of described)
        if (configs[0]?.value) limits.set(resourceName, Number(configs[0].value));
      return limits;
    },
    async topicId(topic) {
      const { topics } = await patiently(() => admin.metadata({ topics: [topic], forceUpdate: true }));
      return topics.get(topic)!.id.replaceAll('-', '');
    },
    async bounds(topic) {
      const [starts, ends] = await Promise.all([
        offsets(topic, EARLIEST, READ_COMMITTED),
        offsets(topic, LATEST, READ_COMMITTED),
      ]);
      return new Map(
        [...starts].map(([partition, start]): [number, Bounds] => [
          partition,
          { start, end: ends.get(partition) ?? start },
        ]),
      );
    },
    highWatermarks: (topic) => offsets(topic, LATEST, READ_UNCOMMITTED),
    read: (topic, partition, from, end) => readPartition(cluster, pool, topic, partition, from, end),
    async deleteRecords(topic, partition, before) {
      await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(before) }] }] });
    },
    committedOffsets: (groupId) => committed(groupId, null, false),
    async stableOffsets(groupId, wanted) {
      try {
        return await committed(groupId, wanted, true);
      } catch (error) {
        if (protocolErrorOf(error) === 'UNSTABLE_OFFSET_COMMIT') return undefined;
        throw error;
      }
    },
    async groups() {
      const groups = await admin.listGroups();
      return [...groups.values()].map(({ id, state }) => ({ groupId: id, busy: !/^(empty|dead)$/i.test(state) }));
    },
    deleteGroups: (groups) => admin.deleteGroups({ groups: [...groups] }),
    appender: () => createAppender(cluster),
    fence: (transactionalId, membership) => PlatformaticWriter.fence(cluster, transactionalId, membership),
    consumer: (options, events) => new PlatformaticConsumer(cluster, options, events),
    async close() {
      await pool.close();
      await cluster.close();
    },
  };
}

/** Two services that start at once make the same topics. */
function isAlreadyThere(error: unknown): boolean {
  const errors = (error as { errors?: unknown[] }).errors ?? [error];
  return errors.every((one) => protocolErrorOf(one) === 'TOPIC_ALREADY_EXISTS');
}
