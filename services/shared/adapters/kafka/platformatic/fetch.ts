import type { LogRecord } from '@detent/pipeline';
import { type Connection, fetchV12, ProtocolError, type Reader } from '@platformatic/kafka';
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

/** Of which fetches this one is, as the broker counts them, and what it may forget. */
export interface InSession {
  id: number;
  epoch: number;
  forgotten: readonly Pick<Wanted, 'topic' | 'partition'>[];
}

/** What a fetch came to; `error` is that of the whole, 0 for none. */
export interface Answer {
  error: number;
  sessionId: number;
  fetched: Fetched[];
}

export const NO_SESSION = 0;

const READ_COMMITTED = 1;
const MIN_BYTES = 1;
const MAX_BYTES = 10 * 1024 * 1024;
const NO_SESSION_EPOCH = -1;
const UNKNOWN_EPOCH = -1;
const ALONE: InSession = { id: NO_SESSION, epoch: NO_SESSION_EPOCH, forgotten: [] };

/** Committed records of partitions that one broker leads; waits up to `maxWaitMs` for the first. */
export async function fetchCommitted(
  connection: Connection,
  wanted: readonly Wanted[],
  maxWaitMs: number,
): Promise<Fetched[]> {
  const asked = new Map(wanted.map((one) => [`${one.topic}-${one.partition}`, one]));
  const { error, fetched } = await fetchIn(ALONE, connection, wanted, asked, maxWaitMs);
  if (error !== 0) throw new ProtocolError(error);
  return fetched;
}

/** The same as one of a session's fetches: `wanted` is what is new in it, `asked` all of it by topic and partition. */
export function fetchIn(
  { id, epoch, forgotten }: InSession,
  connection: Connection,
  wanted: readonly Wanted[],
  asked: ReadonlyMap<string, Wanted>,
  maxWaitMs: number,
): Promise<Answer> {
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
  const left = [...Map.groupBy(forgotten, ({ topic }) => topic)].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => partition),
  }));
  return send(
    connection,
    fetchV12.api,
    () => fetchV12.createRequest(maxWaitMs, MIN_BYTES, MAX_BYTES, READ_COMMITTED, id, epoch, topics, left, ''),
    (_correlationId, _key, _version, reader) => readAnswer(reader, asked),
  );
}

/** The library's own reader makes several objects of each record, headers included, and fails whole for one partition. */
function readAnswer(reader: Reader, asked: ReadonlyMap<string, Wanted>): Answer {
  reader.readInt32();
  const failed = reader.readInt16();
  const sessionId = reader.readInt32();
  const fetched: Fetched[] = [];
  reader.readArray(() => {
    const topic = reader.readString();
    reader.readArray(() => {
      const partition = reader.readInt32();
      const error = reader.readInt16();
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
      const offset = asked.get(`${topic}-${partition}`)?.offset ?? 0;
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
  return { error: failed, sessionId, fetched };
}
