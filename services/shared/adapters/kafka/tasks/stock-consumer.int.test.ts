import { describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaClients, takeOver, testKafka, testOptions, testRedis } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import { createKafkaLogClient, createKafkaTaskHost } from '../index.ts';
import { createKafka } from '../kafkajs/connect.ts';

const needed = testKafka === undefined || testRedis === undefined ? describe.skip : describe;

/** Others read our topics with kafkajs as it comes. Skips without DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REDIS_URL. */
needed.each(kafkaClients)('a consumer that is not ours, of what %s wrote', (client) => {
  it('reads each committed change once, although tasks failed and were taken over while they wrote', async () => {
    const options = testOptions(client);
    const log = await createKafkaLogClient(options);
    const [source, output] = [`${options.prefix}source.v1`, `${options.prefix}segments.order.v1`];
    await log.ensureTopics([source, output].map((topic) => ({ topic, partitions: 2, config: kept })));
    const spec = { service: 'worker', sources: [source], partitioning: 'per-partition' as const };
    await (await createKafkaTaskHost(options).start(spec, async () => {})).stop();
    const wanted: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const owners = await Promise.all([0, 1].map((task) => takeOver(options, spec, task)));
      for (let i = 0; i < 5; i += 1) {
        for (const { session } of owners) {
          const value = `${session.task}:${round}:${i}`;
          wanted.push(value);
          await session.commit({
            outputs: [
              {
                topic: output,
                partition: session.task,
                key: Buffer.from('order-1'),
                value: Buffer.from(value),
                timestamp: 1,
              },
            ],
            states: [],
            positions: [],
          });
        }
      }
      for (const { end } of owners) await end();
      // A process that dies inside its transaction: the next owner's fence aborts what it left.
      for (const task of [0, 1]) {
        const transactionalId = `${options.prefix}worker-${task}`;
        const dying = createKafka(options).producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
        await dying.connect();
        const transaction = await dying.transaction();
        await transaction.send({
          topic: output,
          messages: [{ partition: task, key: 'order-1', value: 'aborted' }],
        });
        await dying.disconnect();
      }
    }
    const consumer = new Kafka({ brokers: [...options.brokers], logLevel: logLevel.NOTHING }).consumer({
      groupId: `${options.prefix}stock`,
      maxWaitTimeInMs: 100,
    });
    await consumer.connect();
    await consumer.subscribe({ topic: output, fromBeginning: true });
    const found: string[] = [];
    await consumer.run({ eachMessage: async ({ message }) => void found.push(String(message.value)) });
    const deadline = performance.now() + 15_000;
    while (found.length < wanted.length && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await consumer.disconnect();
    await log.close();
    expect([...found].sort()).toEqual([...wanted].sort());
  }, 60_000);
});
