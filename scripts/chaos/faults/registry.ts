import { setTimeout as sleep } from 'node:timers/promises';
import { SchemaIncompatibleError } from '@detent/adapters';
import { type Fault, pipeline } from '../fault.ts';
import { lettersByReason, reasonFaults } from '../poison.ts';
import { codecWith, recordsOf } from '../producer-schemas.ts';

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
    await feeder.append(recordsOf(topic, 'upgraded', upgraded, SENT, { noiseDb: 61.5 }));
    await sleep(AWAY_MS + random.between(0, 2_000));
    await parts.registry.start();
    over();
    say('the registry is back');

    const retyped = [{ name: 'noiseDb', type: 'string' }];
    const refused = await codecWith(runtime, topic, retyped).catch((error: unknown) => error);
    if (!(refused instanceof SchemaIncompatibleError))
      throw new Error(`the registry took an incompatible schema: ${refused}`);
    // Whoever registers it under a subject of its own gets an id all the same.
    const stray = await codecWith(runtime, topic, [{ name: 'fill', type: 'string' }], { stray: true });
    await feeder.append(recordsOf(topic, 'stray', stray, SENT, { fill: 'half' }));
    return [`${SENT} records of a new schema id, ${SENT} of an incompatible one`];
  },
  async inspect(_, runtime) {
    return reasonFaults('the dead letters', { INCOMPATIBLE_SCHEMA: SENT }, await lettersByReason(runtime));
  },
};
