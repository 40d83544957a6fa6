import { KafkaAdapterError } from '../errors.ts';
import { type InternalBroker, type InternalCluster, kafkajs } from './kafkajs.ts';

const METADATA = { apiKey: 3, apiVersion: 12, apiName: 'Metadata' };
const OFFSET_FETCH = { apiKey: 9, apiVersion: 7, apiName: 'OffsetFetch' };
const UNSTABLE_OFFSET_COMMIT = 88;
const NO_OFFSET = -1;
const NIL_UUID = Buffer.alloc(16);

/** Writes the compact encodings of Kafka's flexible protocol versions, which kafkajs does not know. */
class Writer {
  readonly #parts: Buffer[] = [];
  length(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 0x7f) {
      bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.push(rest);
    this.#parts.push(Buffer.from(bytes));
    return this;
  }
  int8(value: number): this {
    this.#parts.push(Buffer.from([value]));
    return this;
  }
  int32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    this.#parts.push(bytes);
    return this;
  }
  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
  string(value: string): this {
    const bytes = Buffer.from(value);
    return this.length(bytes.length + 1).raw(bytes);
  }
  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.length(items.length + 1);
    items.forEach(write);
    return this;
  }
  tags(): this {
    return this.length(0);
  }
  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  int8 = () => this.#bytes.readInt8(this.#move(1));
  int16 = () => this.#bytes.readInt16BE(this.#move(2));
  int32 = () => this.#bytes.readInt32BE(this.#move(4));
  int64 = () => Number(this.#bytes.readBigInt64BE(this.#move(8)));
  uuid = () => this.#bytes.subarray(this.#move(16), this.#at);
  length(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#move(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  string(): string | null {
    const length = this.length() - 1;
    return length < 0 ? null : this.#bytes.toString('utf8', this.#move(length), this.#at);
  }
  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.length() - 1) }, read);
  }
  tags(): void {
    for (let count = this.length(); count > 0; count -= 1) {
      this.length();
      this.#move(this.length());
    }
  }
  #move(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}

/** kafkajs writes the older request header; the tags that the flexible one adds are the first byte of our body. */
async function call<T>(
  broker: InternalBroker,
  api: { apiKey: number; apiVersion: number; apiName: string },
  write: (body: Writer) => void,
  read: (body: Reader) => T,
): Promise<T> {
  const { Encoder } = kafkajs();
  const answer = await broker.connectionPool.send({
    request: {
      ...api,
      encode: async () => {
        const body = new Writer().tags();
        write(body);
        return new Encoder().writeBuffer(body.bytes());
      },
    },
    response: {
      decode: async (bytes: Buffer) => {
        const body = new Reader(bytes);
        body.tags();
        return { clientSideThrottleTime: 0, answer: read(body) };
      },
      parse: async (decoded: unknown) => decoded,
    },
  });
  return (answer as { answer: T }).answer;
}

/** The id that the cluster gave this topic when it was created (32 hex digits): a topic made anew has another one. */
export async function fetchTopicId(cluster: InternalCluster, topic: string): Promise<string> {
  await cluster.addTargetTopic(topic);
  const leader = cluster.findTopicPartitionMetadata(topic)[0]?.leader;
  if (leader === undefined)
    throw new KafkaAdapterError(
      'DETENT_KAFKA_TOPIC_MISSING',
      `topic ${topic} does not exist: run "detent topics apply"`,
    );
  const topics = await call(
    await cluster.findBroker({ nodeId: leader }),
    METADATA,
    (body) => {
      body.array([topic], (name) => body.raw(NIL_UUID).string(name).tags());
      body.int8(0).int8(0).tags();
    },
    (body) => {
      body.int32();
      body.array(() => {
        body.int32();
        body.string();
        body.int32();
        body.string();
        body.tags();
      });
      body.string();
      body.int32();
      return body.array(() => {
        const error = body.int16();
        const name = body.string();
        const id = body.uuid().toString('hex');
        body.int8();
        body.array(() => {
          body.int16();
          body.int32();
          body.int32();
          body.int32();
          for (let list = 0; list < 3; list += 1) body.array(body.int32);
          body.tags();
        });
        body.int32();
        body.tags();
        return { error, name, id };
      });
    },
  );
  const found = topics.find(({ name }) => name === topic);
  if (found?.error !== 0) {
    throw new KafkaAdapterError(
      'DETENT_KAFKA_PROTOCOL',
      `the broker gave no id for topic ${topic} (error ${found?.error ?? 'none'})`,
    );
  }
  return found.id;
}

/**
 * Offsets that a group has committed, or undefined while a transaction that holds some of them is not settled (kafkajs
 * asks without that guard and may answer what stood before). Partitions without an offset are left out.
 */
export async function fetchStableOffsets(
  cluster: InternalCluster,
  groupId: string,
  wanted: readonly { topic: string; partitions: readonly number[] }[],
): Promise<Map<string, Map<number, number>> | undefined> {
  const answer = await call(
    await cluster.findGroupCoordinator({ groupId }),
    OFFSET_FETCH,
    (body) => {
      body.string(groupId);
      body.array(wanted, ({ topic, partitions }) => {
        body.string(topic);
        body.array(partitions, (partition) => body.int32(partition));
        body.tags();
      });
      body.int8(1).tags();
    },
    (body) => {
      body.int32();
      const topics = body.array(() => {
        const topic = body.string() ?? '';
        const partitions = body.array(() => {
          const partition = body.int32();
          const offset = body.int64();
          body.int32();
          body.string();
          const error = body.int16();
          body.tags();
          return { partition, offset, error };
        });
        body.tags();
        return { topic, partitions };
      });
      const error = body.int16();
      body.tags();
      return { topics, error };
    },
  );
  const errors = [answer.error, ...answer.topics.flatMap(({ partitions }) => partitions.map(({ error }) => error))];
  if (errors.includes(UNSTABLE_OFFSET_COMMIT)) return undefined;
  const error = errors.find((code) => code !== 0);
  if (error !== undefined) {
    throw new KafkaAdapterError(
      'DETENT_KAFKA_PROTOCOL',
      `offsets of group ${groupId} cannot be read (broker error ${error})`,
    );
  }
  return new Map(
    answer.topics.map(({ topic, partitions }) => [
      topic,
      new Map(
        partitions.filter(({ offset }) => offset !== NO_OFFSET).map(({ partition, offset }) => [partition, offset]),
      ),
    ]),
  );
}
