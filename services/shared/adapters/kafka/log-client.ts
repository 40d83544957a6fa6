import type { LogClient, LogRecord, OutRecord } from '@detent/pipeline';
import { murmur2Partition } from '@detent/pipeline';
import { type Message, toRequests } from './client/batches.ts';
import type { Appender, KafkaConnection } from './client/client.ts';
import { connectKafka } from './connect.ts';
import { ensureTopics } from './ensure-topics.ts';
import { TopicCatalogue } from './topic-info.ts';

/** `LogClient` over Kafka. Throws `DETENT_KAFKA_UNREACHABLE` when the cluster gives no answer. */
export async function createKafkaLogClient(connection: KafkaConnection): Promise<LogClient> {
  const client = await connectKafka(connection);
  const catalogue = new TopicCatalogue(client);
  let appender: Promise<Appender> | undefined;
  let appending: Promise<unknown> = Promise.resolve();

  async function requestsOf(records: readonly OutRecord[]): Promise<ReturnType<typeof toRequests>> {
    await catalogue.learn(records.map(({ topic }) => topic));
    const messages = records.map((record) => ({
      topic: record.topic,
      message: toMessage(record, catalogue.get(record.topic).partitions),
    }));
    return toRequests(messages, (topic) => catalogue.get(topic).maxMessageBytes);
  }

  /** After an error it is not known how far the broker's count of the producer's records got: a new one is made. */
  async function append(records: readonly OutRecord[]): Promise<void> {
    if (records.length === 0) return;
    const requests = await requestsOf(records);
    appender ??= client.appender();
    const current = appender;
    try {
      await (await current).append(requests);
    } catch (error) {
      appender = undefined;
      await current.then((one) => one.close()).catch(() => {});
      throw error;
    }
  }

  async function offsets(topic: string): Promise<Map<number, { start: number; end: number }>> {
    await catalogue.learn([topic]);
    return client.bounds(topic);
  }

  return {
    ensureTopics: (specs) => ensureTopics(client, specs),
    topics: () => client.topics(),
    append(records) {
      const done = appending.then(() => append(records));
      appending = done.catch(() => {});
      return done;
    },
    async appendTogether(records, writer) {
      const requests = await requestsOf(records);
      const id = `${connection.prefix}${writer}`;
      const fenced = await client.fence(id);
      try {
        await fenced.commit(requests, { consumerGroupId: id, topics: [] }, '');
      } finally {
        await fenced.close();
      }
    },
    async *read(topic: string, from?: ReadonlyMap<number, number>): AsyncIterable<LogRecord[]> {
      const bounds = await offsets(topic);
      const ends = await client.highWatermarks(topic);
      for (const [partition, { start }] of bounds) {
        const first = Math.max(start, from?.get(partition) ?? start);
        yield* client.read(topic, partition, first, ends.get(partition) ?? first);
      }
    },
    offsets,
    committed: (service) => client.committedOffsets(`${connection.prefix}${service}`),
    async close() {
      await appending;
      await (await appender?.catch(() => undefined))?.close();
      await client.close();
    },
  };
}

function toMessage({ partition, key, value, timestamp, headers }: OutRecord, partitions: number): Message {
  return {
    partition: partition ?? (key === null ? 0 : murmur2Partition(key, partitions)),
    key,
    value,
    timestamp: String(timestamp),
    ...(headers && { headers }),
  };
}
