import { type CopiedState, type CopiedStates, hashOf, type Metrics, type WorkingCopy } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';
import { connectRedis, type RedisOptions, RedisStateStore, taskKeys } from '../../redis/index.ts';
import type { KafkaConnection } from '../client/client.ts';
import { connectKafka } from '../connect.ts';
import { offsetInMark } from './reconcile.ts';

/** What Redis holds of a service's tasks, read beside their owners. */
export async function openRedisCopy(
  connection: KafkaConnection,
  redisOptions: RedisOptions,
  metrics: Metrics,
): Promise<WorkingCopy> {
  const redis = await connectRedis(redisOptions, connection.logger);
  const client = await connectKafka(connection);
  /** By topic, as last heard: who loads a few states now and again should not ask the broker each time. */
  const ids = new Map<string, string>();
  const isVouchedFor = async (service: string, mark: string | null): Promise<boolean> => {
    if (mark === null) return false;
    const topic = connection.prefix + stateTopic(service);
    const known = ids.get(topic);
    if (known !== undefined && offsetInMark(mark, known) !== undefined) return true;
    const id = await client.topicId(topic);
    ids.set(topic, id);
    return offsetInMark(mark, id) !== undefined;
  };
  return {
    async read(service, task): Promise<CopiedStates | string> {
      const topicId = await client.topicId(connection.prefix + stateTopic(service));
      const store = new RedisStateStore(redis, taskKeys(connection.prefix, service, task), metrics);
      const before = await store.mark();
      const from = offsetInMark(before, topicId);
      if (from === undefined) return `Redis holds nothing that it vouches for (${before ?? 'no mark'})`;
      const states = new Map<string, CopiedState>();
      for await (const { page } of store.scan()) {
        const { dueTimes } = page.length === 0 ? { dueTimes: [] } : await store.dueTimes(page.map(({ key }) => key));
        page.forEach(({ key, value }, i) => {
          states.set(key, { hash: hashOf(value), dueAt: dueTimes[i] ?? null });
        });
      }
      const strayDue = [];
      for await (const keys of store.dueKeys()) for (const key of keys) if (!states.has(key)) strayDue.push(key);
      const after = await store.mark();
      const until = offsetInMark(after, topicId);
      if (until === undefined || until < from) return `Redis was put right while it was read (${after ?? 'no mark'})`;
      return { from, until, states, strayDue };
    },
    async load(service, task, keys) {
      const store = new RedisStateStore(redis, taskKeys(connection.prefix, service, task), metrics);
      const { values, mark } = await store.read(keys);
      return (await isVouchedFor(service, mark))
        ? values
        : `Redis holds nothing that it vouches for (${mark ?? 'no mark'})`;
    },
    sample(service, task, prefix, limit) {
      return new RedisStateStore(redis, taskKeys(connection.prefix, service, task), metrics).sample(prefix, limit);
    },
    async close() {
      redis.close();
      await client.close();
    },
  };
}
