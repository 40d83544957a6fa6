import { groupByPartition } from './group-by-partition.ts';

/** Where a produced batch lies. */
export interface Produced {
  topicName: string;
  partition: number;
  baseOffset?: string;
}

interface Entry {
  partition: number;
  messages: readonly unknown[];
  firstSequence?: number;
}

type TopicData = { topic: string; partitions: Entry[] }[];

interface ProducingBroker {
  produce(request: object): Promise<{ topics: { topicName: string; partitions: Omit<Produced, 'topicName'>[] }[] }>;
}

interface ProducingCluster {
  isConnected(): boolean;
  connect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { partitionId: number; leader: number }[];
  findBroker(node: { nodeId: number }): Promise<ProducingBroker>;
  removeBroker(address: { host: string; port: number }): void;
}

/** kafkajs's keeper of producer id, sequences and transaction. */
interface EosManager {
  isTransactional(): boolean;
  getTransactionalId(): string;
  getProducerId(): number;
  getProducerEpoch(): number;
  getSequence(topic: string, partition: number): number;
  updateSequence(topic: string, partition: number, increment: number): void;
  addPartitionsToTransaction(data: TopicData): Promise<void>;
  acquireBrokerLock(broker: ProducingBroker): Promise<void>;
  releaseBrokerLock(broker: ProducingBroker): Promise<void>;
}

export interface SendParts {
  cluster: ProducingCluster;
  partitioner(choice: object): number;
  eosManager: EosManager;
  retrier<T>(work: (bail: (error: unknown) => void) => Promise<T>): Promise<T>;
}

interface SendRequest {
  acks: number;
  timeout: number;
  compression?: unknown;
  topicMessages: readonly { topic: string; messages: readonly unknown[] }[];
}

interface SendError {
  name?: string;
  type?: string;
  retriable?: boolean;
  host: string;
  port: number;
}

/** Batches that no broker has acknowledged yet, by topic and partition. */
type Pending = Map<string, Map<number, readonly unknown[]>>;

const ROUTE_ERRORS = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']);
const LINK_ERRORS = new Set(['KafkaJSMetadataNotLoaded', 'KafkaJSConnectionError', 'KafkaJSConnectionClosedError']);

/**
 * Sends batches to the leaders of their partitions, each acknowledged once. kafkajs 2.2.4 keeps what is done by broker:
 * it tries again while requests to other brokers are under way, and sends those anew as if they were further records;
 * and what moves to a leader that has answered already is never sent. Both come with more than one broker alone. Here
 * what is done is kept by partition, and a try ends when all its requests have. A batch that is sent again keeps its
 * sequence number, by which the broker knows it.
 */
export function sendMessagesWith({ cluster, partitioner, eosManager, retrier }: SendParts) {
  return (request: SendRequest): Promise<Produced[]> => {
    const produced: Produced[] = [];
    let pending: Pending | undefined;

    async function attempt(): Promise<void> {
      await cluster.refreshMetadataIfNecessary();
      pending ??= group(request.topicMessages, cluster, partitioner);
      const byLeader = partByLeader(pending, cluster);
      if (eosManager.isTransactional()) await eosManager.addPartitionsToTransaction([...byLeader.values()].flat());
      const results = await Promise.allSettled([...byLeader].map(([nodeId, data]) => produce(nodeId, data)));
      for (const result of results) {
        if (result.status === 'rejected') continue;
        for (const done of result.value) pending.get(done.topicName)?.delete(done.partition);
        produced.push(...result.value);
      }
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }

    async function produce(nodeId: number, data: TopicData): Promise<Produced[]> {
      const broker = await cluster.findBroker({ nodeId });
      await eosManager.acquireBrokerLock(broker);
      const count = (sign: 1 | -1) => {
        for (const { topic, partitions } of data)
          for (const { partition, messages } of partitions)
            eosManager.updateSequence(topic, partition, sign * messages.length);
      };
      try {
        for (const { topic, partitions } of data)
          for (const entry of partitions) entry.firstSequence = eosManager.getSequence(topic, entry.partition);
        count(1);
        try {
          const { acks, timeout, compression } = request;
          const { topics } = await broker.produce({
            transactionalId: eosManager.isTransactional() ? eosManager.getTransactionalId() : undefined,
            producerId: eosManager.getProducerId(),
            producerEpoch: eosManager.getProducerEpoch(),
            ...{ acks, timeout, compression, topicData: data },
          });
          return topics.flatMap(({ topicName, partitions }) => partitions.map((at) => ({ topicName, ...at })));
        } catch (error) {
          count(-1);
          throw error;
        }
      } finally {
        await eosManager.releaseBrokerLock(broker);
      }
    }

    return retrier(async (bail) => {
      await cluster.addMultipleTargetTopics(request.topicMessages.map(({ topic }) => topic));
      try {
        await attempt();
        return produced;
      } catch (error) {
        const { name = '', type = '', retriable, host, port } = error as SendError;
        if (name === 'KafkaJSConnectionClosedError') cluster.removeBroker({ host, port });
        if (!cluster.isConnected()) {
          await cluster.connect();
          await cluster.refreshMetadata();
          throw error;
        }
        if (ROUTE_ERRORS.has(type) || LINK_ERRORS.has(name) || (name === 'KafkaJSProtocolError' && retriable)) {
          await cluster.refreshMetadata();
          throw error;
        }
        if (retriable) throw error;
        bail(error);
        return produced;
      }
    });
  };
}

function group(
  topicMessages: SendRequest['topicMessages'],
  cluster: ProducingCluster,
  partitioner: SendParts['partitioner'],
): Pending {
  return new Map(
    topicMessages.map(({ topic, messages }) => {
      const groups = groupByPartition({ topic, partitionMetadata: metadataOf(topic, cluster), messages, partitioner });
      return [topic, new Map(Object.entries(groups).map(([partition, of]) => [Number(partition), of]))];
    }),
  );
}

/** What is still to be sent, by who leads it now. */
function partByLeader(pending: Pending, cluster: ProducingCluster): Map<number, TopicData> {
  const byLeader = new Map<number, TopicData>();
  for (const [topic, batches] of pending) {
    if (batches.size === 0) continue;
    const leaders = new Map(metadataOf(topic, cluster).map(({ partitionId, leader }) => [partitionId, leader]));
    for (const [partition, messages] of batches) {
      const leader = leaders.get(partition) ?? -1;
      if (leader < 0) throw notLoaded(`${topic}-${partition} has no leader`);
      const data = byLeader.get(leader) ?? [];
      byLeader.set(leader, data);
      const last = data.at(-1);
      if (last?.topic === topic) last.partitions.push({ partition, messages });
      else data.push({ topic, partitions: [{ partition, messages }] });
    }
  }
  return byLeader;
}

function metadataOf(topic: string, cluster: ProducingCluster): readonly { partitionId: number; leader: number }[] {
  const metadata = cluster.findTopicPartitionMetadata(topic);
  if (metadata.length === 0) throw notLoaded(`nothing is known of ${topic}`);
  return metadata;
}

/** What kafkajs calls an error that new metadata may mend. */
function notLoaded(message: string): Error {
  return Object.assign(new Error(message), { name: 'KafkaJSMetadataNotLoaded', retriable: true });
}
