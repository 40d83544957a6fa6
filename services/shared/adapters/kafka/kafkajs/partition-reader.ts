import type { LogRecord } from '@detent/pipeline';
import { KafkaAdapterError, protocolErrorOf } from '../errors.ts';
import {
  type FetchedPartition,
  type InternalBatch,
  type InternalBroker,
  type InternalCluster,
  kafkajs,
} from './kafkajs.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 50;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const LATEST = '-1';
/** As long as an open transaction may last before the broker ends it, and a little more. */
const OPEN_TRANSACTION_PATIENCE_MS = 20_000;
const POLL_MS = 20;

type Message = InternalBatch['messages'][number];

/** A record as kafkajs decodes it, as a record of ours. */
class KafkaRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly #message: Message;

  constructor(topic: string, partition: number, message: Message) {
    this.topic = topic;
    this.partition = partition;
    this.offset = Number(message.offset);
    this.timestamp = Number(message.timestamp);
    this.key = message.key;
    this.value = message.value;
    this.#message = message;
  }

  get headers(): Readonly<Record<string, Buffer>> {
    return this.#message.headers;
  }
}

/** A fetched message as a record of the log. */
export function toLogRecord(topic: string, partition: number, message: Message): LogRecord {
  return new KafkaRecord(topic, partition, message);
}

/**
 * Where a partition ends, open transactions included. A commit returns before its marker is written, so what was
 * committed just now may lie beyond the end that readers of committed records are told.
 */
export async function highWatermark(cluster: InternalCluster, topic: string, partition: number): Promise<number> {
  await cluster.addTargetTopic(topic);
  const broker = await leaderOf(cluster, topic, partition);
  const { responses } = await broker.listOffsets({
    isolationLevel: READ_UNCOMMITTED,
    topics: [{ topic, partitions: [{ partition, timestamp: LATEST }] }],
  });
  return Number(responses[0]?.partitions[0]?.offset ?? 0);
}

async function leaderOf(cluster: InternalCluster, topic: string, partition: number): Promise<InternalBroker> {
  const leader = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
  if (leader === undefined) throw new Error(`${topic}-${partition} has no leader`);
  return cluster.findBroker({ nodeId: leader });
}

/**
 * Read-committed records of one partition from `from` to `end`, in pages; waits for transactions that are open before
 * `end`. Throws `DETENT_KAFKA_READ_OVERTAKEN` when records are deleted before they are read: a gap is never passed over.
 * Fetches directly, without a consumer group: a group for each reading would cost a rebalance, and leave itself
 * behind in the cluster.
 */
export async function* readPartition(
  cluster: InternalCluster,
  topic: string,
  partition: number,
  from: number,
  end: number,
): AsyncIterable<LogRecord[]> {
  const { Batch } = kafkajs();
  await cluster.addTargetTopic(topic);
  let deadline = Number.POSITIVE_INFINITY;
  for (let offset = from; offset < end; ) {
    const broker = await leaderOf(cluster, topic, partition);
    const fetched = await fetchFrom(broker, topic, partition, offset);
    if (fetched === undefined || fetched.messages.length === 0) {
      deadline = Math.min(deadline, performance.now() + OPEN_TRANSACTION_PATIENCE_MS);
      const waiting = fetched !== undefined && Number(fetched.lastStableOffset) < end;
      // Nothing, although no transaction is in the way: the tail was compacted away.
      if (!waiting || performance.now() > deadline) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      continue;
    }
    deadline = Number.POSITIVE_INFINITY;
    const batch = new Batch(topic, String(offset), fetched);
    const records = [];
    for (const message of batch.messages) {
      if (Number(message.offset) < end) records.push(toLogRecord(topic, partition, message));
    }
    if (records.length > 0) yield records;
    offset = Number(batch.lastOffset()) + 1;
  }
}

async function fetchFrom(
  broker: InternalBroker,
  topic: string,
  partition: number,
  offset: number,
): Promise<FetchedPartition | undefined> {
  try {
    const { responses } = await broker.fetch({
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: MAX_BYTES }] }],
    });
    return responses[0]?.partitions[0];
  } catch (error) {
    if (protocolErrorOf(error) !== 'OFFSET_OUT_OF_RANGE') throw error;
    throw new KafkaAdapterError(
      'DETENT_KAFKA_READ_OVERTAKEN',
      `${topic}-${partition}: record ${offset} was deleted while the topic was read (retention, or a reset): read it again`,
      { cause: error },
    );
  }
}
