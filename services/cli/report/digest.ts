import { createHash } from 'node:crypto';
import type { Runtime } from '@detent/adapters';
import type { SegmentChanged } from '@detent/schemas';

/** A hash over the set of segment changes, the same wherever and in whatever batches they were computed. */
export interface Digest {
  changes: number;
  /** SHA-256 over the sorted hashes of all changes, without `detectedAt`. */
  digest: string;
  byDimension: Record<string, number>;
  entities: number;
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(',')}}`;
}

/** Digests every change in the segment topics of the runtime's prefix. */
export async function digestChanges(runtime: Runtime): Promise<Digest> {
  const hashes: string[] = [];
  const byDimension = new Map<string, number>();
  const entities = new Set<string>();
  for await (const change of readChanges(runtime)) {
    const { detectedAt: _, ...lasting } = change;
    hashes.push(createHash('sha256').update(canonicalJson(lasting)).digest('base64'));
    const dimension = `${change.entityType}.${change.dimension}`;
    byDimension.set(dimension, (byDimension.get(dimension) ?? 0) + 1);
    entities.add(`${change.entityType}:${change.entityId}`);
  }
  hashes.sort();
  const digest = createHash('sha256');
  for (const hash of hashes) digest.update(hash);
  return {
    changes: hashes.length,
    digest: digest.digest('hex'),
    byDimension: Object.fromEntries([...byDimension].sort(([a], [b]) => (a < b ? -1 : 1))),
    entities: entities.size,
  };
}

/** All segment changes of the runtime's prefix, topic by topic. */
export async function* readChanges(runtime: Runtime): AsyncIterable<SegmentChanged> {
  for await (const { value } of readTopics(runtime, (topic) => topic.startsWith('segments.')))
    yield value as SegmentChanged;
}

/** Decoded records of all topics (without prefix) that `wanted` accepts; what cannot be decoded is left out, tombstones have no value. */
export async function* readTopics(
  runtime: Runtime,
  wanted: (topic: string) => boolean,
): AsyncIterable<{ topic: string; key: string; name: string; value: unknown }> {
  const prefix = runtime.config.topicPrefix;
  const names = [...(await runtime.log.topics()).keys()]
    .filter((topic) => topic.startsWith(prefix))
    .map((topic) => topic.slice(prefix.length));
  for (const topic of names.filter(wanted).sort()) {
    for await (const page of runtime.log.read(prefix + topic)) {
      for (const record of page) {
        const key = record.key?.toString() ?? '';
        if (record.value === null) {
          yield { topic, key, name: '', value: undefined };
          continue;
        }
        let decoded = runtime.codec.decode(record.value);
        if (!decoded.ok && 'unknownSchema' in decoded && (await runtime.codec.fetch(decoded.unknownSchema)))
          decoded = runtime.codec.decode(record.value);
        if (decoded.ok) yield { topic, key, name: decoded.record.name, value: decoded.record.value };
      }
    }
  }
}
