import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Runtime } from '@detent/adapters';
import type { Model, SegmentPin } from '@detent/core';
import { didYouMean, parseDuration } from '@detent/core';
import { cloudEventHeaders } from '@detent/schemas';
import { ModelLibrary } from '@detent/segmenter';
import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import { findEntity } from '../explain/find-entity.ts';

const TOPIC = 'overrides.v1';
const RECORD = 'detent.overrides.SegmentPinned';

export interface UnpinOptions extends CommonOptions {
  dimension: string;
  by?: string;
  reason: string;
  /** Event time, ISO 8601; default: now. For worlds whose time is not today's. */
  at?: string;
}

export interface PinOptions extends UnpinOptions {
  segment: string;
  until: string;
  /** Whether the entity may be one that nothing is known of yet: its first event may still be on its way. */
  unseen?: boolean;
}

/** `detent pin <entityType> <entityId>`: a person puts an entity into a segment until a time, whatever is observed of it. */
export async function pin(entityType: string, entityId: string, options: PinOptions): Promise<void> {
  const now = decidedAt(options);
  await send(options, { ...whoAndWhat(entityType, entityId, options, now), ...where(options, now) });
}

/** `detent unpin <entityType> <entityId>`: takes the pin back before its time. */
export async function unpin(entityType: string, entityId: string, options: UnpinOptions): Promise<void> {
  await send(options, { ...whoAndWhat(entityType, entityId, options, decidedAt(options)), segment: null, until: null });
}

function decidedAt({ at }: UnpinOptions): number {
  const instant = at === undefined ? Date.now() : Date.parse(at);
  if (Number.isNaN(instant)) throw new UsageError(`--at ${at} is no instant: write it as 2026-03-02T08:00:00Z`);
  return instant;
}

function whoAndWhat(entityType: string, entityId: string, options: UnpinOptions, now: number) {
  const { dimension, by = userInfo().username, reason } = options;
  return { entityType, entityId, dimension, by, reason, occurredAt: now };
}

function where({ segment, until }: PinOptions, now: number): Pick<SegmentPin, 'segment' | 'until'> {
  const duration = parseDuration(until);
  const end = duration === undefined ? Date.parse(until) : now + duration;
  if (Number.isNaN(end)) throw new UsageError(`--until ${until}: write it as 2026-03-02T08:00:00Z, or as 4h from now`);
  if (end <= now) throw new UsageError(`--until ${until} is over already`);
  return { segment, until: end };
}

async function send(options: CommonOptions & { unseen?: boolean }, pin: SegmentPin): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const { model, sha256 } = loadModelByName(config.model);
  check(model, pin);
  const topic = config.topicPrefix + TOPIC;
  await withRuntime(config, 'alone', async (runtime) => {
    if (!options.unseen) await mustBeKnown(runtime, new ModelLibrary(model, sha256), pin);
    await runtime.ensureTopics([TOPIC]);
    await runtime.codec.prepare([topic]);
    const eventId = randomUUID();
    await runtime.log.append([
      {
        topic,
        partition: null,
        key: Buffer.from(pin.entityId),
        value: runtime.codec.encode(topic, RECORD, { eventId, ...pin }),
        // Not the event's time: brokers keep records by this stamp.
        timestamp: Date.now(),
        headers: cloudEventHeaders({ id: eventId, type: RECORD, source: '/detent/cli', time: pin.occurredAt }),
      },
    ]);
    const of = `${pin.entityType} ${pin.entityId}`;
    print(options, { eventId, ...pin }, () =>
      pin.segment === null
        ? `${of} is let go on ${pin.dimension}`
        : `${of} is pinned to ${pin.dimension} ${pin.segment} until ${new Date(pin.until!).toISOString()}`,
    );
  });
}

/** A pin of what nobody knows would be a dead letter. Throws `UsageError`, with ids that are near. */
async function mustBeKnown(runtime: Runtime, models: ModelLibrary, { entityType, entityId }: SegmentPin) {
  try {
    await findEntity(runtime, models, { entityType, entityId });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}. Nothing was pinned; --unseen pins what is still on its way`);
  }
}

/** What the segmenter would refuse is said at once. Throws `UsageError`. */
function check(model: Model, { entityType, dimension, segment }: SegmentPin): void {
  const known = (what: string, wanted: string, names: readonly string[]) => {
    if (!names.includes(wanted))
      throw new UsageError(
        `${what} ${wanted}${didYouMean(wanted, names)}: the model has ${names.join(', ') || 'none'}`,
      );
  };
  known('no entity type', entityType, [...model.entities.keys()]);
  const { dimensions } = model.entities.get(entityType)!;
  known(
    `${entityType} has no dimension`,
    dimension,
    dimensions.map(({ name }) => name),
  );
  const { segments } = dimensions.find(({ name }) => name === dimension)!;
  if (segment !== null)
    known(
      `${dimension} has no segment`,
      segment,
      segments.map(({ name }) => name),
    );
}
