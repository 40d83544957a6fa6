import { KafkaAdapterError } from '../errors.ts';

/** A message with its partition settled, as kafkajs takes it. */
export interface Message {
  partition: number;
  key: Buffer | null;
  value: Buffer | null;
  timestamp: string;
  headers?: Record<string, string | Buffer>;
}

/** What one request may carry: kafkajs makes one record batch of all messages of a partition and never splits it. */
export interface Request {
  topic: string;
  messages: Message[];
}

const BATCH_BYTES = 61;
const RECORD_BYTES = 36;
const HEADER_BYTES = 10;
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Bytes that a message takes in a record batch, at most. */
export function messageBytes({ key, value, headers }: Message): number {
  let bytes = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  if (headers !== undefined) {
    for (const name of Object.keys(headers)) {
      const header = headers[name]!;
      bytes += HEADER_BYTES + name.length + (typeof header === 'string' ? Buffer.byteLength(header) : header.length);
    }
  }
  return bytes;
}

/**
 * Parts messages into requests so that no record batch passes its topic's `max.message.bytes`; the order within each
 * partition stays. Throws `DETENT_KAFKA_RECORD_TOO_LARGE` before anything is sent.
 */
export function toRequests(
  messages: readonly { topic: string; message: Message }[],
  maxBatchBytes: (topic: string) => number,
  maxRequestBytes: number = MAX_REQUEST_BYTES,
): Request[][] {
  const requests: Request[][] = [];
  let topics = new Map<string, { request: Request; bytes: Map<number, number>; limit: number }>();
  let total = 0;
  const flush = () => {
    if (topics.size > 0) requests.push([...topics.values()].map(({ request }) => request));
    topics = new Map();
    total = 0;
  };
  for (const { topic, message } of messages) {
    const bytes = messageBytes(message);
    let open = topics.get(topic);
    const limit = open?.limit ?? maxBatchBytes(topic);
    const held = open?.bytes.get(message.partition) ?? BATCH_BYTES;
    if (BATCH_BYTES + bytes > limit) throw tooLarge(topic, message, bytes, limit);
    if (held + bytes > limit || (total > 0 && total + bytes > maxRequestBytes)) {
      flush();
      open = undefined;
    }
    if (open === undefined) {
      open = { request: { topic, messages: [] }, bytes: new Map(), limit };
      topics.set(topic, open);
    }
    open.request.messages.push(message);
    open.bytes.set(message.partition, (open.bytes.get(message.partition) ?? BATCH_BYTES) + bytes);
    total += bytes;
  }
  flush();
  return requests;
}

function tooLarge(topic: string, { key, partition }: Message, bytes: number, limit: number): KafkaAdapterError {
  const of = key === null ? '' : ` with key ${key.toString().slice(0, 100)}`;
  return new KafkaAdapterError(
    'DETENT_KAFKA_RECORD_TOO_LARGE',
    `a record of ${bytes} bytes${of} for ${topic}-${partition} is over the topic's max.message.bytes of ${limit}: raise it there`,
  );
}
