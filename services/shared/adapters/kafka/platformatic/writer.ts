import { setTimeout as sleep } from 'node:timers/promises';
import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  type Connection,
  type ConnectionPool,
  endTxnV3,
  initProducerIdV4,
  txnOffsetCommitV3,
} from '@platformatic/kafka';
import type { Request } from '../client/batches.ts';
import type { Ending, Hanging, Membership, OffsetCommit, TransactionalWriter } from '../client/client.ts';
import { protocolErrorOf } from '../errors.ts';
import { type Cluster, isPassing, untilDone } from './cluster.ts';
import { endingOf, hangingPartitions, lastTransaction } from './former.ts';
import { SequencedProducer } from './producer.ts';

/** A transaction that its owner leaves open holds back readers this long. */
const TRANSACTION_TIMEOUT_MS = 15_000;
const FENCE_PATIENCE_MS = 20_000;
const PATIENCE_MS = 5_000;
const RETRY_MS = 3;
const REBALANCE_PATIENCE_MS = 10_000;
const REBALANCE_POLL_MS = 20;
const UNKNOWN_EPOCH = -1;
const NO_MEMBER: Membership = { memberId: '', generation: -1 };
/** The group has moved on, and this member has not heard yet as whom it is in it now. */
const BETWEEN_GENERATIONS = new Set(['ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID']);

/**
 * A transaction in three steps, where kafkajs takes five: partitions and group are announced together, records and
 * offsets are sent together, and then it ends. Offsets carry member and generation (KIP-447): a member that the group has
 * given up can't commit any, even before the new owner has fenced it. The library's `Producer` is not used: its
 * `InitProducerId` names producer 0 and epoch 0, so that the broker refuses the new owner instead of the old one (2.12.1).
 */
export class PlatformaticWriter implements TransactionalWriter {
  readonly former: Ending | undefined;
  readonly #cluster: Cluster;
  readonly #pool: ConnectionPool;
  readonly #producer: SequencedProducer;
  readonly #transactionalId: string;
  readonly #membership: () => Membership | undefined;
  #coordinator: { host: string; port: number } | undefined;
  #groupCoordinator: { host: string; port: number } | undefined;

  private constructor(
    cluster: Cluster,
    pool: ConnectionPool,
    producer: SequencedProducer,
    transactionalId: string,
    membership: () => Membership | undefined,
    former: Ending | undefined,
  ) {
    this.former = former;
    this.#cluster = cluster;
    this.#pool = pool;
    this.#producer = producer;
    this.#transactionalId = transactionalId;
    this.#membership = membership;
  }

  /** Without naming a producer, `InitProducerId` takes the id over: it aborts what is open and raises the epoch. */
  static async fence(
    cluster: Cluster,
    transactionalId: string,
    membership: () => Membership | undefined = () => undefined,
  ): Promise<PlatformaticWriter> {
    const pool = cluster.pool();
    try {
      const { identity, former } = await untilDone(FENCE_PATIENCE_MS, RETRY_MS * 3, async () => {
        const connection = await pool.get(await cluster.coordinator('transaction', transactionalId));
        const last = await lastTransaction(connection, transactionalId);
        const taken = await initProducerIdV4.api.async(connection, transactionalId, TRANSACTION_TIMEOUT_MS);
        return { identity: taken, former: endingOf(last, taken) };
      });
      const { producerId, producerEpoch } = identity;
      const producer = new SequencedProducer(cluster, pool, { transactionalId, producerId, producerEpoch });
      return new PlatformaticWriter(cluster, pool, producer, transactionalId, membership, former);
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  async commit(requests: readonly Request[][], offsets: OffsetCommit, watched: string): Promise<number | undefined> {
    const partitions = new Map<string, Set<number>>();
    for (const { topic, messages } of requests.flat()) {
      const of = partitions.get(topic) ?? new Set();
      partitions.set(topic, of);
      for (const { partition } of messages) of.add(partition);
    }
    const withOffsets = offsets.topics.length > 0;
    await both(
      partitions.size > 0 && this.#addPartitions(partitions),
      withOffsets && this.#addGroup(offsets.consumerGroupId),
    );
    const [next] = await both(this.#produce(requests, watched), withOffsets && this.#commitOffsets(offsets));
    if (partitions.size > 0 || withOffsets) await this.#end('commit');
    return next || undefined;
  }

  hanging(topics: ReadonlyMap<string, number>): Promise<Hanging> {
    const { producerId } = this.#producer.identity;
    let fresh = false;
    return untilDone(PATIENCE_MS, RETRY_MS, () => {
      const found = hangingPartitions(this.#cluster, this.#pool, producerId, topics, fresh);
      fresh = true;
      return found;
    });
  }

  /** An empty transaction over the same partitions: the end that it writes there ends what hangs as well. */
  async settle(hanging: Hanging, groupId: string | undefined, ending: Ending): Promise<void> {
    if (hanging.size > 0) await this.#addPartitions(hanging);
    if (groupId !== undefined) await this.#addGroup(groupId);
    await this.#end(ending);
  }

  onLost(hear: () => void): void {
    this.#pool.on('disconnect', hear);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #produce(requests: readonly Request[][], watched: string): Promise<number | undefined> {
    let next: number | undefined;
    for (const request of requests) {
      const offsets = await this.#producer.produce(request);
      const messages = request.find(({ topic }) => topic === watched)?.messages;
      if (messages === undefined) continue;
      const base = offsets.get(`${watched}-${messages[0]!.partition}`);
      if (base !== undefined && base >= 0) next = base + messages.length;
    }
    return next;
  }

  async #addPartitions(partitions: Hanging): Promise<void> {
    const { producerId, producerEpoch } = this.#producer.identity;
    const topics = [...partitions].map(([name, of]) => ({ name, partitions: [...of] }));
    const transactionalId = this.#transactionalId;
    await this.#atCoordinator((connection) =>
      addPartitionsToTxnV3.api.async(connection, [
        { transactionalId, producerId, producerEpoch, verifyOnly: false, topics },
      ]),
    );
  }

  async #addGroup(groupId: string): Promise<void> {
    const { producerId, producerEpoch } = this.#producer.identity;
    await this.#atCoordinator((connection) =>
      addOffsetsToTxnV3.api.async(connection, this.#transactionalId, producerId, producerEpoch, groupId),
    );
  }

  /** Asked again when the answer is lost: the broker knows what this epoch has ended already. */
  async #end(ending: Ending): Promise<void> {
    const { producerId, producerEpoch } = this.#producer.identity;
    await this.#atCoordinator((connection) =>
      endTxnV3.api.async(connection, this.#transactionalId, producerId, producerEpoch, ending === 'commit'),
    );
  }

  async #commitOffsets({ consumerGroupId, topics }: OffsetCommit): Promise<void> {
    const deadline = performance.now() + REBALANCE_PATIENCE_MS;
    for (;;) {
      const as = this.#membership() ?? NO_MEMBER;
      try {
        await this.#commitOffsetsAs(as, consumerGroupId, topics);
        return;
      } catch (error) {
        if (!BETWEEN_GENERATIONS.has(protocolErrorOf(error) ?? '')) throw error;
        while ((this.#membership() ?? NO_MEMBER) === as) {
          if (performance.now() > deadline) throw error;
          await sleep(REBALANCE_POLL_MS);
        }
      }
    }
  }

  async #commitOffsetsAs(
    { memberId, generation }: Membership,
    groupId: string,
    topics: OffsetCommit['topics'],
  ): Promise<void> {
    const { producerId, producerEpoch } = this.#producer.identity;
    await untilDone(PATIENCE_MS, RETRY_MS, async () => {
      try {
        this.#groupCoordinator ??= await this.#cluster.coordinator('group', groupId);
        await txnOffsetCommitV3.api.async(
          await this.#pool.get(this.#groupCoordinator),
          this.#transactionalId,
          groupId,
          producerId,
          producerEpoch,
          generation,
          memberId,
          null,
          topics.map(({ topic, partitions }) => ({
            name: topic,
            partitions: partitions.map(({ partition, offset }) => ({
              partitionIndex: partition,
              committedOffset: BigInt(offset),
              committedLeaderEpoch: UNKNOWN_EPOCH,
              committedMetadata: null,
            })),
          })),
        );
      } catch (error) {
        this.#groupCoordinator = undefined;
        throw error;
      }
    });
  }

  async #atCoordinator<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return untilDone(PATIENCE_MS, RETRY_MS, async () => {
      try {
        this.#coordinator ??= await this.#cluster.coordinator('transaction', this.#transactionalId);
        return await work(await this.#pool.get(this.#coordinator));
      } catch (error) {
        if (isPassing(error) && protocolErrorOf(error) !== 'CONCURRENT_TRANSACTIONS') this.#coordinator = undefined;
        throw error;
      }
    });
  }
}

/** Waits for both, also when one fails: nothing is left under way behind an error. */
async function both<A, B>(one: Promise<A> | false, other: Promise<B> | false): Promise<[A | false, B | false]> {
  const [a, b] = await Promise.allSettled([one, other]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}
