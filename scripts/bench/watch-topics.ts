import type { Runtime } from '@detent/adapters';
import { Kafka, logLevel } from 'kafkajs';

/** A record as it came into the hands of a reader of committed records, and when (epoch ms). */
export interface Arrived {
  name: string;
  value: unknown;
  now: number;
}

/**
 * Hands over every record of these topics (without prefix) as a stock consumer of committed records gets it, from the
 * beginning of each. Resolves once it reads, with what ends it.
 */
export async function watchTopics(
  runtime: Runtime,
  brokers: string,
  topics: readonly string[],
  onArrived: (record: Arrived) => void,
): Promise<() => Promise<void>> {
  const names = topics.map((topic) => runtime.config.topicPrefix + topic);
  await runtime.codec.prepare(names);
  const kafka = new Kafka({ brokers: [brokers], clientId: 'latency', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `latency-${process.pid}`, maxWaitTimeInMs: 20, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: names, fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    autoCommit: false,
    async eachBatch({ batch }) {
      const now = Date.now();
      for (const { value } of batch.messages) {
        const decoded = runtime.codec.decode(value!);
        if (decoded.ok) onArrived({ name: decoded.record.name, value: decoded.record.value, now });
      }
    },
  });
  await joined;
  return () => consumer.disconnect();
}

/** The p50 and p99 of what was measured, in its unit. */
export function tailOf(measured: readonly number[]): { p50: number; p99: number } {
  const sorted = [...measured].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
