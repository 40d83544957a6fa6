/**
 * `node slow.ts feed <records>`: writes observations that then wait. `node slow.ts <kind> <records> <seconds>`: a service
 * that reads them for so long, from the start; prints `Slow` as JSON. Kinds: `quick`; `redis`, before which every answer
 * takes 200 ms longer; `service`, which takes 1 ms for each record. Where Kafka and Redis are is in the environment.
 */
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { type OutRecord, type Processor, startService } from '@detent/pipeline';
import { TcpProxy } from '../../chaos/proxy.ts';
import { scaleObservations } from './events.ts';

/** Highest seen, bytes; `handled`: records of those that waited. */
export interface Slow {
  idleRss: number;
  rss: number;
  heap: number;
  external: number;
  handled: number;
}

const SOURCE = 'observations.v1';
const CHUNK = 5000;
const SAMPLE_MS = 100;
const REDIS_DELAY_MS = 200;
const RECORD_MS = 1;
/** Makes a record of half a kibibyte. */
const TEXT = 'x'.repeat(350);

const [kind = '', count = '', duration = ''] = process.argv.slice(2);
const environment: Record<string, string | undefined> = { ...process.env };
const proxy =
  kind === 'redis' ? await TcpProxy.open(Number(new URL(environment['DETENT_REDIS_URL']!).port)) : undefined;
if (proxy !== undefined) {
  proxy.mode = { kind: 'delay', ms: REDIS_DELAY_MS };
  const url = new URL(environment['DETENT_REDIS_URL']!);
  url.port = String(proxy.port);
  environment['DETENT_REDIS_URL'] = url.href;
}
const config = readConfig({ environment });
const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
if (kind === 'feed') await feed(Number(count));
else process.stdout.write(JSON.stringify(await serve(Number(duration) * 1000)));
process.exit();

async function feed(records: number): Promise<void> {
  await runtime.ensureTopics([SOURCE, 'dlq.v1']);
  const topic = config.topicPrefix + SOURCE;
  await runtime.codec.prepare([topic]);
  let chunk: OutRecord[] = [];
  for (const observation of scaleObservations(records, 0).births()) {
    const values = { ...observation.values, text: TEXT };
    const value = runtime.codec.encode(topic, 'detent.observations.Observation', { ...observation, values });
    chunk.push({ topic, partition: null, key: Buffer.from(observation.entityId), value, timestamp: Date.now() });
    if (chunk.length < CHUNK) continue;
    await runtime.log.append(chunk);
    chunk = [];
  }
  await runtime.log.append(chunk);
  process.stdout.write('{}');
}

/** Keeps the newest observation of each entity. */
function processor(onRecord: () => void): Processor {
  return {
    service: `slow-${kind}`,
    sources: [SOURCE],
    outputs: [],
    partitioning: 'per-partition',
    accept: ({ value }) => (value as Observation).observedAt,
    keysOf: ({ value }) => [`k:${(value as Observation).entityId}`],
    encodeState: (_, value) => Buffer.from(JSON.stringify(value)),
    decodeState: (_, bytes) => JSON.parse(bytes.toString()),
    *process(batch, { states }) {
      for (const { value, keys } of batch) {
        onRecord();
        states.put(keys![0]!, (value as Observation).values, null);
      }
    },
    *onDue() {},
  };
}

async function serve(ms: number): Promise<Slow> {
  const found: Slow = { idleRss: process.memoryUsage().rss, rss: 0, heap: 0, external: 0, handled: 0 };
  const service = await startService(
    () =>
      processor(() => {
        found.handled += 1;
        if (kind !== 'service') return;
        const until = performance.now() + RECORD_MS;
        while (performance.now() < until);
      }),
    runtime.env({ time: 'stream' }),
  );
  const sample = () => {
    const { rss, heapUsed, external } = process.memoryUsage();
    found.rss = Math.max(found.rss, rss);
    found.heap = Math.max(found.heap, heapUsed);
    found.external = Math.max(found.external, external);
  };
  const deadline = performance.now() + ms;
  while (performance.now() < deadline && found.handled < Number(count)) {
    sample();
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
  sample();
  if (service.problem() !== undefined) throw new Error(service.problem());
  return found;
}
