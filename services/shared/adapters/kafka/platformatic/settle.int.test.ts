import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ConfigResourceTypes,
  type ConnectionPool,
  IncrementalAlterConfigOperationTypes,
  txnOffsetCommitV3,
} from '@platformatic/kafka';
import { testKafka, testOptions } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import type { Message } from '../client/batches.ts';
import type { KafkaClient, TransactionalWriter } from '../client/client.ts';
import { connectKafka } from '../connect.ts';
import { ensureTopics } from '../ensure-topics.ts';
import { settleFormer } from '../tasks/settle.ts';
import { Cluster, untilDone } from './cluster.ts';
import { lastTransaction } from './former.ts';
import { SequencedProducer } from './producer.ts';

const TIMEOUT = 60_000;
const needed = testKafka === undefined ? describe.skip : describe;
const VERIFICATION = 'transaction.partition.verification.enable';

/**
 * Transactions that hang are made as old clients made them: records and offsets are sent in the name of a producer whose
 * coordinator knows nothing of it. Brokers refuse that nowadays unless told not to. Skips without DETENT_TEST_KAFKA_BROKERS.
 */
needed('a transaction that the coordinator takes for ended', () => {
  const options = testOptions('platformatic');
  const { prefix } = options;
  const [known, lost] = [`${prefix}known.v1`, `${prefix}lost.v1`];
  const groupId = `${prefix}group`;
  const wanted = [{ topic: known, partitions: [0] }];
  let client: KafkaClient;
  let cluster: Cluster;
  let pool: ConnectionPool;

  const message = (text: string): Message => ({
    partition: 0,
    key: null,
    value: Buffer.from(text),
    timestamp: '1700000000000',
  });
  async function verify(value: 'true' | 'false'): Promise<void> {
    const { brokers } = await cluster.admin.metadata({ topics: [] });
    const configs = [{ name: VERIFICATION, configOperation: IncrementalAlterConfigOperationTypes.SET, value }];
    await cluster.admin.incrementalAlterConfigs({
      resources: [...brokers.keys()].map((id) => ({
        resourceType: ConfigResourceTypes.BROKER,
        resourceName: String(id),
        configs,
      })),
    });
  }

  beforeAll(async () => {
    client = await connectKafka(options);
    cluster = new Cluster(options);
    pool = cluster.pool();
    await ensureTopics(
      client,
      [known, lost].map((topic) => ({ topic, partitions: 1, config: kept })),
    );
    await verify('false');
  });
  afterAll(async () => {
    await verify('true');
    await pool.close();
    await cluster.close();
    await client.close();
  });

  /** Writes as whoever has the id now, without announcing it: its end will not come here. */
  async function writeUnannounced(transactionalId: string, text: string, offset: bigint): Promise<void> {
    const coordinator = await cluster.coordinator('transaction', transactionalId);
    const { producerId, producerEpoch } = (await lastTransaction(await pool.get(coordinator), transactionalId))!;
    const producer = new SequencedProducer(cluster, pool, { transactionalId, producerId, producerEpoch });
    await producer.produce([{ topic: lost, messages: [message(text)] }]);
    const group = await pool.get(await untilDone(20_000, 50, () => cluster.coordinator('group', groupId)));
    const partitions = [
      { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: null },
    ];
    const topics = [{ name: known, partitions }];
    // The coordinator of a cluster that has just started may still be loading.
    await untilDone(20_000, 50, () =>
      txnOffsetCommitV3.api.async(group, transactionalId, groupId, producerId, producerEpoch, -1, '', null, topics),
    );
  }

  /** Waits for what is open before the end; for ever, if it hangs. */
  async function readable(from: number): Promise<string[]> {
    const end = (await client.highWatermarks(lost)).get(0)!;
    const found: string[] = [];
    for await (const page of client.read(lost, 0, from, end)) for (const { value } of page) found.push(String(value));
    return found;
  }

  const settle = (writer: TransactionalWriter) =>
    settleFormer({ writer, client, prefix, groupId, wanted, logger: options.logger });
  const nothing = { consumerGroupId: groupId, topics: [] };

  it(
    'is committed where its owner had committed, before the new owner reads',
    async () => {
      const id = `${prefix}${randomUUID()}`;
      const owner = await client.fence(id);
      await owner.commit([[{ topic: known, messages: [message('told')] }]], nothing, known);
      await writeUnannounced(id, 'kept', 7n);
      await owner.close();
      const from = (await client.bounds(lost)).get(0)!.end;
      expect(await client.stableOffsets(groupId, wanted)).toBeUndefined();

      const next = await client.fence(id);
      expect(next.former).toBe('commit');
      expect([...(await next.hanging(new Map([[lost, 1]])))]).toEqual([[lost, new Set([0])]]);
      await settle(next);
      expect(await readable(from)).toEqual(['kept']);
      expect((await client.stableOffsets(groupId, wanted))?.get(known)?.get(0)).toBe(7);
      await next.commit([[{ topic: lost, messages: [message('later')] }]], nothing, known);
      expect(await readable(from)).toEqual(['kept', 'later']);
      await next.close();
    },
    TIMEOUT,
  );

  it(
    'is aborted where the fence aborted what its owner had open',
    async () => {
      const id = `${prefix}${randomUUID()}`;
      const owner = await client.fence(id);
      await owner.commit([[{ topic: known, messages: [message('told')] }]], nothing, known);
      // Leaves a transaction open: a commit that fails on its way.
      const open = owner.commit(
        [[{ topic: known, messages: [message('untold')] }]],
        {
          consumerGroupId: groupId,
          topics: [{ topic: `${prefix}none.v1`, partitions: [{ partition: 0, offset: '1' }] }],
        },
        known,
      );
      await expect(open).rejects.toThrow();
      await writeUnannounced(id, 'dropped', 99n);
      await owner.close();
      const from = (await client.bounds(lost)).get(0)!.end;

      const next = await client.fence(id);
      expect(next.former).toBe('abort');
      await settle(next);
      expect(await readable(from)).toEqual([]);
      expect((await client.stableOffsets(groupId, wanted))?.get(known)?.get(0)).not.toBe(99);
      await next.commit([[{ topic: lost, messages: [message('later')] }]], nothing, known);
      expect(await readable(from)).toEqual(['later']);
      await next.close();
    },
    TIMEOUT,
  );

  it(
    'is left, and said to be there, where nobody knows any more how it ended',
    async () => {
      const id = `${prefix}${randomUUID()}`;
      const owner = await client.fence(id);
      await writeUnannounced(id, 'open', 5n);
      await owner.close();
      const next = await client.fence(id);
      expect(next.former).toBeUndefined();
      await expect(settle(next)).rejects.toMatchObject({
        code: 'DETENT_KAFKA_TRANSACTION_HANGS',
        message: expect.stringContaining(`${lost}-0`),
      });
      await next.settle(new Map([[lost, new Set([0])]]), groupId, 'abort');
      await settle(next);
      await next.close();
    },
    TIMEOUT,
  );
});
