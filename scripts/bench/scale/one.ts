/**
 * `node one.ts <entities> <events> <dir>`: one size of the scale bench, in a process of its own so that memory can be
 * told; Kafka, Redis and the prefix are in the environment. Prints `Scale` as JSON.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLogger,
  createMetrics,
  createSqliteRegistry,
  openDatabase,
  openRuntime,
  readConfig,
  systemClock,
} from '@detent/adapters';
import { compileModel, loadModel, type Observation } from '@detent/core';
import { type LogRecord, murmur2Partition, type OutRecord, startService } from '@detent/pipeline';
import { schemas, stateTopic } from '@detent/schemas';
import { createSegmenterProcessor } from '@detent/segmenter';
import { Redis } from 'ioredis';
import '../../../services/cli/heap.ts';
import { createAvroCodec, schemaIncompatibility } from '../../../services/shared/adapters/avro/index.ts';
import { connectRedis, RedisStateStore, taskKeys } from '../../../services/shared/adapters/redis/index.ts';
import { output } from '../processes.ts';
import { scaleObservations } from './events.ts';
import type { Rebuild } from './rebuild.ts';
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
  rebuild: Rebuild;
  rebuildRedisCpu: number;
}

const TASKS = 4;
const CHUNK = 40_000;
const APPENDED_AT_ONCE = 8;
const REBUILD_TIMEOUT_MS = 20 * 60_000;
/** As live at some thousands a second. In large batches few entities would be written once for many events. */
const BATCH = 500;
const [entities = '', count = '', dir = ''] = process.argv.slice(2);
const [size, events] = [Number(entities), Number(count)];

const config = readConfig({ environment: process.env });
const { topicPrefix: PREFIX, redisUrl: url } = config;
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

/** In chunks: what the bench holds weighs on the garbage collection of what it measures. */
function* chunksOf(observations: Generator<Observation>): Generator<LogRecord[][]> {
  let chunk: Observation[] = [];
  for (const observation of observations) {
    chunk.push(observation);
    if (chunk.length < CHUNK) continue;
    yield encoded(chunk);
    chunk = [];
  }
  yield encoded(chunk);
}

const { births, updates } = scaleObservations(size, events);
for (const records of chunksOf(births())) await work(records);

// A first part makes it warm: what was born last is in the cache now, and what is drawn at random is what counts.
const warmChunks = Math.ceil(events / CHUNK / 3);
let before = { ...(await counters()), redis: 0 };
let cpu = 0;
let measured = 0;
let chunks = 0;
for (const records of chunksOf(updates())) {
  if (chunks === warmChunks) before = { ...(await counters()), redis: await redisCpu() };
  const atStart = process.cpuUsage();
  const count = records.reduce((sum, { length }) => sum + length, 0);
  await work(records);
  if (chunks >= warmChunks) {
    cpu += cpuSince(atStart);
    measured += count;
  }
  chunks += 1;
}
const after = { ...(await counters()), redis: await redisCpu() };
const { rss } = process.memoryUsage();
const redisMemory = await infoOf('memory', /used_memory:(\d+)/);
await service.stop();
const changelogBytes = sessions.reduce((bytes, { task }) => bytes + statSync(fileOf(task)).size, 0);

const states = await admin.dbsize();
await intoKafka();
await admin.flushall();
const redisBefore = await redisCpu();
const rebuild = (await output('scripts/bench/scale/rebuild.ts', [], REBUILD_TIMEOUT_MS)) as Rebuild;
const rebuildRedisCpu = (await redisCpu()) - redisBefore;
if ((await admin.dbsize()) !== states) throw new Error(`${await admin.dbsize()} keys rebuilt of ${states}`);

/** The changelog as the segmenter would have written it, but for the journal of its batches. */
async function intoKafka(): Promise<void> {
  const runtime = await openRuntime(config, { logger, write: true });
  const topic = PREFIX + stateTopic('segmenter');
  await runtime.log.ensureTopics([{ topic, partitions: TASKS, config: {} }]);
  for (const { task } of sessions) {
    let page: OutRecord[] = [];
    const append = async () => {
      await runtime.log.append(page);
      page = [];
    };
    for (const value of readChangelog(fileOf(task))) {
      page.push({ topic, partition: task, key: null, value, timestamp: Date.now() });
      if (page.length === APPENDED_AT_ONCE) await append();
    }
    await append();
  }
  await runtime.close();
}

const found: Scale = {
  cpu: cpu / measured,
  redisCpu: (after.redis - before.redis) / measured,
  storeReads: (after.storeReads - before.storeReads) / measured,
  changes: (after.changes - before.changes) / measured,
  rss,
  redisMemory,
  changelogBytes,
  rebuild,
  rebuildRedisCpu,
};
process.stdout.write(JSON.stringify(found));
redis.close();
admin.disconnect();
// A connection to the registry or to Kafka may be kept for a while yet.
process.exit();
