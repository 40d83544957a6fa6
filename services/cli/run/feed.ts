import type { Runtime } from '@detent/adapters';
import type { OutRecord } from '@detent/pipeline';
import { cloudEventHeaders, topicsOfKind } from '@detent/schemas';
import { type SourceEvent, spoilBytes } from '../inputs/source-event.ts';

const CHUNK = 2000;

/** How a feed is watched and held back. */
export interface FeedOptions {
  /** URI reference of the producer, for the CloudEvents headers. */
  source: string;
  /** Ends a chunk where event time crosses a multiple of this, ms, so that what follows can wait for what it depends on. */
  sliceMs?: number;
  /** Called after each chunk is durable; resolves when more may come. */
  afterChunk?(sent: number, eventTime: number): Promise<void>;
  signal?: AbortSignal;
}

/** Appends source events to their topics, encoded and with headers, in chunks. Returns how many were sent. */
export async function feed(
  runtime: Runtime,
  events: Iterable<SourceEvent> | AsyncIterable<SourceEvent>,
  options: FeedOptions,
): Promise<number> {
  const prefix = runtime.config.topicPrefix;
  await runtime.ensureTopics(topicsOfKind('source'));
  await runtime.codec.prepare(topicsOfKind('source').map((topic) => prefix + topic));
  let chunk: OutRecord[] = [];
  let sent = 0;
  let eventTime = 0;
  const flush = async () => {
    await runtime.log.append(chunk);
    sent += chunk.length;
    chunk = [];
    await options.afterChunk?.(sent, eventTime);
  };
  for await (const event of events) {
    if (options.signal?.aborted) return sent;
    if (
      options.sliceMs &&
      chunk.length > 0 &&
      Math.floor(event.eventTime / options.sliceMs) > Math.floor(eventTime / options.sliceMs)
    ) {
      await flush();
    }
    chunk.push(toRecord(runtime, event, prefix, options.source));
    eventTime = event.eventTime;
    if (chunk.length === CHUNK) await flush();
  }
  if (chunk.length > 0) await flush();
  return sent;
}

/** A source event as it is appended. The codec must have been prepared for its topic. */
export function toRecord(runtime: Runtime, event: SourceEvent, prefix: string, source: string): OutRecord {
  const topic = prefix + event.topic;
  const bytes = runtime.codec.encode(topic, event.name, event.value);
  return {
    topic,
    partition: null,
    key: Buffer.from(event.key),
    value: event.defect === undefined ? bytes : spoilBytes(bytes, event.defect),
    // Not the event's time: brokers keep records by this stamp, and would drop history at once.
    timestamp: Date.now(),
    headers: cloudEventHeaders({
      id: (event.value as { eventId: string }).eventId,
      type: event.name,
      source,
      time: event.eventTime,
    }),
  };
}
