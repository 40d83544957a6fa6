import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { startService } from '@detent/pipeline';
import { schemas } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { serviceByName } from '../composition.ts';
import { drain } from '../run/drain.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { verify } from '../verify/verify.ts';
import { letters } from './letters.ts';
import { redriveFeatures } from './redrive.features.ts';
import { redrive } from './redrive.ts';

const embedded = () => ({
  DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-redrive-')),
  DETENT_PARTITIONS: '2',
});
redriveFeatures('embedded', embedded);

describe('dead letters of a schema that nobody had registered', () => {
  it('are processed once the schema is there and they are put back', async () => {
    const config = readConfig({ environment: embedded() });
    const runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
    const { make, topics } = serviceByName('ingest', config);
    await runtime.ensureTopics(topics);
    const ingest = async () => {
      const service = await startService(make, runtime.env({ time: 'stream' }));
      await drain([service], { settleMs: 50 });
      await service.stop();
    };
    await ingest();
    await runtime.codec.prepare(topics.map((each) => config.topicPrefix + each));

    // A producer's own version of the schema, which gets the next id when somebody registers it.
    const event = [...simulateEvents({ scale: 0.1, defects: 0 }).events].find(({ topic }) => topic === 'sensors.v1')!;
    const topic = `${config.topicPrefix}sensors.v1`;
    const version = (doc: string) => ({ ...schemas[event.name as keyof typeof schemas], doc });
    const subject = `${topic}-${event.name}`;
    const next = (await runtime.registry.register(subject, version('one'))) + 1;
    const value = runtime.codec.encode(topic, event.name, event.value);
    value.writeUInt32BE(next, 1);
    await runtime.log.append([{ topic, partition: null, key: Buffer.from(event.key), value, timestamp: Date.now() }]);
    await ingest();
    const found = [];
    for await (const { code, cameBack } of letters(runtime)) found.push({ code, cameBack });
    expect(found).toEqual([{ code: 'UNKNOWN_SCHEMA', cameBack: false }]);

    expect(await runtime.registry.register(subject, version('two'))).toBe(next);
    const options = { selection: { code: 'UNKNOWN_SCHEMA' }, dryRun: false, again: false };
    expect(await redrive(runtime, options)).toMatchObject({ redriven: 1 });
    expect(await redrive(runtime, options)).toMatchObject({ redriven: 0, already: 1 });
    await ingest();
    const [{ value: taken } = { value: 0 }] = await runtime.metrics.series('detent_ingest_records_total');
    expect(taken).toBe(1);
    const observations = await runtime.log.offsets(`${config.topicPrefix}observations.v1`);
    expect([...observations.values()].reduce((sum, { end }) => sum + end, 0)).toBe(1);
    // What was unknown then is known now: the journal says so, and the refusal is repeated.
    expect(await verify(runtime, [serviceByName('ingest', config)])).toMatchObject({ ok: true, complete: true });
    await runtime.close();
  });
});
