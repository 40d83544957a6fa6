import type { Runtime } from '@detent/adapters';
import type { Membership, SegmentChanged } from '@detent/schemas';
import { membershipsTopic, segmentsTopic } from '@detent/schemas';
import { everSegmentedTypes } from '../models/history.ts';
import { decodeAny } from './decode.ts';
import type { Findings } from './findings.ts';
import { readPartition } from './partition-reader.ts';

/** Where the last change of a dimension left an entity. */
interface Stand {
  segment: string | null;
  sequence: number;
  epoch: string;
  since: number;
  offset: number;
}

/**
 * What must hold whatever the inputs were: sequences of an entity's dimension go up by one within an epoch and begin at
 * one, and memberships are the fold of the changes.
 */
export async function verifyChanges(runtime: Runtime, findings: Findings): Promise<void> {
  const { log, config } = runtime;
  const topics = await log.topics();
  for (const type of await everSegmentedTypes(runtime)) {
    const changes = config.topicPrefix + segmentsTopic(type);
    const memberships = config.topicPrefix + membershipsTopic(type);
    if (!topics.has(changes) || !topics.has(memberships)) continue;
    for (let partition = 0; partition < (topics.get(changes) ?? 0); partition += 1)
      await verifyPartition(runtime, changes, memberships, partition, findings);
  }
}

async function verifyPartition(
  { log, codec }: Runtime,
  changes: string,
  memberships: string,
  partition: number,
  findings: Findings,
): Promise<void> {
  await codec.prepare([changes, memberships]);
  const settled = (await log.offsets(memberships)).get(partition)?.end ?? 0;
  const { start = 0, end: settledChanges = 0 } = (await log.offsets(changes)).get(partition) ?? {};
  const entities = new Map<string, Map<string, Stand>>();
  for await (const page of readPartition(log, changes, partition)) {
    for (const { value, offset } of page) {
      const decoded = await decodeAny(codec, value);
      if (decoded === undefined) continue;
      const change = decoded.value as SegmentChanged;
      const stands = entities.get(change.entityId) ?? new Map<string, Stand>();
      entities.set(change.entityId, stands);
      const problem = problemOf(stands.get(change.dimension), change, start > 0);
      if (problem !== undefined) {
        const key = `${change.entityId} ${change.dimension}`;
        findings.add({ kind: 'sequenceGaps', topic: changes, partition, offset, key, what: problem });
      }
      const { to, sequence, epoch, occurredAt } = change;
      stands.set(change.dimension, { segment: to ?? null, sequence, epoch, since: occurredAt, offset });
    }
  }
  const newest = new Map<string, { membership: Membership | undefined; offset: number }>();
  for await (const page of readPartition(log, memberships, partition)) {
    for (const { key, value, offset } of page) {
      const membership = (await decodeAny(codec, value))?.value as Membership | undefined;
      newest.set(String(key), { membership, offset });
    }
  }
  for (const [entityId, stands] of entities) {
    const found = newest.get(entityId);
    for (const [dimension, stand] of stands) {
      const what = differenceOf(stand, found?.membership?.dimensions[dimension]);
      // Either side may have been written after the other was read.
      if (what === undefined || stand.offset >= settledChanges || (found && found.offset >= settled)) continue;
      findings.add({
        kind: 'membershipMismatches',
        topic: memberships,
        partition,
        ...(found && { offset: found.offset }),
        key: entityId,
        what: `${dimension} ${what}; the last change is ${changes}-${partition}@${stand.offset}`,
      });
    }
  }
}

function problemOf(last: Stand | undefined, change: SegmentChanged, cutOff: boolean): string | undefined {
  const { sequence, epoch } = change;
  if (last === undefined || last.epoch !== epoch)
    return sequence === 1 || (cutOff && last === undefined)
      ? undefined
      : `epoch ${epoch} begins with sequence ${sequence}`;
  if (sequence === last.sequence + 1) return undefined;
  return sequence > last.sequence
    ? `sequence ${sequence} follows ${last.sequence} in epoch ${epoch}`
    : `sequence ${sequence} comes again after ${last.sequence} in epoch ${epoch}`;
}

function differenceOf(stand: Stand, position: Membership['dimensions'][string] | undefined): string | undefined {
  if (stand.segment === null)
    return position === undefined ? undefined : `stands at ${position.segment}, but has ended`;
  if (position === undefined) return `is missing, and should stand at ${stand.segment}`;
  const { segment, sequence, epoch, since } = position;
  if (segment === stand.segment && sequence === stand.sequence && epoch === stand.epoch && since === stand.since)
    return undefined;
  return `stands at ${segment} (${sequence}), and should stand at ${stand.segment} (${stand.sequence})`;
}
