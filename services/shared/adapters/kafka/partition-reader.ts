import type { LogRecord } from '@detent/pipeline';
import { type InternalBatch, type InternalBroker, type InternalCluster, kafkajs } from './kafkajs.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 50;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const LATEST = '-1';
/** As long as an open transaction may last before the broker ends it, and a little more. */
const OPEN_TRANSACTION_PATIENCE_MS = 20_000;
const POLL_MS = 20;

/** Where a partition begins and ends, for readers of committed records. */
export interface Bounds {
  start: number;
  end: number;
}

type Message = InternalBatch['messages'][number];

/** A record as kafkajs decodes it, as a record of ours. */
export function toLogRecord(topic: string, partition: number, message: Message): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: toHeaders(message.headers),
  };
}

/** Of a header given several times the last counts. */
function toHeaders(headers: Message['headers']): Record<string, Buffer> {
  if (headers === undefined) return {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value[value.length - 1] : value;
    headers[name] = typeof last === 'string' ? Buffer.from(last) : last;
  }
  return headers as Record<string, Buffer>;
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
 * `end`. Fetches directly, without a consumer group: a group for each reading would cost a rebalance, and leave itself
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
  const deadline = performance.now() + OPEN_TRANSACTION_PATIENCE_MS;
  for (let offset = from; offset < end; ) {
    const broker = await leaderOf(cluster, topic, partition);
    const { responses } = await broker.fetch({
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: MAX_BYTES }] }],
    });
    const fetched = responses[0]?.partitions[0];
    if (fetched === undefined || fetched.messages.length === 0) {
      const waiting = fetched !== undefined && Number(fetched.lastStableOffset) < end;
      // Nothing, although no transaction is in the way: the tail was compacted away.
      if (!waiting || performance.now() > deadline) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      continue;
    }
    const batch = new Batch(topic, String(offset), fetched);
    const records = [];
    for (const message of batch.messages) {
      if (Number(message.offset) < end) records.push(toLogRecord(topic, partition, message));
    }
    if (records.length > 0) yield records;
    offset = Number(batch.lastOffset()) + 1;
  }
}
