/**
 * `node one.ts <redis url> <entities> <events> <dir>`: one size of the scale bench, in a process of its own so that
 * memory can be told. Prints `Scale` as JSON.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createMetrics, createSqliteRegistry, openDatabase, systemClock } from '@detent/adapters';
import { compileModel, loadModel, type Observation } from '@detent/core';
import { type LogRecord, murmur2Partition, startService } from '@detent/pipeline';
import { schemas } from '@detent/schemas';
import { createSegmenterProcessor } from '@detent/segmenter';
import { Redis } from 'ioredis';
import { createAvroCodec, schemaIncompatibility } from '../../../services/shared/adapters/avro/index.ts';
import { reconcile } from '../../../services/shared/adapters/kafka/reconcile.ts';
import { connectRedis, RedisStateStore, taskKeys } from '../../../services/shared/adapters/redis/index.ts';
import { scaleObservations } from './events.ts';
import { hostOf, RedisSession, readChangelog } from './redis-host.ts';

/** What was found; CPU in seconds, memory in bytes. */
export interface Scale {
  cpu: number;
  redisCpu: number;
  storeReads: number;
  changes: number;
  rss: number;
  redisMemory: number;
  changelogBytes: number;
  rebuildSeconds: number;
  rebuildCpu: number;
}

const TASKS = 4;
const PREFIX = 'bench.';
const CHUNK = 40_000;
/** As live at some thousands a second. In large batches few entities would be written once for many events. */
const BATCH = 500;
const [url = '', entities = '', count = '', dir = ''] = process.argv.slice(2);
const [size, events] = [Number(entities), Number(count)];

const model = loadModel(readFileSync(new URL('./model.yaml', import.meta.url), 'utf8'), 'model.yaml');
const engine = compileModel(model);
const logger = createLogger('error');
const metrics = createMetrics(systemClock);
const registry = createSqliteRegistry(openDatabase(':memory:'), schemaIncompatibility);
const codec = createAvroCodec({ registry, schemas, prefix: PREFIX });
const redis = await connectRedis({ url }, logger);
const admin = new Redis(url);
await admin.flushall();
const topics = ['observations.v1', 'references.v1'].map((topic) => PREFIX + topic);
const stores = Array.from(
  { length: TASKS },
  (_, task) => new RedisStateStore(redis, taskKeys(PREFIX, 'segmenter', task), metrics),
);
const fileOf = (task: number) => join(dir, `changelog-${size}-${task}`);
const sessions = stores.map((store, task) => new RedisSession(task, topics, store, fileOf(task)));
for (const session of sessions) await session.begin();
await codec.prepare(topics);
const service = await startService(() => createSegmenterProcessor(engine), {
  host: hostOf(sessions),
  codec,
  logger,
  metrics,
  options: {
    ...{ prefix: PREFIX, partitions: TASKS, replay: false, clock: systemClock, time: 'stream', graceMs: 2000 },
    ...{ maxBatch: BATCH, cacheStates: 50_000, orderWaitMs: 1000, maxDue: 1000 },
  },
});

function encoded(observations: Iterable<Observation>): LogRecord[][] {
  const byTask: LogRecord[][] = Array.from({ length: TASKS }, () => []);
  for (const observation of observations) {
    const key = Buffer.from(observation.entityId);
    const partition = murmur2Partition(key, TASKS);
    const value = codec.encode(topics[0]!, 'detent.observations.Observation', observation);
    const { offset } = observation.source;
    byTask[partition]!.push({ topic: topics[0]!, partition, offset, timestamp: 0, key, value, headers: {} });
  }
  return byTask;
}

async function work(records: LogRecord[][]): Promise<void> {
  for (const [task, session] of sessions.entries()) session.inputs[0]!.add(records[task]!);
  const isDone = () => sessions.every(({ inputs }) => inputs[0]!.caughtUp);
  while (!isDone() || !service.idle()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const sum = async (name: 'detent_state_reads_total' | 'detent_segment_transitions_total', source?: string) =>
  (await metrics.series(name))
    .filter(({ labels }) => source === undefined || labels['source'] === source)
    .reduce((total, { value }) => total + value, 0);
const counters = async () => ({
  storeReads: await sum('detent_state_reads_total', 'store'),
  changes: await sum('detent_segment_transitions_total'),
});
async function infoOf(section: string, field: RegExp): Promise<number> {
  return Number(field.exec(await admin.info(section))?.[1]);
}
const redisCpu = async () =>
  (await infoOf('cpu', /used_cpu_user:([\d.]+)/)) + (await infoOf('cpu', /used_cpu_sys:([\d.]+)/));
const cpuSince = (before: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const { births, updates } = scaleObservations(size, events);
let chunk: Observation[] = [];
for (const observation of births()) {
  chunk.push(observation);
  if (chunk.length < CHUNK) continue;
  await work(encoded(chunk));
  chunk = [];
}
await work(encoded(chunk));

// A first part makes it warm: what was born last is in the cache now, and what is drawn at random is what counts.
const all = [...updates()];
const warm = Math.floor(all.length / 3);
await work(encoded(all.slice(0, warm)));
const records = encoded(all.slice(warm));
const before = { ...(await counters()), redis: await redisCpu(), cpu: process.cpuUsage() };
await work(records);
const cpu = cpuSince(before.cpu);
const after = { ...(await counters()), redis: await redisCpu() };
const measured = all.length - warm;
const { rss } = process.memoryUsage();
const redisMemory = await infoOf('memory', /used_memory:(\d+)/);
await service.stop();
const changelogBytes = sessions.reduce((bytes, { task }) => bytes + statSync(fileOf(task)).size, 0);

await admin.flushall();
const started = performance.now();
const cpuAtRebuild = process.cpuUsage();
for (const [task, store] of stores.entries()) {
  const truth = {
    topicId: 'bench',
    markAt: (next: number) => `bench:${next}`,
    async *read() {
      let next = 0;
      for (const writes of readChangelog(fileOf(task))) {
        next += 1;
        yield { writes, next };
      }
    },
  };
  await reconcile(store, truth, { start: 0, end: 1 }, () => {});
}
const found: Scale = {
  cpu: cpu / measured,
  redisCpu: (after.redis - before.redis) / measured,
  storeReads: (after.storeReads - before.storeReads) / measured,
  changes: (after.changes - before.changes) / measured,
  rss,
  redisMemory,
  changelogBytes,
  rebuildSeconds: (performance.now() - started) / 1000,
  rebuildCpu: cpuSince(cpuAtRebuild),
};
process.stdout.write(JSON.stringify(found));
redis.close();
admin.disconnect();
