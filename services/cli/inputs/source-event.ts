import { type RecordTypes, type SourceName, topics } from '@detent/schemas';

export type { SourceName };

/** How the bytes of an event are to be spoilt after encoding, so that the dead letters have something to show. */
export type ByteDefect = 'truncated' | 'unknown-schema';

/** One event of a source topic, ready to be encoded and appended. */
export interface SourceEvent<N extends SourceName = SourceName> {
  /** Topic without prefix: `orders.v1`. */
  topic: string;
  /** Avro full name: `detent.orders.OrderPlaced`. */
  name: N;
  key: string;
  value: RecordTypes[N];
  /** Epoch ms. */
  eventTime: number;
  /** Only from the simulator: spoil the bytes with `spoilBytes` after encoding. */
  defect?: ByteDefect;
}

interface Placement {
  topic: string;
  keyFields: readonly string[];
}

const placements: ReadonlyMap<string, Placement> = new Map(
  topics
    .filter((topic) => topic.kind === 'source')
    .flatMap((topic) => topic.records.map(({ name, key }) => [name, { topic: topic.name, keyFields: key }])),
);

/** Where a source record lies. Throws a RangeError when the name is not of a source topic. */
function placementOf(name: string): Placement {
  const placement = placements.get(name);
  if (placement === undefined) throw new RangeError(`${name} is not a record of a source topic`);
  return placement;
}

/** True for the full names of records that producers send. */
export function isSourceName(name: string): name is SourceName {
  return placements.has(name);
}

/** The event of a record: topic, key and event time follow from it. The value is taken as it is, not checked. */
export function toSourceEvent<N extends SourceName>(name: N, value: RecordTypes[N]): SourceEvent<N> {
  const fields = value as unknown as Readonly<Record<string, unknown>>;
  const { topic, keyFields } = placementOf(name);
  const key = keyFields.map((field) => at(fields, field)).find((held) => held !== undefined && held !== null);
  const eventTime = name === 'detent.sensors.SensorRead' ? fields['observedAt'] : fields['occurredAt'];
  return { topic, name, key: String(key ?? ''), value, eventTime: Number(eventTime) };
}

/** What stands at a path of names with dots between them. */
function at(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((held, name) => (held as Record<string, unknown> | undefined)?.[name], fields);
}

/** Spoils encoded bytes (Confluent wire format): cut short, or under a schema id that no registry gave out. */
export function spoilBytes(bytes: Buffer, defect: ByteDefect): Buffer {
  if (defect === 'truncated') return bytes.subarray(0, Math.max(6, Math.floor(bytes.length * 0.6)));
  const spoilt = Buffer.from(bytes);
  spoilt.writeInt32BE(0x7fffff00, 1);
  return spoilt;
}
