import type { Runtime } from '@detent/adapters';
import type { Membership } from '@detent/schemas';
import { membershipsTopic } from '@detent/segmenter';
import { decodeAny } from '../verify/decode.ts';

/** An entity that stands elsewhere; null for nowhere. */
export interface StandsElsewhere {
  entityType: string;
  entityId: string;
  dimension: string;
  live: string | null;
  shadow: string | null;
}

/** How the entities of one dimension stand under both models. */
export interface DimensionStand {
  same: number;
  elsewhere: number;
  /** Known under the model in force alone: the log does not reach back to their observations, or the candidate lacks the dimension. */
  onlyLive: number;
  onlyShadow: number;
}

export interface StandReport {
  dimensions: Record<string, DimensionStand>;
  elsewhere: StandsElsewhere[];
}

type Stands = ReadonlyMap<string, Membership['dimensions']>;

/** Compares where entities of these types stand under two prefixes. */
export async function compareStands(
  runtime: Runtime,
  live: string,
  shadow: string,
  types: readonly string[],
): Promise<StandReport> {
  const report: StandReport = { dimensions: {}, elsewhere: [] };
  for (const entityType of types) {
    const topic = membershipsTopic(entityType);
    const here = await readStands(runtime, live + topic);
    const there = await readStands(runtime, shadow + topic);
    for (const entityId of new Set([...here.keys(), ...there.keys()]))
      compareEntity(report, entityType, entityId, here.get(entityId), there.get(entityId));
  }
  report.elsewhere.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return report;
}

const placeOf = ({ entityType, entityId, dimension }: StandsElsewhere) => `${entityType} ${entityId} ${dimension}`;

function compareEntity(
  { dimensions, elsewhere }: StandReport,
  entityType: string,
  entityId: string,
  here: Membership['dimensions'] = {},
  there: Membership['dimensions'] = {},
): void {
  for (const dimension of new Set([...Object.keys(here), ...Object.keys(there)])) {
    const live = here[dimension]?.segment ?? null;
    const shadow = there[dimension]?.segment ?? null;
    const name = `${entityType}.${dimension}`;
    dimensions[name] ??= { same: 0, elsewhere: 0, onlyLive: 0, onlyShadow: 0 };
    if (live === shadow) dimensions[name].same += 1;
    else if (shadow === null) dimensions[name].onlyLive += 1;
    else if (live === null) dimensions[name].onlyShadow += 1;
    else dimensions[name].elsewhere += 1;
    if (live !== null && shadow !== null && live !== shadow)
      elsewhere.push({ entityType, entityId, dimension, live, shadow });
  }
}

async function readStands({ log, codec }: Runtime, topic: string): Promise<Stands> {
  const stands = new Map<string, Membership['dimensions']>();
  if (!(await log.topics()).has(topic)) return stands;
  for await (const page of log.read(topic)) {
    for (const { key, value } of page) {
      const decoded = await decodeAny(codec, value);
      if (decoded === undefined) stands.delete(String(key));
      else stands.set(String(key), (decoded.value as Membership).dimensions);
    }
  }
  return stands;
}
