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

/** Headers of a record. Throws a RangeError when `time` is no instant. */
export function cloudEventHeaders({ id, type, source, time, traceparent }: CloudEvent): Record<string, string> {
  const headers: Record<string, string> = {
    [cloudEventHeader.id]: id,
    [cloudEventHeader.type]: type,
    [cloudEventHeader.source]: source,
    [cloudEventHeader.time]: isoTime(time),
  };
  if (traceparent !== undefined) headers[cloudEventHeader.traceparent] = traceparent;
  return headers;
}

let lastTime = Number.NaN;
let lastText = '';

/** What changes together bears one time. */
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
}
