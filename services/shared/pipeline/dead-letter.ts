import type { LogRecord, OutRecord } from './ports/index.ts';
import type { Refusal } from './processor.ts';

/** Headers of a dead letter; the record's own headers, key and value stay as they were. */
export const deadLetterHeader = {
  code: 'detent.error.code',
  message: 'detent.error.message',
  service: 'detent.error.service',
  step: 'detent.error.step',
  topic: 'detent.error.topic',
  partition: 'detent.error.partition',
  offset: 'detent.error.offset',
} as const;

/** The dead letter for a record that `service` could not use. `dlqTopic` is a whole name, `now` the wall clock (epoch ms). */
export function toDeadLetter(
  raw: LogRecord,
  refusal: Refusal,
  service: string,
  dlqTopic: string,
  now: number,
): OutRecord {
  return {
    topic: dlqTopic,
    partition: null,
    key: raw.key,
    value: raw.value,
    timestamp: now,
    headers: {
      ...raw.headers,
      [deadLetterHeader.code]: refusal.code,
      [deadLetterHeader.message]: refusal.message,
      [deadLetterHeader.service]: service,
      [deadLetterHeader.step]: refusal.step,
      [deadLetterHeader.topic]: raw.topic,
      [deadLetterHeader.partition]: String(raw.partition),
      [deadLetterHeader.offset]: String(raw.offset),
    },
  };
}
