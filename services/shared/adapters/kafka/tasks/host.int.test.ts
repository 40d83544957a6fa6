import type { TaskHostSpec } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import { kafkaClients, testKafka, testOptions, testRedis } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import { createKafkaLogClient, createKafkaTaskHost } from '../index.ts';

const needed = testKafka === undefined || testRedis === undefined ? describe.skip : describe;

needed.each(kafkaClients)('starting on Kafka and Redis, by %s', (client) => {
  const never = async () => {};
  const spec: TaskHostSpec = { service: 'worker', sources: ['nowhere.v1'], partitioning: 'per-partition' };

  it('says where Kafka was sought when it is not there', async () => {
    const options = { ...testOptions(client), brokers: ['127.0.0.1:9'] };
    await expect(createKafkaTaskHost(options).start(spec, never)).rejects.toMatchObject({
      code: 'DETENT_KAFKA_UNREACHABLE',
      retriable: true,
      message: expect.stringMatching(/127\.0\.0\.1:9.*DETENT_KAFKA_BROKERS/),
    });
  });

  it('names the sources that are missing', async () => {
    await expect(createKafkaTaskHost(testOptions(client)).start(spec, never)).rejects.toMatchObject({
      code: 'DETENT_KAFKA_TOPIC_MISSING',
      message: expect.stringContaining('nowhere.v1'),
    });
  });

  it('says where Redis was sought when it is not there', async () => {
    const options = testOptions(client);
    const log = await createKafkaLogClient(options);
    const source = `${options.prefix}source.v1`;
    await log.ensureTopics([{ topic: source, partitions: 1, config: kept }]);
    await log.close();
    const own = { ...spec, sources: [source] };
    await expect(
      createKafkaTaskHost({ ...options, redis: { url: 'redis://:geheim@127.0.0.1:9' } }).start(own, never),
    ).rejects.toMatchObject({
      code: 'DETENT_REDIS_UNREACHABLE',
      message: expect.not.stringContaining('geheim'),
    });
  }, 60_000);
});
