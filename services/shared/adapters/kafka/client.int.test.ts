import type { TaskHostSpec, TaskSession } from '@detent/pipeline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaClients, testKafka, testOptions, testRedis } from '../../testing/cluster.ts';
import { kept } from '../../testing/kept.ts';
import type { Message } from './client/batches.ts';
import type { GroupConsumer, GroupEvents, KafkaClient, KafkaClientName, Offsets } from './client/client.ts';
import { connectKafka } from './connect.ts';
import { ensureTopics } from './ensure-topics.ts';
import { createKafkaTaskHost } from './index.ts';

const needed = testKafka === undefined || testRedis === undefined ? describe.skip : describe;

/** What the port promises that no task shows. */
needed.each(kafkaClients)('the Kafka client %s', (name) => {
  const options = testOptions(name);
  const topic = `${options.prefix}things.v1`;
  let client: KafkaClient;

  beforeAll(async () => {
    client = await connectKafka(options);
    await ensureTopics(client, [{ topic, partitions: 1, config: kept }]);
    const appender = await client.appender();
    await appender.append([[{ topic, messages: Array.from({ length: 20 }, (_, i) => message(String(i))) }]]);
    await appender.close();
    await client.deleteRecords(topic, 0, 10);
  });
  afterAll(() => client.close());

  const message = (value: string): Message => ({ partition: 0, key: null, value: Buffer.from(value), timestamp: '1' });
  const nothing: GroupEvents = {
    joined() {},
    arrived() {},
    arrivedEmpty() {},
    fetched() {},
    overtaken() {},
    failed() {},
  };

  it('says that the record to be read next is gone, and hands over none behind the gap', async () => {
    const arrived: number[] = [];
    let consumer: GroupConsumer | undefined;
    const lost = new Promise<void>((resolve) => {
      consumer = client.consumer(
        { groupId: `${options.prefix}late`, topics: [topic], partitioning: 'per-partition', owned: () => [] },
        {
          ...nothing,
          joined() {
            consumer?.seek(topic, 0, 5);
            consumer?.resume(topic, 0);
          },
          arrived: (_topic, _partition, { records }) => void arrived.push(...records.map(({ offset }) => offset)),
          overtaken: () => resolve(),
          failed: () => resolve(),
        },
      );
    });
    await consumer!.join();
    await lost;
    await consumer!.leave();
    expect(arrived).toEqual([]);
  });

  it('commits as no member, and refuses whoever wrote with the id before', async () => {
    const writers = [await client.fence(`${options.prefix}id`), await client.fence(`${options.prefix}id`)];
    const offsets = (offset: string) => ({
      consumerGroupId: `${options.prefix}offsets`,
      topics: [{ topic, partitions: [{ partition: 0, offset }] }],
    });
    const end = (await client.bounds(topic)).get(0)!.end;
    const requests = (value: string) => [[{ topic, messages: [message(value)] }]];
    await expect(writers[0]!.commit(requests('late'), offsets('1'), topic)).rejects.toThrow();
    expect(await writers[1]!.commit(requests('new'), offsets('2'), topic)).toBe(end + 1);
    for (const writer of writers) await writer.close();
    const wanted = [{ topic, partitions: [0] }];
    let stable: Offsets | undefined;
    while (stable === undefined) stable = await client.stableOffsets(`${options.prefix}offsets`, wanted);
    expect(stable.get(topic)?.get(0)).toBe(2);
    const found: string[] = [];
    for await (const page of client.read(topic, 0, end, end + 1)) found.push(...page.map(({ value }) => String(value)));
    expect(found).toEqual(['new']);
  });

  it('sees a group as busy while it has a member, and not after that one has left', async () => {
    const groupId = `${options.prefix}busy`;
    const consumer = client.consumer(
      { groupId, topics: [topic], partitioning: 'per-partition', owned: () => [] },
      nothing,
    );
    await consumer.join();
    const busy = async () => (await client.groups()).find((one) => one.groupId === groupId)?.busy;
    expect(await busy()).toBe(true);
    await consumer.leave();
    expect(await busy()).toBe(false);
    await client.deleteGroups([groupId]);
    expect(await busy()).toBeUndefined();
  });
});

needed('a group whose members use different clients', () => {
  const clients: [KafkaClientName, KafkaClientName][] = [
    ['kafkajs', 'platformatic'],
    ['platformatic', 'kafkajs'],
  ];
  it.each(clients)(
    'hands tasks over from %s to %s, so that services can change one by one',
    async (one, other) => {
      const options = testOptions(one);
      const client = await connectKafka(options);
      const source = `${options.prefix}wide.v1`;
      await ensureTopics(client, [{ topic: source, partitions: 4, config: kept }]);
      const spec: TaskHostSpec = { service: 'mixed', sources: [source], partitioning: 'per-partition' };
      const idle = async (session: TaskSession) => {
        while (!session.signal.aborted) await session.wait(50);
      };
      const first = await createKafkaTaskHost(options).start(spec, idle);
      const second = await createKafkaTaskHost({ ...options, client: other }).start(spec, idle);
      const until = async (condition: () => boolean) => {
        while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      await until(() => first.tasks.size === 2 && second.tasks.size === 2);
      expect([...first.tasks, ...second.tasks].sort()).toEqual([0, 1, 2, 3]);
      await first.stop();
      await until(() => second.tasks.size === 4);
      expect(second.problem()).toBeUndefined();
      await second.stop();
      await client.close();
    },
    60_000,
  );
});
