import { randomUUID } from 'node:crypto';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { startService } from '@detent/pipeline';
import type { Membership } from '@detent/schemas';
import { ModelLibrary } from '@detent/segmenter';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { loadModelByName, serviceByName } from '../composition.ts';
import { readTopics } from '../report/digest.ts';
import { drain } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { findEntity } from './find-entity.ts';
import { lastChanges } from './last-changes.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'];
const registry = process.env['DETENT_TEST_REGISTRY_URL'];
const redisUrl = process.env['DETENT_TEST_REDIS_URL'];
const onCluster = brokers && registry && redisUrl ? describe : describe.skip;
const TIMEOUT = 180_000;

onCluster('detent explain on the cluster profile (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL, _REDIS_URL)', () => {
  const config = readConfig({
    environment: {
      DETENT_PROFILE: 'cluster',
      DETENT_PARTITIONS: '2',
      DETENT_TOPIC_PREFIX: `explain-${randomUUID().slice(0, 8)}.`,
      DETENT_KAFKA_BROKERS: brokers,
      DETENT_REGISTRY_URL: registry,
      DETENT_REDIS_URL: redisUrl,
      DETENT_TIME: 'stream',
    },
  });
  const { model, sha256 } = loadModelByName('fulfilment');
  const models = new ModelLibrary(model, sha256);
  const engine = models.engine(sha256, {});
  const stood: Membership[] = [];
  let runtime: Runtime;

  beforeAll(async () => {
    runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
    const definitions = ['ingest', 'segmenter'].map((name) => serviceByName(name, config));
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    const services = [];
    for (const { make } of definitions) services.push(await startService(make, runtime.env()));
    await feed(runtime, [...simulateEvents({ seed: 4, days: 1, scale: 0.1 }).events].slice(0, 1500), {
      source: '/test',
    });
    await drain(services, { settleMs: 2000 });
    await Promise.all(services.map((service) => service.stop()));
    const newest = new Map<string, Membership | undefined>();
    for await (const { topic, key, value } of readTopics(runtime, (topic) => topic.startsWith('memberships.')))
      newest.set(topic + key, value as Membership | undefined);
    stood.push(...[...newest.values()].filter((each) => each !== undefined).slice(0, 10));
  }, TIMEOUT);

  afterAll(async () => {
    await runtime?.reset();
    await runtime?.close();
  }, TIMEOUT);

  async function compare(from: 'states' | 'changelog') {
    expect(stood).toHaveLength(10);
    for (const { entityType, entityId, dimensions } of stood) {
      const found = await findEntity(runtime, models, { entityType, entityId });
      expect(found.from).toBe(from);
      const said = engine.explain(found.state, 0).dimensions;
      for (const [name, { segment, since }] of Object.entries(dimensions))
        expect(said.find(({ dimension }) => dimension === name)).toMatchObject({ segment, since });
    }
  }

  it(
    'finds entities in Redis by their partition, and their changes on the segments topic',
    async () => {
      await compare('states');
      const { entityType, entityId, dimensions } = stood[0]!;
      const { changes } = await lastChanges(runtime, { entityType, entityId }, 50);
      for (const [name, { segment }] of Object.entries(dimensions))
        expect(changes.find(({ dimension }) => dimension === name)?.to).toBe(segment);
    },
    TIMEOUT,
  );

  it('offers ids that exist', async () => {
    const { entityType, entityId } = stood[0]!;
    await expect(findEntity(runtime, models, { entityType, entityId: `${entityId}x` })).rejects.toThrow(
      /There are, among others/,
    );
  });

  it(
    'reads the changelog where Redis vouches for nothing',
    async () => {
      const redis = new Redis(redisUrl ?? '');
      for (const task of [0, 1]) await redis.del(`${config.topicPrefix}segmenter:{${task}}@mark`);
      redis.disconnect();
      await compare('changelog');
    },
    TIMEOUT,
  );
});
