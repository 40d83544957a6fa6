import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord } from '@detent/pipeline';
import { type ConnectionPool, ProtocolError } from '@platformatic/kafka';
import { KafkaAdapterError } from '../errors.ts';
import { type Cluster, untilDone } from './cluster.ts';
import { fetchCommitted } from './fetch.ts';

const MAX_WAIT_MS = 50;
/** As long as an open transaction may last before the broker ends it, and a little more. */
const OPEN_TRANSACTION_PATIENCE_MS = 20_000;
const POLL_MS = 20;
const PATIENCE_MS = 10_000;
const OFFSET_OUT_OF_RANGE = 1;
const UNKNOWN_SERVER_ERROR = -1;

/** See `KafkaClient.read`. */
export async function* readPartition(
  cluster: Cluster,
  pool: ConnectionPool,
  topic: string,
  partition: number,
  from: number,
  end: number,
): AsyncIterable<LogRecord[]> {
  let deadline = Number.POSITIVE_INFINITY;
  for (let offset = from; offset < end; ) {
    let fresh = false;
    const fetched = await untilDone(PATIENCE_MS, POLL_MS, async () => {
      const connection = await pool.get(await cluster.leader(topic, partition, fresh));
      fresh = true;
      const [answer] = await fetchCommitted(connection, [{ topic, partition, offset }], MAX_WAIT_MS);
      if (answer?.error === OFFSET_OUT_OF_RANGE) throw overtaken(topic, partition, offset);
      if (answer === undefined || answer.error !== 0) throw new ProtocolError(answer?.error ?? UNKNOWN_SERVER_ERROR);
      return answer;
    });
    if (fetched.next === offset) {
      deadline = Math.min(deadline, performance.now() + OPEN_TRANSACTION_PATIENCE_MS);
      // Nothing, although no transaction is in the way: the tail was compacted away.
      if (fetched.lastStableOffset >= end || performance.now() > deadline) return;
      await sleep(POLL_MS);
      continue;
    }
    deadline = Number.POSITIVE_INFINITY;
    const records = fetched.records.filter((record) => record.offset < end);
    if (records.length > 0) yield records;
    offset = fetched.next;
  }
}

function overtaken(topic: string, partition: number, offset: number): KafkaAdapterError {
  return new KafkaAdapterError(
    'DETENT_KAFKA_READ_OVERTAKEN',
    `${topic}-${partition}: record ${offset} was deleted while the topic was read (retention, or a reset): read it again`,
  );
}
