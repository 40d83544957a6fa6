import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, RedisStateStore, taskKeys } from '../../services/shared/adapters/redis/index.ts';
import { createRecordingMetrics, silentLogger } from '../../services/shared/testing/recording-metrics.ts';
import { startProcess, stopProcess } from './processes.ts';
import { findRedis, redisArguments, redisMissing } from './redis.ts';
import { type Stack, startStack } from './stack.ts';
import { readStack } from './state.ts';

const why = redisMissing();

/** A cluster of its own, for what must not be done to one that others use. Skips where there is no redis-server. */
(why === undefined ? describe : describe.skip)(
  `a Redis Cluster of the stack (${why ?? 'redis-server is here'})`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'detent-redis-cluster-'));
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack({ dir, ports: 'free', parts: [], redisCluster: true, owned: true });
    }, 60_000);
    afterAll(() => stack?.stop({ deleteData: true }), 30_000);
    const connect = () => connectRedis({ url: '', cluster: stack.redisCluster }, silentLogger);

    it('is refused when one of its masters may evict, and that one is named', async () => {
      const client = await connect();
      const master = client.nodes()[1]!;
      await master.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(connect()).rejects.toMatchObject({
        code: 'DETENT_REDIS_EVICTS',
        message: expect.stringContaining(`:${master.options.port} has maxmemory-policy allkeys-lru`),
      });
      await master.config('SET', 'maxmemory-policy', 'noeviction');
      client.close();
    });

    it('says where it was sought when it is not there', async () => {
      await expect(
        connectRedis({ url: '', cluster: 'redis://:geheim@127.0.0.1:9,127.0.0.1:10' }, silentLogger),
      ).rejects.toMatchObject({
        code: 'DETENT_REDIS_UNREACHABLE',
        message: expect.stringMatching(/^Redis at redis:\/\/127\.0\.0\.1:9,.*is DETENT_REDIS_CLUSTER right/),
      });
    });

    it('lets tasks wait while a master is away, and go on with what it had when it is back', async () => {
      const client = await connect();
      const stores = Array.from(
        { length: 12 },
        (_, task) => new RedisStateStore(client, taskKeys('t.', 'worker', task), createRecordingMetrics()),
      );
      const write = (value: string) => [{ key: 'k', value: Buffer.from(value), dueAt: 1 }];
      for (const store of stores) expect(await store.apply(null, 'm:1', write('1'))).toBe(true);
      const node = readStack(dir)!.pids['redis-2']!;
      const port = readStack(dir)!.addresses['redis-2']!.split(':')[1]!;
      await stopProcess(node);
      const work = Promise.all(stores.map((store) => store.apply('m:1', 'm:2', write('2'))));
      await sleep(3000);
      const again = await startProcess(
        await findRedis(() => {}),
        redisArguments({ port, 'cluster-enabled': 'yes', 'cluster-node-timeout': '5000' }),
        { log: node.log, cwd: join(dir, 'redis-2') },
      );
      try {
        expect(await work).toEqual(stores.map(() => true));
        for (const store of stores) {
          const { values, mark } = await store.read(['k']);
          expect([values[0]?.toString(), mark]).toEqual(['2', 'm:2']);
        }
      } finally {
        client.close();
        await stopProcess(again);
      }
    }, 60_000);
  },
);
