import { connect, createServer, type Server } from 'node:net';
import type { RunningService } from '@detent/pipeline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { kafkaClients, testKafka, testOptions, testRedis } from '../../../testing/cluster.ts';
import { eventually } from '../../../testing/embedded.ts';
import { kept } from '../../../testing/kept.ts';
import { endOf, feed, pressureFeatures, sayer, serve } from '../../../testing/pressure.features.ts';
import { createKafkaLogClient, createKafkaTaskHost, resetCluster } from '../index.ts';

async function fixtureOf(options: ReturnType<typeof testOptions>) {
  const log = await createKafkaLogClient(options);
  const close = async () => {
    await log.close();
    // Its 100,000 states would be in the way of others' scans.
    await resetCluster(options, options.redis);
  };
  return { log, host: createKafkaTaskHost(options), prefix: options.prefix, close };
}

if (testKafka === undefined || testRedis === undefined) {
  describe('pressure on Kafka and Redis', () => {
    it.skip('DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REDIS_URL are not set', () => {});
  });
} else {
  for (const client of kafkaClients)
    pressureFeatures(`Kafka and Redis by ${client}`, () => fixtureOf(testOptions(client)));

  describe.each(kafkaClients)('a service whose Redis is slow, by %s', (client) => {
    const opened: (() => unknown)[] = [];
    afterEach(async () => {
      for (const close of opened.splice(0).reverse()) await close();
    });

    it('falls behind alone: another that reads the same topic keeps up, and the lag of each is told', async () => {
      const options = testOptions(client);
      const fast = await fixtureOf(options);
      opened.push(fast.close);
      await fast.log.ensureTopics(
        ['source.v1', 'said.v1', 'dlq.v1'].map((topic) => ({
          topic: fast.prefix + topic,
          partitions: 1,
          config: kept,
        })),
      );
      const proxy = await slowProxy(testRedis!, 100);
      opened.push(() => proxy.close());
      const slowOptions = { ...testOptions(client, { url: addressOf(proxy) }), prefix: options.prefix };
      const slow = { ...fast, host: createKafkaTaskHost(slowOptions) };
      const limits = { maxBatch: 200, cacheStates: 100 };
      const services: RunningService[] = [];
      opened.push(() => Promise.all(services.map((service) => service.stop())));
      services.push(
        await serve(() => sayer({ service: 'fast' }), fast, options.metrics, { ...limits, maxBatch: 5000 }),
        await serve(() => sayer({ service: 'slow' }), slow, slowOptions.metrics, limits),
      );
      await feed(fast, [{ key: 'first', at: 0 }]);
      await eventually(() => services.every((service) => service.idle()), 30_000);
      const count = 40_000;
      await feed(
        fast,
        Array.from({ length: count }, (_, i) => ({ key: `k${i % 1000}`, at: i, text: 'x'.repeat(500) })),
      );
      const lag = (of: typeof options, service: string) => of.metrics.total('detent_consumer_lag_records', { service });
      const fastIsThere = async () => services[0]!.idle() && (await endOf(fast, 'said.v1')) >= count;
      await eventually(fastIsThere, 60_000);
      expect(lag(options, 'fast')).toBe(0);
      expect(lag(slowOptions, 'slow')).toBeGreaterThan(count / 2);
      expect(slowOptions.metrics.total('detent_consumer_behind_seconds', { service: 'slow' })).toBeGreaterThan(0);
      expect(services[1]!.idle()).toBe(false);
      expect(services[1]!.problem()).toBeUndefined();
      // It works on, at its own pace.
      const before = lag(slowOptions, 'slow');
      await eventually(() => lag(slowOptions, 'slow') < before, 20_000);
    }, 120_000);
  });
}

/** A way to Redis on which every answer takes so much longer. */
async function slowProxy(url: string, delayMs: number): Promise<Server> {
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname);
    client.pipe(redis);
    redis.on('data', (bytes) => setTimeout(() => client.writable && client.write(bytes), delayMs));
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return `redis://127.0.0.1:${address.port}`;
}
