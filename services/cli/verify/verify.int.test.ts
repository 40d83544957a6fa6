import { randomUUID } from 'node:crypto';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { type OutRecord, startService } from '@detent/pipeline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { serviceByName } from '../composition.ts';
import { drain } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { type VerifyReport, verify } from './verify.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'];
const registry = process.env['DETENT_TEST_REGISTRY_URL'];
const redisUrl = process.env['DETENT_TEST_REDIS_URL'];
const onCluster = (brokers && registry && redisUrl ? describe : describe.skip).each(['kafkajs', 'platformatic']);
const TIMEOUT = 180_000;
const NAMES = ['ingest', 'segmenter', 'picking'];

onCluster('detent state verify with %s (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL, _REDIS_URL)', (client) => {
  const prefix = `verify-${randomUUID().slice(0, 8)}.`;
  const config = readConfig({
    environment: {
      DETENT_PROFILE: 'cluster',
      DETENT_KAFKA_CLIENT: client,
      DETENT_PARTITIONS: '2',
      DETENT_TOPIC_PREFIX: prefix,
      DETENT_KAFKA_BROKERS: brokers,
      DETENT_REGISTRY_URL: registry,
      DETENT_REDIS_URL: redisUrl,
      DETENT_TIME: 'stream',
    },
  });
  let runtime: Runtime;
  let redis: Redis;
  const check = (...names: string[]): Promise<VerifyReport> =>
    verify(
      runtime,
      names.map((name) => serviceByName(name, config)),
    );

  beforeAll(async () => {
    runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
    redis = new Redis(redisUrl ?? '');
    const definitions = NAMES.map((name) => serviceByName(name, config));
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    const events = [...simulateEvents({ seed: 3, days: 1, scale: 0.1 }).events].slice(0, 2500);
    // Twice, so that both begin sessions in the middle.
    for (const part of [events.slice(0, 1200), events.slice(1200)]) {
      const services = [];
      for (const { make } of definitions) services.push(await startService(make, runtime.env({ maxBatch: 200 })));
      await feed(runtime, part, { source: '/test' });
      await drain(services, { settleMs: 2000 });
      await Promise.all(services.map((service) => service.stop()));
    }
  }, TIMEOUT);

  afterAll(async () => {
    redis?.disconnect();
    await runtime?.reset();
    await runtime?.close();
  }, TIMEOUT);

  it(
    'finds what was not touched as it must be',
    async () => {
      const report = await check(...NAMES);
      expect(report).toMatchObject({ ok: true, complete: true, missing: 0, doubled: 0, findings: [] });
      expect(report.services['segmenter']).toMatchObject({ tasks: 2, redisMismatches: 0 });
      expect(report.services['segmenter']!.seen).toBeGreaterThan(100);
      expect(report.services['ingest']!.inputs).toBe(2500);
    },
    TIMEOUT,
  );

  it(
    'finds a state in Redis that has other bytes, another due time, or is gone; and says when Redis vouches for nothing',
    async () => {
      const keys = (await redis.keys(`${prefix}segmenter:{0}:*`)).sort();
      const [first = '', second = '', third = ''] = keys.filter((key) => key.includes(':sku:'));
      await redis.append(first, 'x');
      await redis.del(second);
      await redis.zadd(`${prefix}segmenter:{0}@due`, 1, third.slice(`${prefix}segmenter:{0}:`.length));
      await redis.set(`${prefix}segmenter:{0}:sku:stray`, 'x');
      const { ok, services, findings } = await check('segmenter');
      expect(ok).toBe(false);
      expect(services['segmenter']).toMatchObject({ redisMismatches: 4, stateMismatches: 0, missing: 0 });
      expect(findings.map(({ what }) => what).sort()).toEqual([
        'in Redis it holds other bytes',
        expect.stringContaining('in Redis it is due at 1 instead of'),
        'in Redis it is not there',
        'in Redis it is there, and should not be',
      ]);

      await redis.del(`${prefix}segmenter:{0}@mark`);
      const { ok: unknown, complete, services: without } = await check('segmenter');
      expect({ unknown, complete }).toEqual({ unknown: true, complete: false });
      expect(without['segmenter']?.skipped).toEqual([expect.stringContaining('task 0: Redis holds nothing')]);
    },
    TIMEOUT,
  );

  it(
    'finds records that somebody wrote again into the output topics, and a membership that is not the fold',
    async () => {
      const copy = async (topic: string): Promise<OutRecord> => {
        for await (const page of runtime.log.read(prefix + topic)) return page[0]!;
        throw new Error(`${topic} is empty`);
      };
      await runtime.log.append([await copy('segments.sku.v1'), await copy('observations.v1')]);
      const doubled = await check('ingest', 'segmenter');
      expect(doubled.services['segmenter']).toMatchObject({ doubled: 1, missing: 0, sequenceGaps: 1 });
      expect(doubled.services['ingest']!.doubled).toBeGreaterThan(0);
      expect(doubled.services['ingest']).toMatchObject({ missing: 0, redisMismatches: 0 });

      const { key, partition } = await copy('memberships.sku.v1');
      await runtime.log.append([
        { topic: `${prefix}memberships.sku.v1`, partition, key, value: null, timestamp: Date.now() },
      ]);
      const { services } = await check('segmenter');
      expect(services['segmenter']!.membershipMismatches).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});
