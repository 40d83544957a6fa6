import { type Broker, type ConnectionPool, crc32c, initProducerIdV4, produceV9, Writer } from '@platformatic/kafka';
import { buffers } from '../../buffers/buffer-pool.ts';
import type { Message, Request } from '../client/batches.ts';
import type { Appender } from '../client/client.ts';
import { encodeRecordBatch } from '../client/record-batch.ts';
import { type Cluster, type Leaders, leaderOf, send, untilDone } from './cluster.ts';

const ACKS_ALL = -1;
const PRODUCE_TIMEOUT_MS = 10_000;
const PATIENCE_MS = 10_000;
const RETRY_MS = 20;
const NO_TIMEOUT = 60_000;

/** As whom a producer writes: the broker refuses any but the newest epoch of a transactional id. */
export interface ProducerIdentity {
  /** Null outside transactions. */
  transactionalId: string | null;
  producerId: bigint;
  producerEpoch: number;
}

/** Where records went: the offset of the first one in each partition written to. */
export type BaseOffsets = ReadonlyMap<string, number>;

interface PartitionBatch {
  topic: string;
  partition: number;
  messages: Message[];
  bytes: Buffer;
}

/**
 * Writes record batches, numbered for each partition, so that one sent again is not written again. The library's own
 * producer is not used: it takes four times as long for a record, and cannot take over an id (`writer.ts`).
 */
export class SequencedProducer {
  readonly identity: ProducerIdentity;
  readonly #cluster: Cluster;
  readonly #pool: ConnectionPool;
  readonly #sequences = new Map<string, number>();

  constructor(cluster: Cluster, pool: ConnectionPool, identity: ProducerIdentity) {
    this.#cluster = cluster;
    this.#pool = pool;
    this.identity = identity;
  }

  /** Durable on return. After an error it is not known what was written. */
  async produce(request: readonly Request[]): Promise<BaseOffsets> {
    const all = this.#batches(request);
    let rest = all;
    let fresh = false;
    const offsets = new Map<string, number>();
    await untilDone(PATIENCE_MS, RETRY_MS, async () => {
      const byLeader = new Map<string, { leader: Broker; batches: PartitionBatch[] }>();
      const leaders = new Map<string, Leaders>();
      for (const topic of new Set(rest.map((batch) => batch.topic)))
        leaders.set(topic, await this.#cluster.leaders(topic, fresh));
      fresh = true;
      for (const batch of rest) {
        const leader = leaderOf(leaders.get(batch.topic)!, batch.topic, batch.partition);
        const at = `${leader.host}:${leader.port}`;
        const group = byLeader.get(at) ?? { leader, batches: [] };
        byLeader.set(at, group);
        group.batches.push(batch);
      }
      const sent = await Promise.allSettled(
        [...byLeader.values()].map(({ leader, batches }) => this.#send(leader, batches, offsets)),
      );
      rest = rest.filter(({ topic, partition }) => !offsets.has(`${topic}-${partition}`));
      for (const one of sent) if (one.status === 'rejected') throw one.reason;
    });
    for (const { bytes } of all) buffers.give(bytes);
    return offsets;
  }

  #batches(request: readonly Request[]): PartitionBatch[] {
    const batches: PartitionBatch[] = [];
    for (const { topic, messages } of request) {
      for (const [partition, of] of Map.groupBy(messages, (message) => message.partition)) {
        const at = `${topic}-${partition}`;
        const firstSequence = this.#sequences.get(at) ?? 0;
        this.#sequences.set(at, (firstSequence + of.length) % 2 ** 31);
        batches.push({ topic, partition, messages: of, bytes: this.#encode(of, firstSequence) });
      }
    }
    return batches;
  }

  #encode(messages: readonly Message[], firstSequence: number): Buffer {
    const times = messages.map(({ timestamp }) => Number(timestamp));
    const firstTimestamp = times[0]!;
    const { transactionalId, producerId, producerEpoch } = this.identity;
    return encodeRecordBatch(
      {
        firstTimestamp,
        maxTimestamp: times.reduce((a, b) => Math.max(a, b)),
        lastOffsetDelta: messages.length - 1,
        transactional: transactionalId !== null,
        producerId,
        producerEpoch,
        firstSequence,
        records: messages.map(({ key, value, headers }, i) => ({
          offsetDelta: i,
          timestampDelta: times[i]! - firstTimestamp,
          key,
          value,
          ...(headers && { headers }),
        })),
      },
      crc32c,
      (size) => buffers.take(size),
    );
  }

  async #send(broker: Broker, batches: readonly PartitionBatch[], offsets: Map<string, number>): Promise<void> {
    const connection = await this.#pool.get(broker);
    const topics = [...Map.groupBy(batches, ({ topic }) => topic)];
    const { responses } = await send(
      connection,
      produceV9.api,
      () =>
        Writer.create()
          .appendString(this.identity.transactionalId)
          .appendInt16(ACKS_ALL)
          .appendInt32(PRODUCE_TIMEOUT_MS)
          .appendArray(topics, (topicWriter, [topic, of]) => {
            topicWriter.appendString(topic).appendArray(of, (writer, { partition, bytes }) => {
              writer
                .appendInt32(partition)
                .appendUnsignedVarInt(bytes.length + 1)
                .append(bytes);
            });
          })
          .appendTaggedFields(),
      produceV9.parseResponse,
    );
    for (const { name, partitionResponses } of responses)
      for (const { index, baseOffset } of partitionResponses) offsets.set(`${name}-${index}`, Number(baseOffset));
  }
}

/** An idempotent producer outside transactions. */
export async function createAppender(cluster: Cluster): Promise<Appender> {
  const pool = cluster.pool();
  const { producerId, producerEpoch } = await untilDone(PATIENCE_MS, RETRY_MS, async () =>
    initProducerIdV4.api.async(await cluster.any(), null, NO_TIMEOUT),
  );
  const producer = new SequencedProducer(cluster, pool, { transactionalId: null, producerId, producerEpoch });
  return {
    async append(requests) {
      for (const request of requests) await producer.produce(request);
    },
    close: () => pool.close(),
  };
}
