import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicSpec } from '@detent/pipeline';
import { PartitionsChangedError } from '../sqlite/index.ts';
import type { KafkaClient } from './client/client.ts';
import { KafkaAdapterError } from './errors.ts';

/** Event times may lie ahead of the broker's clock (simulations); Kafka 4 would refuse records more than an hour ahead. */
const ANY_TIMESTAMP = { 'message.timestamp.after.max.ms': '9223372036854775807' };
const KNOWN_PATIENCE_MS = 30_000;
const POLL_MS = 50;

/** Creates what is missing. Throws `DETENT_LOG_PARTITIONS_CHANGED` where a topic exists with another partition count. */
export async function ensureTopics(client: KafkaClient, specs: readonly TopicSpec[]): Promise<void> {
  const existing = await client.topics();
  for (const { topic, partitions } of specs) {
    const has = existing.get(topic);
    if (has !== undefined && has !== partitions) throw new PartitionsChangedError(topic, has, partitions);
  }
  const missing = specs.filter(({ topic }) => !existing.has(topic));
  if (missing.length === 0) return;
  await client.createTopics(missing.map((spec) => ({ ...spec, config: { ...ANY_TIMESTAMP, ...spec.config } })));
  await untilKnown(
    client,
    missing.map(({ topic }) => topic),
  );
}

/** A broker may not yet have heard of a topic from its controller, which has just made it. */
async function untilKnown(client: KafkaClient, topics: readonly string[]): Promise<void> {
  const deadline = Date.now() + KNOWN_PATIENCE_MS;
  for (;;) {
    const counts = await client.topics();
    const unknown = topics.filter((topic) => !counts.get(topic));
    if (unknown.length === 0) return;
    if (Date.now() > deadline) {
      const message = `Kafka made ${unknown.join(', ')} and does not show them after 30 s: look at the broker's log`;
      throw new KafkaAdapterError('DETENT_KAFKA_PROTOCOL', message);
    }
    await sleep(POLL_MS);
  }
}
