import type { GroupOverview } from 'kafkajs';
import { connectRedis, type RedisOptions, scanPattern } from '../redis/index.ts';
import { KafkaAdapterError } from './errors.ts';
import { createKafka, firstContact, type KafkaConnection } from './kafkajs/client.ts';

const SCAN_COUNT = 1000;

/**
 * Deletes topics, consumer groups and Redis keys whose names begin with the connection's prefix; schemas stay. Returns
 * the topics that went. Throws `DETENT_KAFKA_GROUP_BUSY` while a service still runs.
 */
export async function resetCluster(connection: KafkaConnection, redisOptions: RedisOptions): Promise<string[]> {
  const { prefix, logger } = connection;
  if (prefix === '') throw new RangeError('a reset without a prefix would delete every topic of the cluster');
  const admin = createKafka(connection).admin();
  await firstContact(connection, () => admin.connect());
  try {
    const groups = (await admin.listGroups()).groups.filter(({ groupId }) => groupId.startsWith(prefix));
    await refuseBusy(groups, async (ids) => (await admin.describeGroups(ids)).groups);
    const redis = await connectRedis(redisOptions, logger);
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)).sort();
    if (groups.length > 0) await admin.deleteGroups(groups.map(({ groupId }) => groupId));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    for (const node of redis.nodes()) {
      for (let cursor = '', keys: string[] = []; cursor !== '0'; ) {
        [cursor, keys] = await node.scan(cursor || '0', 'MATCH', scanPattern(prefix), 'COUNT', SCAN_COUNT);
        for (const key of keys) await redis.connection.unlink(key);
      }
    }
    redis.close();
    return topics;
  } finally {
    await admin.disconnect();
  }
}

async function refuseBusy(
  groups: readonly GroupOverview[],
  describe: (ids: string[]) => Promise<{ groupId: string; members: unknown[] }[]>,
): Promise<void> {
  if (groups.length === 0) return;
  const busy = (await describe(groups.map(({ groupId }) => groupId))).filter(({ members }) => members.length > 0);
  if (busy.length === 0) return;
  throw new KafkaAdapterError(
    'DETENT_KAFKA_GROUP_BUSY',
    `still running: ${busy.map(({ groupId }) => groupId).join(', ')}. Stop these services, then reset again`,
  );
}
