import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';
import { connectRedis, type RedisOptions, RedisStateStore, taskKeys } from '../../redis/index.ts';
import type { KafkaConnection } from '../client/client.ts';
import { connectKafka } from '../connect.ts';
import { KafkaAdapterError } from '../errors.ts';
import { TopicCatalogue } from '../topic-info.ts';
import { ChangelogLog } from './changelog-log.ts';
import { offsetInMark, rebuild } from './reconcile.ts';

/** How far the rebuilding of a task is. */
export interface RebuildProgress {
  task: number;
  /** States written so far, one that changed several times as often; and their bytes. */
  writes: number;
  bytes: number;
  /** Share of the changelog that is read, 0 to 1. */
  share: number;
  ms: number;
  /** The task's owner noticed and did it itself. */
  byOwner: boolean;
}

/** What is to be rebuilt; `task` undefined: all of them. */
export interface RebuildOrder {
  service: string;
  task: number | undefined;
  onProgress(progress: RebuildProgress): void;
}

const TRIES = 3;
/** Tasks at a time: while one waits for the broker another one is decoded, and a third waits for Redis. */
const TASKS_AT_ONCE = 4;
/** How long an owner that has begun to rebuild may go without finishing before we begin again. */
const OWNER_PATIENCE_MS = 60_000;
const POLL_MS = 200;

/**
 * Builds a service's copy in Redis anew, some tasks at a time. A running owner is no obstacle: every write of either is a
 * compare-and-set on the mark, so the two cannot mix; the owner's next read or commit sees a mark that is not its own,
 * and it waits or puts Redis right itself. Throws `DETENT_KAFKA_TOPIC_MISSING`.
 */
export async function rebuildStates(
  connection: KafkaConnection,
  redisOptions: RedisOptions,
  metrics: Metrics,
  { service, task, onProgress }: RebuildOrder,
): Promise<RebuildProgress[]> {
  const topic = connection.prefix + stateTopic(service);
  const client = await connectKafka(connection);
  try {
    const topics = new TopicCatalogue(client);
    await topics.learn([topic]);
    const { partitions } = topics.get(topic);
    if (task !== undefined && task >= partitions)
      throw new KafkaAdapterError('DETENT_KAFKA_TOPIC_MISSING', `${topic} has ${partitions} tasks, so no task ${task}`);
    const redis = await connectRedis(redisOptions, connection.logger);
    try {
      const tasks = task === undefined ? Array.from({ length: partitions }, (_, n) => n) : [task];
      return await someAtOnce(tasks, async (number) => {
        const changelog = await ChangelogLog.open(topic, number, client);
        const store = new RedisStateStore(redis, taskKeys(connection.prefix, service, number), metrics);
        return rebuildTask(store, changelog, onProgress);
      });
    } finally {
      redis.close();
    }
  } finally {
    await client.close();
  }
}

/** Runs `work` for each task, results in their order. The first failure ends it, once what is under way has ended. */
async function someAtOnce<T>(tasks: readonly number[], work: (task: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < tasks.length) {
      const i = next++;
      try {
        results[i] = await work(tasks[i]!);
      } catch (error) {
        next = tasks.length;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: TASKS_AT_ONCE }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return results;
}

async function rebuildTask(
  store: RedisStateStore,
  changelog: ChangelogLog,
  onProgress: (progress: RebuildProgress) => void,
): Promise<RebuildProgress> {
  const started = performance.now();
  for (let tries = 0; tries < TRIES; tries += 1) {
    const progress: RebuildProgress = {
      task: changelog.partition,
      writes: 0,
      bytes: 0,
      share: 0,
      ms: 0,
      byOwner: false,
    };
    const bounds = await changelog.bounds();
    const mark = await rebuild(store, changelog, await store.mark(), bounds, (writes, next) => {
      progress.writes += writes.length;
      for (const { value } of writes) progress.bytes += value?.length ?? 0;
      progress.share = (next - bounds.start) / Math.max(1, bounds.end - bounds.start);
      progress.ms = performance.now() - started;
      onProgress(progress);
    });
    const byOwner = mark === undefined;
    if (byOwner && !(await ownerFinished(store, changelog))) continue;
    return { ...progress, share: 1, ms: performance.now() - started, byOwner };
  }
  throw new KafkaAdapterError(
    'DETENT_KAFKA_REBUILD_CONTESTED',
    `${changelog.topic}-${changelog.partition}: somebody else keeps writing to its copy in Redis. Wait for its owner to put it right, or stop the service`,
  );
}

/** Whoever was in our way is the task's owner, and leaves a mark of the changelog when it is done. */
async function ownerFinished(store: RedisStateStore, changelog: ChangelogLog): Promise<boolean> {
  const deadline = performance.now() + OWNER_PATIENCE_MS;
  for (;;) {
    if (offsetInMark(await store.mark(), changelog.topicId) !== undefined) return true;
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
}
