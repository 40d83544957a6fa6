import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

const {
  DETENT_TEST_KAFKA_BROKERS: brokers,
  DETENT_TEST_REGISTRY_URL: registry,
  DETENT_TEST_REDIS_URL: redisUrl,
} = process.env;
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(50);
};
const unique = `stack-${process.pid}-${Date.now()}`;

(brokers ? describe : describe.skip)('Kafka of the stack (needs DETENT_TEST_KAFKA_BROKERS)', () => {
  const kafka = new Kafka({ brokers: (brokers ?? '').split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  afterAll(() => admin.disconnect());

  it('commits a transaction that a read-committed consumer then sees', async () => {
    await admin.connect();
    // Not waitForLeaders: kafkajs gives up at once on a topic that the broker has not yet heard of from its controller.
    await admin.createTopics({ topics: [{ topic: unique, numPartitions: 1 }], waitForLeaders: false });
    await until(async () => (await admin.listTopics()).includes(unique));
    const producer = kafka.producer({ transactionalId: unique, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: unique, messages: [{ key: 'k', value: 'committed' }] });
    await transaction.commit();
    await producer.disconnect();
    const consumer = kafka.consumer({ groupId: unique, readUncommitted: false });
    await consumer.connect();
    await consumer.subscribe({ topic: unique, fromBeginning: true });
    const seen = await new Promise((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
    });
    await consumer.disconnect();
    await admin.deleteTopics({ topics: [unique] });
    expect(seen).toBe('committed');
  });

  it('does not make topics by itself: a typo must not become a topic', async () => {
    await admin.connect();
    await expect(admin.fetchTopicMetadata({ topics: [`${unique}-typo`] })).rejects.toThrow(/topic/i);
  });
});

(registry ? describe : describe.skip)('the registry of the stack (needs DETENT_TEST_REGISTRY_URL)', () => {
  const post = async (path: string, schema: object): Promise<Response> =>
    fetch(`${registry}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: JSON.stringify(schema) }),
    });
  const record = (fields: object[]): object => ({ type: 'record', name: 'Probe', namespace: 'detent.stack', fields });

  it('gives one id to one schema, and the schema back for the id', async () => {
    const schema = record([{ name: 'a', type: 'string' }]);
    const first = (await (await post(`/subjects/${unique}/versions`, schema)).json()) as { id: number };
    const again = (await (await post(`/subjects/${unique}/versions`, schema)).json()) as { id: number };
    expect(first.id).toBeGreaterThan(0);
    expect(again.id).toBe(first.id);
    const back = (await (await fetch(`${registry}/schemas/ids/${first.id}`)).json()) as { schema: string };
    expect(JSON.parse(back.schema)).toEqual(schema);
  });

  it('refuses a schema that could not read what was written before', async () => {
    const subject = `/subjects/${unique}-refuse/versions`;
    expect((await post(subject, record([{ name: 'a', type: 'string' }]))).status).toBe(200);
    expect((await post(subject, record([{ name: 'b', type: 'string' }]))).status).toBe(409);
  });
});

(redisUrl ? describe : describe.skip)('Redis of the stack (needs DETENT_TEST_REDIS_URL)', () => {
  it('never evicts keys, and keeps them over a restart', async () => {
    const redis = new Redis(redisUrl ?? '', { lazyConnect: true });
    await redis.connect();
    expect(await redis.ping()).toBe('PONG');
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await redis.config('GET', 'save')).toEqual(['save', '60 1']);
    redis.disconnect();
  });
});
