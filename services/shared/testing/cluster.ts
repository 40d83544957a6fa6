import { randomUUID } from 'node:crypto';
import type { TaskHostSpec } from '@detent/pipeline';
import type { KafkaClientName } from '../adapters/kafka/client/client.ts';
import { connectKafka } from '../adapters/kafka/connect.ts';
import type { KafkaTaskHostOptions } from '../adapters/kafka/tasks/host.ts';
import { openSession } from '../adapters/kafka/tasks/open-session.ts';
import type { KafkaSession } from '../adapters/kafka/tasks/session.ts';
import { TopicCatalogue } from '../adapters/kafka/topic-info.ts';
import { connectRedis } from '../adapters/redis/index.ts';
import { createRecordingMetrics, type RecordingMetrics, silentLogger } from './recording-metrics.ts';

/** Where the parts for integration tests are; undefined: they are not there, and the tests skip. */
export const testKafka = process.env['DETENT_TEST_KAFKA_BROKERS'];
export const testRedis = process.env['DETENT_TEST_REDIS_URL'];
export const testRedisCluster = process.env['DETENT_TEST_REDIS_CLUSTER'];

/** Every library behind the adapter: what is promised of Kafka is tested with each. */
export const kafkaClients: readonly KafkaClientName[] = ['kafkajs', 'platformatic'];

/** Options under a prefix of their own, so that tests on one cluster do not meet. `redis` default: the single server. */
export function testOptions(
  client: KafkaClientName,
  redis: KafkaTaskHostOptions['redis'] = { url: testRedis ?? '' },
): KafkaTaskHostOptions & { metrics: RecordingMetrics } {
  return {
    client,
    brokers: (testKafka ?? '').split(','),
    clientId: 'detent-test',
    prefix: `t${randomUUID().slice(0, 8)}.`,
    replicationFactor: 1,
    logger: silentLogger,
    redis,
    sweepMinBytes: Number.POSITIVE_INFINITY,
    clock: { now: () => Date.now() },
    metrics: createRecordingMetrics(),
  };
}

/** A session of a task opened beside whoever has it, as a new owner would; `end` lets its connections go. */
export async function takeOver(
  options: KafkaTaskHostOptions,
  spec: TaskHostSpec,
  task: number,
): Promise<{ session: KafkaSession; end(): Promise<void> }> {
  const { prefix, clock, metrics, logger } = options;
  const client = await connectKafka(options);
  const redis = await connectRedis(options.redis, logger);
  const session = await openSession(
    {
      spec,
      prefix,
      groupId: prefix + spec.service,
      changelogTopic: `${prefix}state.${spec.service}.v1`,
      client,
      redis,
      topics: new TopicCatalogue(client),
      feed: { seek() {}, pause() {}, resume() {}, now: () => performance.now() },
      sweepMinBytes: options.sweepMinBytes,
      clock,
      metrics,
      logger,
    },
    task,
    spec.sources.map((topic) => ({ topic, partition: task })),
    new AbortController().signal,
  );
  return {
    session,
    async end() {
      await session.dispose('the test is over');
      redis.close();
      await client.close();
    },
  };
}
