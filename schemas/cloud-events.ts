/** Names of the CloudEvents headers (Kafka binding, binary mode) and of W3C trace context. */
export const cloudEventHeader = {
  id: 'ce_id',
  type: 'ce_type',
  source: 'ce_source',
  time: 'ce_time',
  traceparent: 'traceparent',
} as const;

/** What the headers of a record tell of its event. */
export interface CloudEvent {
  /** Unique within the source. */
  id: string;
  /** Full name of the record: `detent.orders.OrderPlaced`. */
  type: string;
  /** Who produced it, as a URI reference: `/detent/ingest`. */
  source: string;
  /** Event time, epoch ms. */
  time: number;
  /** W3C trace context of the cause, when there is one. */
  traceparent?: string;
}

/** Headers of a record, as bytes (UTF-8), some of which it shares with others. Throws a RangeError when `time` is no instant. */
export function cloudEventHeaders({ id, type, source, time, traceparent }: CloudEvent): Record<string, Buffer> {
  const headers: Record<string, Buffer> = {
    [cloudEventHeader.id]: Buffer.from(id),
    [cloudEventHeader.type]: known(type),
    [cloudEventHeader.source]: known(source),
    [cloudEventHeader.time]: isoTime(time),
  };
  if (traceparent !== undefined) headers[cloudEventHeader.traceparent] = Buffer.from(traceparent);
  return headers;
}

let lastTime = Number.NaN;
let lastText = Buffer.alloc(0);

/** What changes together bears one time. */
function isoTime(time: number): Buffer {
  if (time !== lastTime) {
    lastText = Buffer.from(new Date(time).toISOString());
    lastTime = time;
  }
  return lastText;
}

const MOST_KNOWN = 1000;
const knownTexts = new Map<string, Buffer>();

/** Types and sources are few and come with every record. */
function known(text: string): Buffer {
  const bytes = knownTexts.get(text) ?? Buffer.from(text);
  if (knownTexts.size < MOST_KNOWN) knownTexts.set(text, bytes);
  return bytes;
}
