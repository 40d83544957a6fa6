import type { Clock, Metrics, RunningHost, TaskHost, TaskHostSpec, TaskSession } from '@detent/pipeline';
import { connectRedis, paceKey, type RedisOptions, RedisPaceBoard } from '../../redis/index.ts';
import type { KafkaConnection } from '../client/client.ts';
import { connectKafka } from '../connect.ts';
import { ensureTopics } from '../ensure-topics.ts';
import { TopicCatalogue } from '../topic-info.ts';
import { GroupMember } from './group-member.ts';
import { checkSources, taskPartitions } from './sources.ts';

/** What a task host on Kafka and Redis needs. */
export interface KafkaTaskHostOptions extends KafkaConnection {
  redis: RedisOptions;
  clock: Clock;
  metrics: Metrics;
  /** Bytes below which a task's changelog is not swept. */
  sweepMinBytes: number;
}

const CHANGELOG_CONFIG = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'max.message.bytes': String(8 * 1024 * 1024),
};

/**
 * `TaskHost` on Kafka and Redis: one consumer and one Redis connection per service, a transactional producer per task.
 * `start` throws `DETENT_KAFKA_UNREACHABLE`, `DETENT_KAFKA_TOPIC_MISSING`, `DETENT_KAFKA_PARTITIONS_UNEQUAL`,
 * `DETENT_LOG_PARTITIONS_CHANGED`, `DETENT_REDIS_UNREACHABLE`, `DETENT_REDIS_EVICTS`.
 */
export function createKafkaTaskHost(options: KafkaTaskHostOptions): TaskHost {
  return {
    async start(spec: TaskHostSpec, run: (session: TaskSession) => Promise<void>): Promise<RunningHost> {
      const { prefix, clock, metrics, logger } = options;
      const opened: (() => unknown)[] = [];
      const close = async () => {
        for (const part of opened.reverse()) await part();
      };
      try {
        const client = await connectKafka(options);
        opened.push(() => client.close());
        const topics = new TopicCatalogue(client);
        await topics.learn(spec.sources);
        const tasks = checkSources(spec, (topic) => topics.get(topic).partitions);
        const redis = await connectRedis(options.redis, logger);
        opened.push(() => redis.close());
        const changelogTopic = `${prefix}state.${spec.service}.v1`;
        await ensureTopics(client, [{ topic: changelogTopic, partitions: tasks, config: CHANGELOG_CONFIG }]);
        const member = new GroupMember(
          {
            spec,
            prefix,
            groupId: `${prefix}${spec.service}`,
            changelogTopic,
            client,
            redis,
            topics,
            sweepMinBytes: options.sweepMinBytes,
            clock,
            metrics,
            logger: logger.child({ service: spec.service }),
          },
          (task) => taskPartitions(spec, task, (topic) => topics.get(topic).partitions),
          run,
        );
        opened.push(() => member.stop());
        await member.join();
        return {
          get tasks() {
            return member.tasks;
          },
          paceBoard: new RedisPaceBoard(redis, paceKey(prefix, spec.service), clock),
          problem: () => redis.problem() ?? member.problem(),
          stop: close,
        };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
