import { describe, it } from '@jest/globals';
import { kafkaClients, takeOver, testKafka, testOptions, testRedis, testRedisCluster } from '../../testing/cluster.ts';
import { logClientFeatures } from '../../testing/log-client.features.ts';
import { taskHostFeatures } from '../../testing/task-host/task-host.features.ts';
import { createKafkaLogClient, createKafkaTaskHost } from './index.ts';

if (testKafka === undefined || testRedis === undefined) {
  describe('Kafka and Redis', () => {
    it.skip('DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REDIS_URL are not set', () => {});
  });
} else {
  for (const client of kafkaClients) {
    logClientFeatures(`Kafka by ${client}`, async () => {
      const options = testOptions(client);
      const log = await createKafkaLogClient(options);
      return { log, prefix: options.prefix, close: () => log.close() };
    });

    hostFeatures(`Kafka and Redis by ${client}`, () => testOptions(client));
  }
  // What a cluster does to states has nothing to do with the client of Kafka: once is enough.
  if (testRedisCluster)
    hostFeatures('Kafka and Redis Cluster', () => testOptions('kafkajs', { url: '', cluster: testRedisCluster }));
  else
    describe('Kafka and Redis Cluster', () => {
      it.skip('DETENT_TEST_REDIS_CLUSTER is not set', () => {});
    });
}

function hostFeatures(name: string, optionsOf: () => ReturnType<typeof testOptions>): void {
  taskHostFeatures(name, async () => {
    const options = optionsOf();
    const log = await createKafkaLogClient(options);
    const owners: { end(): Promise<void> }[] = [];
    return {
      log,
      host: createKafkaTaskHost(options),
      prefix: options.prefix,
      async takeOver(spec, task) {
        const owner = await takeOver(options, spec, task);
        owners.push(owner);
        return owner.session;
      },
      async close() {
        for (const owner of owners) await owner.end();
        await log.close();
      },
    };
  });
}
