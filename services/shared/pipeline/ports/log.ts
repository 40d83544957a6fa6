/** A record as it lies in the log. `offset` is exact up to 2^53. `timestamp` is epoch milliseconds as the producer set it. */
export interface LogRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Readonly<Record<string, Buffer>>;
}

/** A record to append. `partition: null` means murmur2 of the key, as the Java client places it. */
export interface OutRecord {
  topic: string;
  partition: number | null;
  key: Buffer | null;
  value: Buffer | null;
  timestamp: number;
  headers?: Readonly<Record<string, string | Buffer>>;
}

/** Topic as it should be; names are whole, prefix included. */
export interface TopicSpec {
  topic: string;
  partitions: number;
  config: Readonly<Record<string, string>>;
}

/** The log seen from outside a task: topics, plain appends and reads to the current end. */
export interface LogClient {
  /** Creates what is missing. Throws `DETENT_LOG_PARTITIONS_CHANGED` where a topic exists with another partition count. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** All topics that exist, with their partition counts. */
  topics(): Promise<ReadonlyMap<string, number>>;
  /** Appends outside any task (importers, simulator, redrive): in order per partition, idempotent, durable on return. */
  append(records: readonly OutRecord[]): Promise<void>;
  /**
   * Appends all of them or none, whatever their topics. `writer` names who writes (part of a transactional id): of two at
   * once with the same name, one fails.
   */
  appendTogether(records: readonly OutRecord[], writer: string): Promise<void>;
  /** Read-committed records of a topic, partition by partition, from `from` (default: the start) to the end at the call. */
  read(topic: string, from?: ReadonlyMap<number, number>): AsyncIterable<LogRecord[]>;
  /** First and next offset of each partition (read committed). */
  offsets(topic: string): Promise<ReadonlyMap<number, { start: number; end: number }>>;
  /** Positions that a service has committed: topic → partition → next offset. */
  committed(service: string): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
  close(): Promise<void>;
}
