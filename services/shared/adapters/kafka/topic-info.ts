import type { KafkaClient } from './client/client.ts';
import { KafkaAdapterError, messageOf } from './errors.ts';

/** What a producer must know of a topic. */
export interface TopicInfo {
  partitions: number;
  /** Largest record batch that the topic takes. */
  maxMessageBytes: number;
}

const BROKER_DEFAULT_MAX_BYTES = 1_048_588;

/** Partition counts and size limits of topics, asked for once each. */
export class TopicCatalogue {
  readonly #client: KafkaClient;
  readonly #known = new Map<string, TopicInfo>();

  constructor(client: KafkaClient) {
    this.#client = client;
  }

  /** Makes `get` answer for these topics. Throws `DETENT_KAFKA_TOPIC_MISSING` naming all that do not exist. */
  async learn(topics: Iterable<string>): Promise<void> {
    const unasked = new Set<string>();
    for (const topic of topics) if (!this.#known.has(topic)) unasked.add(topic);
    if (unasked.size === 0) return;
    const unknown = [...unasked];
    const existing = await this.#client.topics();
    assertTopics(unknown, existing);
    const limits = await this.#limits(unknown);
    for (const topic of unknown) {
      const maxMessageBytes = limits.get(topic) ?? BROKER_DEFAULT_MAX_BYTES;
      this.#known.set(topic, { partitions: existing.get(topic)!, maxMessageBytes });
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
      return await this.#client.maxMessageBytes(topics);
    } catch (error) {
      if (messageOf(error).includes('uthoriz')) return new Map();
      throw error;
    }
  }
}

/** All topics named must be there. Throws `DETENT_KAFKA_TOPIC_MISSING` naming those that are not. */
function assertTopics(wanted: readonly string[], existing: ReadonlyMap<string, number>): void {
  const missing = wanted.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  throw new KafkaAdapterError(
    'DETENT_KAFKA_TOPIC_MISSING',
    `missing in Kafka: ${missing.join(', ')}. Run "detent topics apply", or check DETENT_TOPIC_PREFIX`,
  );
}
