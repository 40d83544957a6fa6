import { hashOf, type RunningHost, type TaskSession } from '@detent/pipeline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { kafkaClients, testKafka, testOptions, testRedis } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import { state } from '../../../testing/task-host/fixture.ts';
import { createKafkaLogClient, createKafkaTaskHost, openRedisCopy, rebuildStates } from '../index.ts';

const TIMEOUT = 60_000;
const onCluster = testKafka && testRedis ? describe.each(kafkaClients) : describe.skip.each(kafkaClients);

onCluster(
  'rebuilding states from the changelog with %s (needs DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REDIS_URL)',
  (name) => {
    const options = testOptions(name);
    const { prefix, metrics } = options;
    const spec = { service: 'worker', sources: [`${prefix}source.v1`], partitioning: 'per-partition' as const };
    const redis = new Redis(testRedis ?? '', { lazyConnect: true });
    const order = { service: 'worker', task: undefined, onProgress() {} };
    let host: RunningHost | undefined;
    afterEach(async () => {
      await host?.stop();
      host = undefined;
      redis.disconnect();
    }, TIMEOUT);

    /** Runs `use` as task 0; resolves when it is done. The owner stays. */
    async function owner(use: (session: TaskSession) => Promise<void>): Promise<void> {
      const log = await createKafkaLogClient(options);
      await log.ensureTopics([{ topic: `${prefix}source.v1`, partitions: 2, config: kept }]);
      await log.close();
      await new Promise<void>((resolve, reject) => {
        createKafkaTaskHost(options)
          .start(spec, async (session) => {
            if (session.task === 0) await use(session).then(resolve, reject);
            while (!session.signal.aborted) await session.wait(50);
          })
          .then((started) => {
            host = started;
          }, reject);
      });
    }

    const empty = { outputs: [], positions: [] };

    it(
      'makes good what is missing, wrong or stray, and says how much it wrote',
      async () => {
        await owner(async (session) => {
          for (let i = 0; i < 50; i += 1)
            await session.commit({ ...empty, states: [state(`k:${i}`, `v${i}`, i * 1000)] });
          await session.commit({ ...empty, states: [state('k:0', null)] });
        });
        await host?.stop();
        const at = `${prefix}worker:{0}`;
        await redis.set(`${at}:k:7`, 'wrong');
        await redis.del(`${at}:k:8`);
        await redis.set(`${at}:k:stray`, 'x');
        await redis.zadd(`${at}@due`, 5, 'k:gone');
        const heard: number[] = [];
        const onProgress = ({ share }: { share: number }) => heard.push(share);
        const [task, other] = await rebuildStates(options, options.redis, metrics, { ...order, onProgress });
        expect(task).toMatchObject({ task: 0, writes: 51, byOwner: false, share: 1 });
        expect(other).toMatchObject({ task: 1, writes: 0 });
        expect(heard.length).toBeGreaterThan(40);
        const copy = await openRedisCopy(options, options.redis, metrics);
        const read = await copy.read('worker', 0);
        await copy.close();
        if (typeof read === 'string') throw new Error(read);
        expect(read.states.size).toBe(49);
        expect(read.states.get('k:7')).toEqual({ hash: hashOf(Buffer.from('v7')), dueAt: 7000 });
        expect(read.strayDue).toEqual([]);
        await expect(rebuildStates(options, options.redis, metrics, { ...order, task: 2 })).rejects.toMatchObject({
          code: 'DETENT_KAFKA_TOPIC_MISSING',
        });
      },
      TIMEOUT,
    );

    it(
      'may be done while the owner writes: it loses nothing and goes on',
      async () => {
        let written = 0;
        let stop = false;
        let failed: unknown;
        let loop: Promise<void> | undefined;
        await owner(async (session) => {
          loop = (async () => {
            for (; !stop; written += 1) {
              await session.commit({ ...empty, states: [state(`n:${written % 20}`, String(written))] });
              const [value] = await session.load([`n:${written % 20}`]);
              expect(value?.toString()).toBe(String(written));
            }
          })().catch((error) => {
            failed = error;
          });
        });
        for (let round = 0; round < 3; round += 1) {
          const [task] = await rebuildStates(options, options.redis, metrics, { ...order, task: 0 });
          expect(task?.share).toBe(1);
          const before = written;
          while (failed === undefined && written < before + 5) await new Promise((resolve) => setTimeout(resolve, 10));
        }
        stop = true;
        await loop;
        expect(failed).toBeUndefined();
        const copy = await openRedisCopy(options, options.redis, metrics);
        const read = await copy.read('worker', 0);
        await copy.close();
        if (typeof read === 'string') throw new Error(read);
        for (let i = Math.max(0, written - 20); i < written; i += 1)
          expect(read.states.get(`n:${i % 20}`)?.hash).toBe(hashOf(Buffer.from(String(i))));
      },
      TIMEOUT,
    );
  },
);
