import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testKafka, testOptions } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import type { GroupConsumer, GroupEvents, KafkaClient } from '../client/client.ts';
import { connectKafka } from '../connect.ts';
import { ensureTopics } from '../ensure-topics.ts';

const needed = testKafka === undefined ? describe.skip : describe;

/** Skips without DETENT_TEST_KAFKA_BROKERS. */
needed('offsets committed as a member', () => {
  const options = testOptions('platformatic');
  const topic = `${options.prefix}things.v1`;
  const groupId = `${options.prefix}group`;
  const nothing: GroupEvents = {
    joined() {},
    arrived() {},
    arrivedEmpty() {},
    fetched() {},
    overtaken() {},
    failed() {},
  };
  let client: KafkaClient;
  let consumer: GroupConsumer;

  beforeAll(async () => {
    client = await connectKafka(options);
    await ensureTopics(client, [{ topic, partitions: 1, config: kept }]);
    consumer = client.consumer({ groupId, topics: [topic], partitioning: 'per-partition', owned: () => [] }, nothing);
    await consumer.join();
  });
  afterAll(async () => {
    await consumer.leave();
    await client.close();
  });

  const offsets = (offset: string) => ({
    consumerGroupId: groupId,
    topics: [{ topic, partitions: [{ partition: 0, offset }] }],
  });

  it('are refused to one that the group has given up, and committed once it knows as whom it is in the group', async () => {
    const member = consumer.membership()!;
    let asked = 0;
    const writer = await client.fence(`${options.prefix}id`, () => {
      asked += 1;
      return asked === 1 ? { ...member, generation: member.generation + 7 } : member;
    });
    await writer.commit([], offsets('3'), topic);
    expect(asked).toBeGreaterThan(1);
    await writer.close();
    expect((await client.committedOffsets(groupId)).get(topic)?.get(0)).toBe(3);
  });

  it('are not committed by one that never learns it', async () => {
    const stranger = { memberId: 'nobody', generation: 1 };
    const writer = await client.fence(`${options.prefix}id`, () => stranger);
    await expect(writer.commit([], offsets('9'), topic)).rejects.toThrow();
    await writer.close();
    (await client.fence(`${options.prefix}id`)).close();
    expect((await client.committedOffsets(groupId)).get(topic)?.get(0)).toBe(3);
  }, 30_000);
});
