import { connectRedis, type RedisOptions, scanPattern } from '../redis/index.ts';
import type { KafkaConnection } from './client/client.ts';
import { connectKafka } from './connect.ts';
import { KafkaAdapterError } from './errors.ts';

const SCAN_COUNT = 1000;

/**
 * Deletes topics, consumer groups and Redis keys whose names begin with the connection's prefix; schemas stay. Returns
 * the topics that went. Throws `DETENT_KAFKA_GROUP_BUSY` while a service still runs.
 */
export async function resetCluster(connection: KafkaConnection, redisOptions: RedisOptions): Promise<string[]> {
  const { prefix, logger } = connection;
  if (prefix === '') throw new RangeError('a reset without a prefix would delete every topic of the cluster');
  const client = await connectKafka(connection);
  try {
    const groups = (await client.groups()).filter(({ groupId }) => groupId.startsWith(prefix));
    refuseBusy(groups);
    const redis = await connectRedis(redisOptions, logger);
    const topics = [...(await client.topics()).keys()].filter((topic) => topic.startsWith(prefix)).sort();
    if (groups.length > 0) await client.deleteGroups(groups.map(({ groupId }) => groupId));
    if (topics.length > 0) await client.deleteTopics(topics);
    for (const node of redis.nodes()) {
      for (let cursor = '', keys: string[] = []; cursor !== '0'; ) {
        [cursor, keys] = await node.scan(cursor || '0', 'MATCH', scanPattern(prefix), 'COUNT', SCAN_COUNT);
        await Promise.all(keys.map((key) => redis.connection.unlink(key)));
      }
    }
    redis.close();
    return topics;
  } finally {
    await client.close();
  }
}

function refuseBusy(groups: readonly { groupId: string; busy: boolean }[]): void {
  const running = groups.filter(({ busy }) => busy);
  if (running.length === 0) return;
  throw new KafkaAdapterError(
    'DETENT_KAFKA_GROUP_BUSY',
    `still running: ${running.map(({ groupId }) => groupId).join(', ')}. Stop these services, then reset again`,
  );
}
