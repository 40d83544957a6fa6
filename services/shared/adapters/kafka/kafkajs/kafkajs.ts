import type { Consumer, Kafka, KafkaConfig, Producer } from 'kafkajs';
import { encodeRecordBatch, type OutgoingBatch, type OutgoingRecord } from '../client/record-batch.ts';
import { KafkaAdapterError } from '../errors.ts';
import { filterAbortedMessages } from './filter-aborted.ts';
import { decodeRecord, type FetchedRecord } from './record-decoder.ts';
import { sendMessagesWith } from './send-messages.ts';

const VERSION = '2.2.4';
const HOME = '/node_modules/kafkajs/';

/** A broker connection of kafkajs, as far as this adapter goes below its public face. */
export interface InternalBroker {
  connectionPool: { send(call: { request: object; response: object }): Promise<unknown> };
  fetch(request: object): Promise<{ responses: { partitions: FetchedPartition[] }[] }>;
  listOffsets(request: object): Promise<{ responses: { partitions: { offset: string }[] }[] }>;
}

export interface FetchedPartition {
  partition: number;
  highWatermark: string;
  lastStableOffset: string;
  messages: unknown[];
}

/** kafkajs's view of the cluster: metadata, brokers, coordinators. */
export interface InternalCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(node: { nodeId: number }): Promise<InternalBroker>;
  findGroupCoordinator(group: { groupId: string }): Promise<InternalBroker>;
}

/** A fetched batch with control and aborted records taken out. */
export interface InternalBatch {
  fetchedOffset: string;
  messages: Pick<FetchedRecord, 'offset' | 'timestamp' | 'key' | 'value' | 'headers'>[];
  rawMessages: unknown[];
  lastOffset(): string;
}

interface Assignments {
  MemberMetadata: {
    encode(metadata: { version: number; topics: string[]; userData: Buffer }): Buffer;
    decode(buffer: Buffer): { topics: string[]; userData: Buffer } | null;
  };
  MemberAssignment: {
    encode(assignment: { version: number; assignment: Record<string, number[]>; userData: Buffer }): Buffer;
  };
}

/** The parts of kafkajs that the adapter uses. */
export interface Kafkajs {
  Kafka: new (config: KafkaConfig) => Kafka;
  Batch: new (topic: string, fetchOffset: string, partition: FetchedPartition) => InternalBatch;
  AssignerProtocol: Assignments;
  Encoder: new () => Encoder;
}

interface Encoder {
  buf: Buffer;
  offset: number;
  writeBuffer(bytes: Buffer): object;
}

export type { Consumer, Kafka, KafkaConfig, Producer };

let loaded: Kafkajs | undefined;

/**
 * kafkajs with the parts replaced that lose or invent records, or cost most of the time (docs/decisions, "kafkajs").
 * The replaced parts stay in the process's module cache, for kafkajs loads its protocol only when it uses it. Throws
 * `DETENT_KAFKA_CLIENT_VERSION` when the installed version is not the one that the replacements were made for.
 */
export function kafkajs(): Kafkajs {
  loaded ??= load();
  return loaded;
}

function load(): Kafkajs {
  // Not `import`: modules must be replaced before kafkajs binds them, in the module cache of CommonJS. Taken from
  // `process`, because jest gives test files another `node:module`, whose cache cannot be written.
  const { createRequire } = process.getBuiltinModule('node:module');
  const require = createRequire(import.meta.url);
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== VERSION) {
    throw new KafkaAdapterError(
      'DETENT_KAFKA_CLIENT_VERSION',
      `kafkajs ${version} is installed, but its transactions are only made safe for ${VERSION}: run "npm ci"`,
    );
  }
  const { cache } = require;
  // Somebody in the process may have loaded it already: that copy has bound the originals.
  for (const file of Object.keys(cache)) if (file.replaceAll('\\', '/').includes(HOME)) delete cache[file];
  const replace = (file: string, exports: unknown) => {
    require(file);
    cache[require.resolve(file)]!.exports = exports;
  };
  replace('kafkajs/src/consumer/filterAbortedMessages.js', filterAbortedMessages);
  replace('kafkajs/src/producer/sendMessages.js', sendMessagesWith);
  const Encoder = require('kafkajs/src/protocol/encoder.js') as Kafkajs['Encoder'];
  Object.assign(Encoder.prototype, { ensureAvailable });
  const crc32c = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
  replace('kafkajs/src/protocol/recordBatch/record/v0/index.js', (record: OutgoingRecord) => record);
  replace('kafkajs/src/protocol/recordBatch/record/v0/decoder.js', decodeRecord);
  replace('kafkajs/src/protocol/recordBatch/v0/index.js', {
    MAGIC_BYTE: 2,
    RecordBatch: async (batch: OutgoingBatch) => new Encoder().writeBuffer(encodeRecordBatch(batch, crc32c)),
  });
  const Group = require('kafkajs/src/consumer/consumerGroup.js') as { prototype: object };
  Object.assign(Group.prototype, { recoverFromOffsetOutOfRange });
  return {
    Kafka: (require('kafkajs') as Pick<Kafkajs, 'Kafka'>).Kafka,
    Batch: require('kafkajs/src/consumer/batch.js') as Kafkajs['Batch'],
    AssignerProtocol: require('kafkajs/src/consumer/assignerProtocol.js') as Assignments,
    Encoder,
  };
}

/** kafkajs would commit "earliest" for the group and go on: input lost to retention must be seen, not skipped. */
async function recoverFromOffsetOutOfRange({ topic, partition }: { topic: string; partition: number }): Promise<never> {
  throw new KafkaAdapterError(
    'DETENT_KAFKA_INPUT_LOST',
    `the next record of ${topic}-${partition} is no longer in the log, or not yet`,
  );
}

/** Room for `length` more bytes; kafkajs fills it with zeros first, which is of no use: all of it is written. */
function ensureAvailable(this: Encoder, length: number): void {
  const needed = this.offset + length;
  if (needed <= this.buf.length) return;
  const larger = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(needed)));
  this.buf.copy(larger, 0, 0, this.offset);
  this.buf = larger;
}

/** A cluster connection of its own, below kafkajs's public face. */
export function internalCluster(kafka: Kafka): InternalCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = symbol && (kafka as unknown as Record<symbol, (options: object) => InternalCluster>)[symbol];
  if (!create)
    throw new KafkaAdapterError('DETENT_KAFKA_CLIENT_VERSION', 'kafkajs has no cluster factory: run "npm ci"');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: 1 });
}
