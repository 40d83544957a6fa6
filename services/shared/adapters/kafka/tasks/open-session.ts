import type { Clock, Logger, Metrics, TaskHostSpec } from '@detent/pipeline';
import { TaskClosedError } from '@detent/pipeline';
import { type RedisClient, RedisStateStore, taskKeys } from '../../redis/index.ts';
import { ChangelogLog } from '../changelog/changelog-log.ts';
import { type Reason, reconcile } from '../changelog/reconcile.ts';
import type { Bounds, KafkaClient, Membership, Offsets } from '../client/client.ts';
import { KafkaAdapterError } from '../errors.ts';
import type { TopicCatalogue } from '../topic-info.ts';
import { abortable } from './abortable.ts';
import { type Feed, KafkaInput } from './input.ts';
import { KafkaSession } from './session.ts';
import { settleFormer } from './settle.ts';

/** What all tasks of a service share. */
export interface ServiceParts {
  spec: TaskHostSpec;
  prefix: string;
  groupId: string;
  changelogTopic: string;
  client: KafkaClient;
  /** As whom this process is in the group; undefined: it is not. */
  membership?: () => Membership | undefined;
  redis: RedisClient;
  topics: TopicCatalogue;
  feed: Feed;
  /** Bytes below which a changelog is not swept. */
  sweepMinBytes: number;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
}

/** Partitions of the sources that make up a task. */
export type TaskPartitions = readonly { topic: string; partition: number }[];

const OFFSETS_PATIENCE_MS = 20_000;
const OFFSETS_POLL_MS = 20;
const RECONCILE_TRIES = 3;

/**
 * Takes a task over: fences the owner before, reads where it had got to, brings Redis up to the changelog. Nothing is
 * read before the fence, for until then the former owner may still commit. Inputs are not open yet.
 * `signal` ends the waiting for a Redis that cannot be reached. Throws `DETENT_KAFKA_INPUT_LOST` when the log no longer holds what comes next.
 */
export async function openSession(
  parts: ServiceParts,
  task: number,
  partitions: TaskPartitions,
  signal: AbortSignal,
): Promise<KafkaSession> {
  const { spec, prefix, groupId, client, redis, metrics, logger } = parts;
  const writer = await client.fence(`${groupId}-${task}`, parts.membership);
  try {
    await settleFormer({ writer, client, prefix, groupId, wanted: byTopic(partitions), logger });
    const committed = await committedOffsets(client, groupId, partitions);
    const relieved = await relieve(parts, task, partitions, committed);
    const bounds = await sourceBounds(client, partitions);
    await parts.topics.learn([parts.changelogTopic]);
    const changelog = await ChangelogLog.open(parts.changelogTopic, task, client);
    const store = new RedisStateStore(redis, taskKeys(prefix, spec.service, task), metrics);
    const onRebuild = (reason: Reason) => {
      metrics.count('detent_state_rebuilds_total', 1, { service: spec.service, reason });
      logger.info({ service: spec.service, task, reason }, 'bringing Redis up to the changelog');
    };
    const logBounds = await changelog.bounds();
    let mark: string | undefined;
    for (let tries = 0; mark === undefined && tries < RECONCILE_TRIES; tries += 1) {
      const reconciled = reconcile(store, changelog, logBounds, onRebuild);
      mark = await abortable(reconciled, signal, 0, () => new TaskClosedError(`task ${task} was released`));
    }
    if (mark === undefined) throw new Error('Redis is being written by somebody else: is the task owned twice?');
    // A group without members keeps its offsets for a week, by default; the changelog keeps them for ever.
    const forgotten = flat(committed).size === 0 && relieved.size === 0;
    const journalled = forgotten ? await changelog.positions(logBounds) : new Map<string, number>();
    if (journalled.size > 0)
      logger.warn(
        { service: spec.service, task, positions: Object.fromEntries(journalled) },
        'the group has no offsets any more (offsets.retention.minutes); going on where the changelog says it was',
      );
    let session: KafkaSession | undefined;
    const inputs = partitions.map(({ topic, partition }) => {
      const next =
        relieved.get(`${topic}-${partition}`) ??
        committed.get(topic)?.get(partition) ??
        journalled.get(`${topic.slice(prefix.length)}-${partition}`);
      const at = bounds.get(`${topic}-${partition}`) ?? { start: 0, end: 0 };
      assertReadable(topic, partition, next, at);
      return new KafkaInput(topic, partition, next ?? at.start, at.end, parts.feed, () => session?.notify());
    });
    session = new KafkaSession({
      task,
      inputs,
      committed: flat(committed),
      groupId,
      writer,
      store,
      changelog,
      topics: parts.topics,
      mark,
      ...logBounds,
      sweepMinBytes: parts.sweepMinBytes,
      now: () => parts.clock.now(),
      onRebuild,
      onSweepRefused: (error) =>
        logger.warn({ task, topic: changelog.topic, err: error }, 'the changelog cannot be shortened, so it grows'),
    });
    return session;
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/**
 * Positions, by `topic-partition`, in which the service that this one relieves has got further. Where there are any, its
 * task is fenced before they are read for good, so that it goes no further.
 */
async function relieve(
  { spec, prefix, client }: ServiceParts,
  task: number,
  partitions: TaskPartitions,
  own: Offsets,
): Promise<Map<string, number>> {
  const further = new Map<string, number>();
  if (spec.relieves === undefined) return further;
  const other = `${prefix}${spec.relieves}`;
  const ahead = (offsets: Offsets) =>
    partitions.filter(
      ({ topic, partition }) => (offsets.get(topic)?.get(partition) ?? 0) > (own.get(topic)?.get(partition) ?? 0),
    );
  if (ahead(await committedOffsets(client, other, partitions)).length === 0) return further;
  const fence = await client.fence(`${other}-${task}`);
  await fence.close();
  const offsets = await committedOffsets(client, other, partitions);
  for (const { topic, partition } of ahead(offsets))
    further.set(`${topic}-${partition}`, offsets.get(topic)!.get(partition)!);
  return further;
}

/** Waits until the former owner's last transaction is settled: before that, offsets of it may be missing. */
async function committedOffsets(client: KafkaClient, groupId: string, partitions: TaskPartitions): Promise<Offsets> {
  const wanted = byTopic(partitions);
  const deadline = performance.now() + OFFSETS_PATIENCE_MS;
  for (;;) {
    const offsets = await client.stableOffsets(groupId, wanted);
    if (offsets !== undefined) return offsets;
    if (performance.now() > deadline) {
      throw new KafkaAdapterError(
        'DETENT_KAFKA_PROTOCOL',
        `offsets of group ${groupId} stay held by an open transaction`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, OFFSETS_POLL_MS));
  }
}

function byTopic(partitions: TaskPartitions): { topic: string; partitions: number[] }[] {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => partition),
  }));
}

async function sourceBounds(client: KafkaClient, partitions: TaskPartitions): Promise<Map<string, Bounds>> {
  const bounds = new Map<string, Bounds>();
  for (const topic of new Set(partitions.map((one) => one.topic))) {
    for (const [partition, of] of await client.bounds(topic)) bounds.set(`${topic}-${partition}`, of);
  }
  return bounds;
}

/** Input lost to retention is a fault to be seen by a person, never a silent step over the gap. */
function assertReadable(topic: string, partition: number, next: number | undefined, { start, end }: Bounds): void {
  if (next === undefined || (next >= start && next <= end)) return;
  const what =
    next < start
      ? `records ${next} to ${start - 1} were deleted before they were processed (retention)`
      : `record ${next} is next, but the log ends at ${end}: was the topic made anew?`;
  throw new KafkaAdapterError(
    'DETENT_KAFKA_INPUT_LOST',
    `${topic}-${partition}: ${what}. Stop the service and decide where it goes on: "kafka-consumer-groups --reset-offsets", or "detent reset"`,
  );
}

function flat(offsets: Offsets): Map<string, number> {
  const result = new Map<string, number>();
  for (const [topic, partitions] of offsets)
    for (const [partition, next] of partitions) result.set(`${topic}-${partition}`, next);
  return result;
}
