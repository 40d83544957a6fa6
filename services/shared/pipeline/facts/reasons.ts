import type { Refusal } from '../processor.ts';

/** Why a source record lies in the dead letters: the closed set of codes, each with what to do about it. */
export const reasons = {
  BAD_MAGIC:
    'The bytes are not in the Confluent wire format: configure the producer’s Avro serializer, then send again',
  TRUNCATED: 'The bytes end before the record does: find what cut them on the way, then send again',
  TRAILING_BYTES:
    'The bytes go on after the record: the schema id in them is not that of the schema they were written with',
  MALFORMED:
    'The schema or the bytes are not valid Avro: see the message for where, correct the producer, then send again',
  INCOMPATIBLE_SCHEMA:
    'The producer’s schema cannot be read as ours: see schemas/README.md for what may change, then send again',
  UNKNOWN_SCHEMA: 'The registry does not have the schema id: register the producer’s schema, then redrive',
  UNEXPECTED_RECORD: 'The topic does not carry such a record: see schemas/topics.ts for where it belongs',
  MISSING_VALUE: 'A value that the record is about is absent: fill it at the source, then send again',
  IMPOSSIBLE_VALUE: 'A value cannot be true: correct it at the source, then send again under a new event id',
  EMPTY_ID: 'An id is empty, so that nobody knows what the event is of: fill it at the source, then send again',
  KEY_MISMATCH: 'The key is not the id in the record, so that order is lost: key by the field named, then send again',
  BAD_UNIT: 'The unit is no UCUM code, or does not measure what the metric does: correct the unit, then send again',
} as const;

export type Reason = keyof typeof reasons;

/** A refusal of a source record. `what` says what was found, where; the reason’s own text says what to do. */
export function refuse(code: Reason, step: string, what: string): Refusal {
  return { code, message: `${what}. ${reasons[code]}`, step };
}
