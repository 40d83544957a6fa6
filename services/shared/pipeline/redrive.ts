import { deadLetterHeader } from './dead-letter.ts';
import type { LogRecord, OutRecord } from './ports/index.ts';

/** On a record that was put back: the dead letter that it was, `<topic>-<partition>@<offset>`. */
export const REDRIVEN_HEADER = 'detent.redriven';

/** What a dead letter's headers tell. Texts are empty where the header is missing. */
export interface DeadLetter {
  /** `<partition>@<offset>` in the topic of dead letters. */
  id: string;
  code: string;
  message: string;
  service: string;
  /** Where the record lay: a whole topic name. */
  topic: string;
  partition: number;
  offset: number;
  /** When it was refused, epoch ms. */
  at: number;
  /** It had been put back before, and was refused again. */
  cameBack: boolean;
}

export function readDeadLetter({ partition, offset, timestamp, headers }: LogRecord): DeadLetter {
  const text = (name: keyof typeof deadLetterHeader) => headers[deadLetterHeader[name]]?.toString() ?? '';
  return {
    id: `${partition}@${offset}`,
    code: text('code'),
    message: text('message'),
    service: text('service'),
    topic: text('topic'),
    partition: Number(text('partition')),
    offset: Number(text('offset')),
    at: timestamp,
    cameBack: headers[REDRIVEN_HEADER] !== undefined,
  };
}

const errorHeaders: ReadonlySet<string> = new Set(Object.values(deadLetterHeader));

/**
 * The record as it was before it was refused, on the partition where it lay, with a header that says that it was put
 * back. `partitions`: how many its topic has now. `now` (epoch ms) becomes its stamp, for the first one is not known.
 */
export function redrivenRecord(record: LogRecord, partitions: number, now: number): OutRecord {
  const { topic, partition } = readDeadLetter(record);
  const headers: Record<string, string | Buffer> = {};
  for (const [name, value] of Object.entries(record.headers)) if (!errorHeaders.has(name)) headers[name] = value;
  headers[REDRIVEN_HEADER] = `${record.topic}-${record.partition}@${record.offset}`;
  return {
    topic,
    partition: partition < partitions ? partition : null,
    key: record.key,
    value: record.value,
    timestamp: now,
    headers,
  };
}
