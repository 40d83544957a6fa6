import { hostname } from 'node:os';
import { join } from 'node:path';
import type {
  Clock,
  LogClient,
  Logger,
  RecordCodec,
  SchemaRegistry,
  ServiceEnv,
  TaskHost,
  WorkingCopy,
} from '@detent/pipeline';
import { schemas, topicSpec } from '@detent/schemas';
import { createAvroCodec, schemaIncompatibility } from '../avro/index.ts';
import type { Config } from '../config/config.ts';
import {
  createKafkaLogClient,
  createKafkaTaskHost,
  openRedisCopy,
  type RebuildProgress,
  rebuildStates,
  resetCluster,
} from '../kafka/index.ts';
import { createMetrics, type MetricsRegistry } from '../metrics/prometheus.ts';
import { connectRedis } from '../redis/index.ts';
import { createConfluentRegistry } from '../registry/index.ts';
import {
  createSqliteCopy,
  createSqliteLogClient,
  createSqliteRegistry,
  createSqliteTaskHost,
  LogStore,
  openDatabase,
  resetPrefix,
} from '../sqlite/index.ts';
import { lockDataDir } from './data-lock.ts';

export type { RebuildProgress };

/** The real clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Everything around services, for one profile: where records, states and schemas are, and who watches. */
export interface Runtime {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
  readonly log: LogClient;
  readonly registry: SchemaRegistry;
  readonly codec: RecordCodec;
  readonly host: TaskHost;
  /** What `startService` needs. */
  env(options?: Partial<ServiceEnv['options']>): ServiceEnv;
  /** Creates the topics named (without prefix) that are missing. */
  ensureTopics(names: readonly string[]): Promise<void>;
  /** Throws when the store of states cannot be reached or may lose them. */
  checkStates(): Promise<void>;
  /** What is kept of states beside the changelog: Redis, or the embedded file's own table. */
  workingCopy(): Promise<WorkingCopy>;
  /**
   * Drops a service's states from Redis and builds them anew from its changelog; undefined on the embedded profile, where
   * states are no copy of anything. Safe beside a running service: its next read notices.
   */
  readonly rebuildStates: RebuildStates | undefined;
  /** Deletes topics, positions and states under the configured prefix. Returns the topics that went. */
  reset(): Promise<string[]>;
  close(): Promise<void>;
}

/** `task`: only that one. Throws `DETENT_KAFKA_TOPIC_MISSING` where the service has no changelog. */
export type RebuildStates = (
  service: string,
  task: number | undefined,
  onProgress: (progress: RebuildProgress) => void,
) => Promise<RebuildProgress[]>;

/** `write` takes the data directory for this process alone (embedded profile); reading may go on beside a writer. */
export interface RuntimeOptions {
  logger: Logger;
  write: boolean;
}

/** Opens the parts of the profile. Throws, saying which part could not be reached and what to do. */
export async function openRuntime(config: Config, { logger, write }: RuntimeOptions): Promise<Runtime> {
  const clock = systemClock;
  const metrics = createMetrics(clock);
  const parts =
    config.profile === 'embedded'
      ? openEmbedded(config, logger, write)
      : await openCluster(config, logger, metrics, clock);
  const codec = createAvroCodec({ registry: parts.registry, schemas, prefix: config.topicPrefix });
  return {
    config,
    logger,
    metrics,
    clock,
    codec,
    ...parts,
    env: (options = {}) => ({
      host: parts.host,
      codec,
      logger,
      metrics,
      options: {
        prefix: config.topicPrefix,
        partitions: config.partitions,
        replay: false,
        clock,
        maxBatch: config.batchRecords,
        cacheStates: config.cacheStates,
        time: config.time,
        graceMs: 2000,
        orderWaitMs: 1000,
        maxDue: 1000,
        ...options,
      },
    }),
    ensureTopics: (names) =>
      parts.log.ensureTopics(
        names.map((name) => topicSpec(name, { partitions: config.partitions, prefix: config.topicPrefix })),
      ),
  };
}

type Parts = Pick<
  Runtime,
  'log' | 'registry' | 'host' | 'checkStates' | 'workingCopy' | 'rebuildStates' | 'reset' | 'close'
>;

function openEmbedded(config: Config, logger: Logger, write: boolean): Parts {
  const unlock = write ? lockDataDir(config.dataDir) : () => {};
  const db = openDatabase(join(config.dataDir, 'detent.sqlite'));
  const store = new LogStore(db);
  return {
    log: createSqliteLogClient(store, config.topicPrefix),
    registry: createSqliteRegistry(db, schemaIncompatibility),
    host: createSqliteTaskHost(store, config.topicPrefix, logger),
    checkStates: async () => void db.prepare('SELECT COUNT(*) FROM owners').get(),
    workingCopy: async () => createSqliteCopy(store, config.topicPrefix),
    rebuildStates: undefined,
    reset: async () => resetPrefix(db, config.topicPrefix),
    async close() {
      db.close();
      unlock();
    },
  };
}

async function openCluster(config: Config, logger: Logger, metrics: MetricsRegistry, clock: Clock): Promise<Parts> {
  const connection = {
    client: config.kafkaClient,
    brokers: config.kafkaBrokers,
    ssl: config.kafkaSsl,
    ...(config.kafkaSaslMechanism && {
      sasl: {
        mechanism: config.kafkaSaslMechanism,
        username: config.kafkaSaslUsername ?? '',
        password: config.kafkaSaslPassword ?? '',
      },
    }),
    clientId: `detent-${hostname()}`,
    prefix: config.topicPrefix,
    replicationFactor: config.kafkaReplicationFactor,
    logger,
  };
  const redis = { url: config.redisUrl, cluster: config.redisCluster };
  const log = await createKafkaLogClient(connection);
  return {
    log,
    checkStates: async () => (await connectRedis(redis, logger)).close(),
    workingCopy: () => openRedisCopy(connection, redis, metrics),
    rebuildStates: (service, task, onProgress) =>
      rebuildStates(connection, redis, metrics, { service, task, onProgress }),
    reset: () => resetCluster(connection, redis),
    registry: createConfluentRegistry(config.registryUrl),
    host: createKafkaTaskHost({
      ...connection,
      metrics,
      clock,
      redis,
      sweepMinBytes: config.changelogMib * 1024 * 1024,
    }),
    close: () => log.close(),
  };
}
