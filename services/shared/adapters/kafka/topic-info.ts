import type { Admin } from 'kafkajs';
import { KafkaAdapterError, messageOf } from './errors.ts';

/** What a producer must know of a topic. */
export interface TopicInfo {
  partitions: number;
  /** Largest record batch that the topic takes. */
  maxMessageBytes: number;
}

const TOPIC = 2;
const BROKER_DEFAULT_MAX_BYTES = 1_048_588;

/** Partition counts and size limits of topics, asked for once each. */
export class TopicCatalogue {
  readonly #admin: Admin;
  readonly #known = new Map<string, TopicInfo>();

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  /** Makes `get` answer for these topics. Throws `DETENT_KAFKA_TOPIC_MISSING` naming all that do not exist. */
  async learn(topics: Iterable<string>): Promise<void> {
    const unasked = new Set<string>();
    for (const topic of topics) if (!this.#known.has(topic)) unasked.add(topic);
    if (unasked.size === 0) return;
    const unknown = [...unasked];
    const existing = new Set(await this.#admin.listTopics());
    const missing = unknown.filter((topic) => !existing.has(topic));
    if (missing.length > 0) {
      throw new KafkaAdapterError(
        'DETENT_KAFKA_TOPIC_MISSING',
        `missing in Kafka: ${missing.join(', ')}. Run "detent topics apply", or check DETENT_TOPIC_PREFIX`,
      );
    }
    const [{ topics: metadata }, limits] = await Promise.all([
      this.#admin.fetchTopicMetadata({ topics: unknown }),
      this.#limits(unknown),
    ]);
    for (const { name, partitions } of metadata) {
      const maxMessageBytes = limits.get(name) ?? BROKER_DEFAULT_MAX_BYTES;
      this.#known.set(name, { partitions: partitions.length, maxMessageBytes });
    }
  }

  /** Only after `learn`. */
  get(topic: string): TopicInfo {
    const info = this.#known.get(topic);
    if (info === undefined) throw new Error(`nothing was learnt of topic ${topic}`);
    return info;
  }

  /** Where reading the configuration is not allowed, the broker's default stands in. */
  async #limits(topics: readonly string[]): Promise<Map<string, number>> {
    try {
      const { resources } = await this.#admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({ type: TOPIC, name, configNames: ['max.message.bytes'] })),
      });
      return new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          Number(configEntries[0]?.configValue ?? BROKER_DEFAULT_MAX_BYTES),
        ]),
      );
    } catch (error) {
      if (messageOf(error).includes('uthoriz')) return new Map();
      throw error;
    }
  }
}
