import { setTimeout as sleep } from 'node:timers/promises';
import { type Runtime, SchemaIncompatibleError } from '@detent/adapters';
import type { OutRecord, RecordCodec } from '@detent/pipeline';
import { schemas } from '@detent/schemas';
import { createAvroCodec } from '../../../services/shared/adapters/avro/index.ts';
import { type Fault, pipeline } from '../fault.ts';
import { START } from '../feed.ts';
import { lettersByReason, reasonFaults } from '../poison.ts';

const NAME = 'detent.warehouse.ZoneOccupied';
const SENT = 200;
/** The registry writes its database behind. */
const WRITTEN_MS = 2_000;
const AWAY_MS = 6_000;

/** A producer upgrades its schema while the registry is away, another one does so in a way that nobody can read. */
export const registry: Fault = {
  name: 'registry',
  what: 'the registry killed while a compatible new schema id arrives, then back; an incompatible one refused, its records in the dead letters',
  members: pipeline,
  async strike({ parts, topology, feeder, random, say, over }) {
    const { runtime } = topology;
    const topic = `${runtime.config.topicPrefix}warehouse.v1`;
    const upgraded = await codecWith(runtime, topic, [{ name: 'noiseDb', type: ['null', 'double'], default: null }]);
    await sleep(WRITTEN_MS);
    await parts.registry.kill();
    say('the registry is away; a new schema id arrives');
    await feeder.append(records(topic, 'upgraded', upgraded, { noiseDb: 61.5 }));
    await sleep(AWAY_MS + random.between(0, 2_000));
    await parts.registry.start();
    over();
    say('the registry is back');

    const retyped = [{ name: 'noiseDb', type: 'string' }];
    const refused = await codecWith(runtime, topic, retyped).catch((error: unknown) => error);
    if (!(refused instanceof SchemaIncompatibleError))
      throw new Error(`the registry took an incompatible schema: ${refused}`);
    // Whoever registers it under a subject of its own gets an id all the same.
    const stray = await codecWith(runtime, topic, [{ name: 'fill', type: 'string' }], 'stray');
    await feeder.append(records(topic, 'stray', stray, { fill: 'half' }));
    return [`${SENT} records of a new schema id, ${SENT} of an incompatible one`];
  },
  async inspect(_, runtime) {
    return reasonFaults('the dead letters', { INCOMPATIBLE_SCHEMA: SENT }, await lettersByReason(runtime));
  },
};

/** A codec that writes the record with these fields added or changed, registered as a producer does. */
async function codecWith(
  { registry, config }: Runtime,
  topic: string,
  changed: { name: string; type: unknown; default?: null }[],
  subject?: string,
): Promise<RecordCodec> {
  const kept = schemas[NAME].fields.filter(({ name }) => changed.every((field) => field.name !== name));
  const schema = { ...schemas[NAME], fields: [...kept, ...changed] };
  const codec = createAvroCodec({
    registry: {
      ...registry,
      register: (usual, given) => registry.register(subject === undefined ? usual : `${subject}-${usual}`, given),
    },
    schemas: { ...schemas, [NAME]: schema },
    prefix: config.topicPrefix,
  });
  await codec.prepare([topic]);
  return codec;
}

function records(topic: string, of: string, codec: RecordCodec, fields: object): OutRecord[] {
  return Array.from({ length: SENT }, (_, i) => {
    const zoneId = `${of}-${i % 20}`;
    const head = { eventId: `${of}-${i}`, occurredAt: START + i };
    const value = { ...head, zoneId, siteId: 'floor', fill: 0.5, queueDepth: i % 100, ...fields };
    return {
      ...{ topic, partition: null, key: Buffer.from(zoneId), timestamp: Date.now() },
      value: codec.encode(topic, NAME, value),
    };
  });
}
