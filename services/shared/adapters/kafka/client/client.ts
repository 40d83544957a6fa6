import type { Logger, LogRecord, Partitioning, TopicSpec } from '@detent/pipeline';
import type { Request } from './batches.ts';

export type KafkaClientName = 'kafkajs' | 'platformatic';

/** How to reach the cluster, and with which library. */
export interface KafkaConnection {
  client: KafkaClientName;
  brokers: readonly string[];
  ssl?: boolean;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  clientId: string;
  /** Begins the names of topics, groups and transactional ids: `detent.` */
  prefix: string;
  /** Of topics that are created. */
  replicationFactor: number;
  logger: Logger;
}

/** Where a partition begins and ends, for readers of committed records. */
export interface Bounds {
  start: number;
  end: number;
}

/** Next offset to read by topic and partition. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Offsets to commit: the next to read, by topic. */
export interface OffsetCommit {
  consumerGroupId: string;
  topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
}

/** How a transaction ended. */
export type Ending = 'commit' | 'abort';

/** Partitions, by topic, in which a transaction is open. */
export type Hanging = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * The one transactional producer of a task, from its fence to the first error. After an error the outcome of the
 * transaction is unknown: the writer is done for, and a new one must be fenced and the committed offsets read again.
 */
export interface TransactionalWriter {
  /**
   * Records and offsets in one transaction. Returns the offset after the last record written to `watched`, undefined
   * when there was none.
   */
  commit(requests: readonly Request[][], offsets: OffsetCommit, watched: string): Promise<number | undefined>;
  /** How the last transaction of the owner before ended; undefined: there was none, or the library does not say. */
  readonly former: Ending | undefined;
  /** Where the owner before has left a transaction that the coordinator takes for ended, among topics with their partition counts. */
  hanging(topics: ReadonlyMap<string, number>): Promise<Hanging>;
  /** Ends what hangs there, and in the group's offsets where a group is named. */
  settle(hanging: Hanging, groupId: string | undefined, ending: Ending): Promise<void>;
  /** Tells when the connection to a broker is lost: what was committed just before may hang there. */
  onLost(hear: () => void): void;
  close(): Promise<void>;
}

/** A member of a group, as the group knows it since it was joined last. */
export interface Membership {
  memberId: string;
  generation: number;
}

/** An idempotent producer outside transactions. After an error it is done for. */
export interface Appender {
  append(requests: readonly Request[][]): Promise<void>;
  close(): Promise<void>;
}

export interface GroupOptions {
  groupId: string;
  topics: readonly string[];
  partitioning: Partitioning;
  /** Tasks that this process has now: told to the group, so that they stay where they are. */
  owned(): Iterable<number>;
}

/** A batch as it came from the consumer: `next` is the offset after its last record, seen or filtered out. */
export interface Arrival {
  fetchedOffset: number;
  next: number;
  highWatermark: number;
  records: LogRecord[];
}

/** What a consumer tells. Nothing may be thrown into it. */
export interface GroupEvents {
  /** What the group gave, by topic. All of it is paused, and nothing of it was fetched yet. */
  joined(assignment: Readonly<Record<string, readonly number[]>>): void;
  arrived(topic: string, partition: number, arrival: Arrival): void;
  /** Transaction markers and aborted records were all there was, from `first` (null: not known) on. */
  arrivedEmpty(
    topic: string,
    partition: number,
    batch: { first: number | null; next: number; highWatermark: number },
  ): void;
  /** A fetch of the partition ended, whatever it brought. */
  fetched(topic: string, partition: number): void;
  /** The log no longer holds the record that is next. */
  overtaken(topic: string, partition: number): void;
  /** The consumer is at its end: another one must join. */
  failed(error: unknown): void;
}

/** This process in a consumer group. Feeds what is neither paused nor left to it by the group. */
export interface GroupConsumer {
  join(): Promise<void>;
  leave(): Promise<void>;
  seek(topic: string, partition: number, offset: number): void;
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  /** Undefined where the library keeps it to itself. */
  membership(): Membership | undefined;
  /** Why it gets no further, while it tries again. */
  problem(): string | undefined;
}

/** What the adapter needs of a Kafka library. Its contract: `client.int.test.ts`, and all that tasks need, run with every library. */
export interface KafkaClient {
  /** All topics but internal ones, with their partition counts. */
  topics(): Promise<Map<string, number>>;
  /** Creates topics; those that exist already stay as they are. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Largest record batch that each topic takes, as far as it may be read. */
  maxMessageBytes(topics: readonly string[]): Promise<Map<string, number>>;
  /** The id that the cluster gave this topic when it was created (32 hex digits): a topic made anew has another one. */
  topicId(topic: string): Promise<string>;
  /** Of every partition of the topic, for readers of committed records. */
  bounds(topic: string): Promise<Map<number, Bounds>>;
  /** Where each partition ends, open transactions included: a commit returns before its marker is written. */
  highWatermarks(topic: string): Promise<Map<number, number>>;
  /**
   * Read-committed records of one partition from `from` to `end`, in pages; waits for transactions that are open before
   * `end`. Throws `DETENT_KAFKA_READ_OVERTAKEN` when records are deleted before they are read: a gap is never passed over.
   */
  read(topic: string, partition: number, from: number, end: number): AsyncIterable<LogRecord[]>;
  /** Lets a partition begin at `before`: what lies before is gone. */
  deleteRecords(topic: string, partition: number, before: number): Promise<void>;
  /** Offsets that a group has committed, of all topics. Of a transaction that is not settled, those before it. */
  committedOffsets(groupId: string): Promise<Offsets>;
  /** Offsets that a group has committed, or undefined while a transaction that holds some of them is not settled. */
  stableOffsets(
    groupId: string,
    wanted: readonly { topic: string; partitions: readonly number[] }[],
  ): Promise<Offsets | undefined>;
  /** All groups; busy: it has members. */
  groups(): Promise<{ groupId: string; busy: boolean }[]>;
  deleteGroups(groupIds: readonly string[]): Promise<void>;
  appender(): Promise<Appender>;
  /**
   * Takes the transactional id over: whoever wrote with it before is refused from now on, and what it left open is
   * aborted. `membership`: as whom offsets are committed, where the library can say that.
   */
  fence(transactionalId: string, membership?: () => Membership | undefined): Promise<TransactionalWriter>;
  consumer(options: GroupOptions, events: GroupEvents): GroupConsumer;
  close(): Promise<void>;
}
