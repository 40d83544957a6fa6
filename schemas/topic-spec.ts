import { SchemaError } from './errors.ts';
import type { RecordName } from './generated/types.ts';
import { DEFAULT_PREFIX, type Topic, type TopicKind, topics } from './topics.ts';

/** Domains that have an action topic. */
export const actionDomains = ['picking', 'storage', 'routing', 'replenishment'] as const;
export type ActionDomain = (typeof actionDomains)[number];

/** `segments.order.v1`. */
export const segmentsTopic = (entityType: string): string => `segments.${entityType}.v1`;
/** `memberships.order.v1`. */
export const membershipsTopic = (entityType: string): string => `memberships.${entityType}.v1`;
/** `actions.picking.v1`. */
export const actionsTopic = (domain: ActionDomain): string => `actions.${domain}.v1`;
/** `state.segmenter.v1`. */
export const stateTopic = (service: string): string => `state.${service}.v1`;

/** Names of the topics of a kind; families by their pattern, such as `segments.<entityType>.v1`. */
export function topicsOfKind(kind: TopicKind): string[] {
  return topics.filter((topic) => topic.kind === kind).map((topic) => topic.name);
}

const families = topics
  .filter(({ name }) => name.includes('<'))
  .map((topic) => ({ topic, start: topic.name.slice(0, topic.name.indexOf('<')) }));
const byName = new Map(topics.map((topic) => [topic.name, topic]));

/**
 * The catalogue's entry for a topic without prefix; a member of a family gets the family's. Throws
 * `DETENT_SCHEMAS_UNKNOWN_TOPIC` when the catalogue has none.
 */
export function topicEntry(name: string): Topic {
  const found = find(name);
  if (found === undefined || name.includes('<')) {
    const message = `topic "${name}" is not in the catalogue: check the name (without prefix) or add it to schemas/topics.ts`;
    throw new SchemaError('DETENT_SCHEMAS_UNKNOWN_TOPIC', message);
  }
  return found;
}

function find(name: string): Topic | undefined {
  return (
    byName.get(name) ??
    families.find(({ start }) => name.startsWith(start) && isMember(name.slice(start.length)))?.topic
  );
}

const compacted = new Map<string, boolean>();

/** Whether only the newest record of a key counts. Topics, without prefix, that the catalogue does not have: false. */
export function isCompacted(name: string): boolean {
  let known = compacted.get(name);
  if (known === undefined) {
    known = find(name)?.cleanup === 'compact';
    compacted.set(name, known);
  }
  return known;
}

const isMember = (rest: string): boolean => /^[A-Za-z0-9_-]+\.v1$/.test(rest);

/** A topic as the log should have it. */
export interface TopicShape {
  /** Whole name. */
  topic: string;
  partitions: number;
  config: Record<string, string>;
}

/**
 * The shape of a topic given without prefix. `partitions` is the count of all topics that tasks share. Throws
 * `DETENT_SCHEMAS_UNKNOWN_TOPIC`.
 */
export function topicSpec(name: string, options: { partitions: number; prefix?: string }): TopicShape {
  const entry = topicEntry(name);
  return {
    topic: (options.prefix ?? DEFAULT_PREFIX) + name,
    partitions: entry.partitions === 'shared' ? options.partitions : entry.partitions,
    config: {
      'cleanup.policy': entry.cleanup,
      'retention.ms': String(entry.retentionMs),
      ...(entry.keptMs !== undefined && { 'min.compaction.lag.ms': String(entry.keptMs) }),
      // A dead letter is the record as it came, and its reason beside it: larger than the largest record.
      ...(entry.kind === 'dead-letter' && { 'max.message.bytes': String(2 * 1024 * 1024) }),
    },
  };
}

/** Full names of the records that a topic (without prefix) may carry. Throws `DETENT_SCHEMAS_UNKNOWN_TOPIC`. */
export function recordsOf(name: string): RecordName[] {
  return topicEntry(name).records.map((record) => record.name);
}

/** The record that a pack holds many of. */
export interface Packed {
  name: RecordName;
  /** Fields that lead to the key of one. */
  keyPath: readonly string[];
}

const packOf = new Map<string, RecordName>();
const packedIn = new Map<string, Packed>();
const packedTopics = new Set<string>();
for (const { name: topic, records } of topics) {
  for (const { name, packs } of records) {
    if (packs === undefined) continue;
    packedTopics.add(topic);
    const keyPath = records.find((record) => record.name === packs)?.key[0]?.split('.') ?? [];
    packOf.set(packs, name);
    packedIn.set(name, { name: packs, keyPath });
  }
}

/** Full name of the record that holds many of this one; undefined where there is none. */
export function packNameOf(recordName: string): RecordName | undefined {
  return packOf.get(recordName);
}

/** What a record holds many of; undefined where it is not a pack. */
export function packedBy(packName: string): Packed | undefined {
  return packedIn.get(packName);
}

/** True for topics (without prefix) that carry packs. */
export function carriesPacks(topic: string): boolean {
  return packedTopics.has(topic);
}

/** The registry's subject of a record on a topic (whole name), by TopicRecordNameStrategy. */
export function subjectOf(topic: string, recordName: string): string {
  return `${topic}-${recordName}`;
}
