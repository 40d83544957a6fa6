import type { Runtime } from '@detent/adapters';
import type { OutRecord, RecordCodec } from '@detent/pipeline';
import { schemas } from '@detent/schemas';
import { createAvroCodec } from '../../services/shared/adapters/avro/index.ts';
import { START } from './feed.ts';

/** The record that producers change the schema of. */
export const NAME = 'detent.warehouse.ZoneOccupied';

/**
 * A producer's codec, with these fields of the record added or changed: registered under the usual subject, under one of
 * its own (`stray`), or not at all, with an id that it only claims.
 */
export async function codecWith(
  { registry, config }: Runtime,
  topic: string,
  changed: { name: string; type: unknown; default?: null }[],
  how: { stray?: boolean; id?: number } = {},
): Promise<RecordCodec> {
  const kept = schemas[NAME].fields.filter(({ name }) => changed.every((field) => field.name !== name));
  const schema = { ...schemas[NAME], fields: [...kept, ...changed] };
  const register = async (subject: string, given: object): Promise<number> =>
    how.id ?? (await registry.register(how.stray ? `stray-${subject}` : subject, given));
  const codec = createAvroCodec({
    registry: { ...registry, register },
    schemas: { ...schemas, [NAME]: schema },
    prefix: config.topicPrefix,
  });
  await codec.prepare([topic]);
  return codec;
}

/** Records of zones of their own, `of-0` … `of-19`. */
export function recordsOf(topic: string, of: string, codec: RecordCodec, count: number, fields: object): OutRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const zoneId = `${of}-${i % 20}`;
    const head = { eventId: `${of}-${i}`, occurredAt: START + i };
    const value = { ...head, zoneId, siteId: 'floor', fill: 0.5, queueDepth: i % 100, ...fields };
    return {
      ...{ topic, partition: null, key: Buffer.from(zoneId), timestamp: Date.now() },
      value: codec.encode(topic, NAME, value),
    };
  });
}

/** Makes a registry, which counts its ids up, give them out: so it is known which one a later schema gets. */
export class SchemaIds {
  readonly #runtime: Runtime;
  #given = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** The next id, given to a schema that no other run has. */
  async give(): Promise<number> {
    const { registry, config } = this.#runtime;
    this.#given += 1;
    const subject = `${config.topicPrefix}filler-${this.#given}`;
    return registry.register(subject, { ...schemas[NAME], name: subject.replaceAll(/\W/g, '_'), namespace: 'chaos' });
  }
}
