import type { LogRecord } from '@detent/pipeline';
import { type Connection, fetchV12, type Reader } from '@platformatic/kafka';
import { MAX_BYTES_PER_PARTITION } from '../client/consumer-settings.ts';
import { send } from './cluster.ts';
import { type AbortedTransaction, readRecords } from './records.ts';

/** A partition to fetch, from `offset` on. */
export interface Wanted {
  topic: string;
  partition: number;
  offset: number;
}

/** What a fetch brought of one partition. `error` is the broker's code, 0 for none. */
export interface Fetched extends Wanted {
  error: number;
  highWatermark: number;
  lastStableOffset: number;
  records: LogRecord[];
  /** Offset after what was brought, readable or not. */
  next: number;
}

const READ_COMMITTED = 1;
const MIN_BYTES = 1;
const MAX_BYTES = 10 * 1024 * 1024;
const NO_SESSION = 0;
const NO_SESSION_EPOCH = -1;
const UNKNOWN_EPOCH = -1;

/** Committed records of partitions that one broker leads; waits up to `maxWaitMs` for the first. */
export function fetchCommitted(
  connection: Connection,
  wanted: readonly Wanted[],
  maxWaitMs: number,
): Promise<Fetched[]> {
  const topics = [...Map.groupBy(wanted, ({ topic }) => topic)].map(([topic, of]) => ({
    topicId: topic,
    partitions: of.map(({ partition, offset }) => ({
      partition,
      fetchOffset: BigInt(offset),
      currentLeaderEpoch: UNKNOWN_EPOCH,
      lastFetchedEpoch: UNKNOWN_EPOCH,
      partitionMaxBytes: MAX_BYTES_PER_PARTITION,
    })),
  }));
  const offsets = new Map(wanted.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]));
  return send(
    connection,
    fetchV12.api,
    () =>
      fetchV12.createRequest(
        maxWaitMs,
        MIN_BYTES,
        MAX_BYTES,
        READ_COMMITTED,
        NO_SESSION,
        NO_SESSION_EPOCH,
        topics,
        [],
        '',
      ),
    (_correlationId, _key, _version, reader) => readAnswer(reader, offsets),
  );
}

/** The library's own reader makes several objects of each record, headers included, and fails whole for one partition. */
function readAnswer(reader: Reader, offsets: ReadonlyMap<string, number>): Fetched[] {
  reader.readInt32();
  const failed = reader.readInt16();
  reader.readInt32();
  const fetched: Fetched[] = [];
  reader.readArray(() => {
    const topic = reader.readString();
    reader.readArray(() => {
      const partition = reader.readInt32();
      const error = reader.readInt16() || failed;
      const highWatermark = Number(reader.readInt64());
      const lastStableOffset = Number(reader.readInt64());
      reader.readInt64();
      const aborted: AbortedTransaction[] =
        reader.readNullableArray(() => ({
          producerId: reader.readInt64(),
          firstOffset: Number(reader.readInt64()),
        })) ?? [];
      reader.readInt32();
      const size = Math.max(0, reader.readUnsignedVarInt() - 1);
      const bytes = reader.buffer.slice(reader.position, reader.position + size);
      reader.skip(size);
      const offset = offsets.get(`${topic}-${partition}`) ?? 0;
      fetched.push({
        topic,
        partition,
        offset,
        error,
        highWatermark,
        lastStableOffset,
        ...readRecords(bytes, topic, partition, offset, aborted),
      });
    });
  });
  return fetched;
}
