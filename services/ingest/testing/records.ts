import type { InputRecord } from '@detent/pipeline';
import { topics } from '@detent/schemas';

const placements = new Map(
  topics.flatMap((topic) =>
    topic.records.map(({ name, key }) => [name as string, { topic: topic.name, key }] as const),
  ),
);

/** The record of an event as the pipeline hands it over; key and topic as they should be unless said otherwise. */
export function recordOf(
  name: string,
  value: object,
  {
    topic,
    key,
    offset = 7,
    timestamp,
  }: { topic?: string; key?: string | null; offset?: number; timestamp?: number } = {},
): InputRecord {
  const place = placements.get(name);
  const fields = value as Readonly<Record<string, unknown>>;
  const own = place?.key.map((path) => at(fields, path)).find((id) => typeof id === 'string');
  const chosen = key === undefined ? String(own ?? '') : key;
  const eventTime = Number(fields['observedAt'] ?? fields['occurredAt']);
  const placed = topic ?? place?.topic ?? '';
  return {
    raw: {
      topic: `detent.${placed}`,
      partition: 2,
      offset,
      timestamp: timestamp ?? eventTime,
      key: chosen === null ? null : Buffer.from(chosen),
      value: Buffer.alloc(1),
      headers: {},
    },
    topic: placed,
    name,
    value,
    eventTime,
  };
}

function at(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], fields);
}
