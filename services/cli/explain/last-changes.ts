import type { Runtime } from '@detent/adapters';
import type { EntityRef } from '@detent/core';
import { murmur2Partition } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import { segmentsTopic } from '@detent/segmenter';
import { decodeAny } from '../verify/decode.ts';
import { readPartition } from '../verify/partition-reader.ts';

const WINDOW = 5000;
/** Records that are looked through at most: an entity that has not moved for so long shows no changes. */
const MOST_RECORDS = 500_000;

/** An entity's last changes, newest first; `searched` says how many records of its partition were looked through. */
export interface LastChanges {
  changes: SegmentChanged[];
  searched: number;
  /** More lie before what was looked through. */
  partial: boolean;
}

/** Reads its partition of the segments topic from the end backwards, until `wanted` of its changes are found. */
export async function lastChanges(runtime: Runtime, entity: EntityRef, wanted: number): Promise<LastChanges> {
  const { log, codec, config } = runtime;
  const topic = config.topicPrefix + segmentsTopic(entity.entityType);
  const partitions = (await log.topics()).get(topic);
  const found: LastChanges = { changes: [], searched: 0, partial: false };
  if (partitions === undefined) return found;
  const key = Buffer.from(entity.entityId);
  const partition = murmur2Partition(key, partitions);
  const { start, end } = (await log.offsets(topic)).get(partition) ?? { start: 0, end: 0 };
  for (let to = end, size = WINDOW; to > start && found.changes.length < wanted; size *= 2) {
    if (found.searched >= MOST_RECORDS) return { ...found, partial: true };
    const from = Math.max(start, to - size);
    const here: SegmentChanged[] = [];
    for await (const page of readPartition(log, topic, partition, from)) {
      for (const record of page) {
        if (record.offset >= to) break;
        found.searched += 1;
        if (record.key === null || !key.equals(record.key)) continue;
        const decoded = await decodeAny(codec, record.value);
        if (decoded !== undefined) here.push(decoded.value as SegmentChanged);
      }
      if (page.at(-1)!.offset >= to - 1) break;
    }
    found.changes.push(...here.reverse());
    to = from;
  }
  return { ...found, changes: found.changes.slice(0, wanted) };
}
