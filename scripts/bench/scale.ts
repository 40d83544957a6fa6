import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { Redis } from 'ioredis';
import { serviceByName } from '../../services/cli/composition.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { readStack } from '../stack/state.ts';
import { type BenchReport, type Figure, report } from './figures.ts';
import { perEvent } from './processes.ts';
import { appendObservations, scaleObservations } from './scale/events.ts';
import { Segmenter } from './scale/segmenter.ts';

const MODEL = 'models/bench-r1.yaml';
const MIB = 1024 * 1024;

/**
 * What the number of entities costs: for each size all entities are born first, then `events` observations of entities
 * drawn at random go through one segmenter process on a private Kafka and Redis, with the default cache. CPU is counted,
 * not time, for the machine may be shared. At the largest size Redis is then emptied and rebuilt from the changelog.
 */
export async function benchScale(
  sizes: readonly number[],
  events: number,
  say: (line: string) => void,
): Promise<BenchReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  const figures: Figure[] = [];
  try {
    const pids = readStack(dir)!.pids;
    const others = { broker: pids['kafka']!.pid, redis: pids['redis']!.pid };
    const costs: number[] = [];
    for (const [i, size] of sizes.entries()) {
      const isLast = i === sizes.length - 1;
      const found = await measure(stack, size, events, others, isLast, say);
      costs.push(found.cost);
      figures.push(...found.figures);
    }
    const [first = Number.NaN] = costs;
    for (const [i, size] of sizes.entries())
      if (i > 0)
        figures.push({
          name: `${size} entities beside ${sizes[0]}, CPU of the segmenter`,
          value: costs[i]! / first,
          unit: '×',
          better: 'less',
        });
    return report('scale', figures);
  } finally {
    await stack.stop({ deleteData: true });
  }
}

async function measure(
  stack: Stack,
  size: number,
  events: number,
  others: Readonly<Record<string, number>>,
  rebuild: boolean,
  say: (line: string) => void,
): Promise<{ cost: number; figures: Figure[] }> {
  const environment = {
    DETENT_PROFILE: 'cluster',
    DETENT_KAFKA_BROKERS: stack.kafka,
    DETENT_REGISTRY_URL: stack.registry,
    DETENT_REDIS_URL: stack.redis,
    DETENT_MODEL: MODEL,
    DETENT_TOPIC_PREFIX: `n${size}.`,
    DETENT_TIME: 'stream',
    DETENT_LOG_LEVEL: 'error',
  };
  const config = readConfig({ environment });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  const redis = new Redis(stack.redis);
  try {
    await redis.flushall();
    await runtime.ensureTopics([...serviceByName('segmenter', config).topics]);
    const observations = scaleObservations(size, events);
    await appendObservations(runtime, observations.births());
    const segmenter = await Segmenter.start(runtime, environment, others);
    try {
      await segmenter.reach(size);
      say(`${size} entities are there; ${events} observations more`);
      const before = segmenter.cpu();
      const reads = await segmenter.counters();
      await appendObservations(runtime, observations.updates());
      await segmenter.reach(size + events);
      const after = segmenter.cpu();
      const cpu = (name: string) => after[name]! - before[name]!;
      const counted = await segmenter.counters();
      const of = `at ${size} entities`;
      const figures: Figure[] = ['segmenter', 'redis', 'broker'].map((name) =>
        perEvent(`CPU per event, ${name}, ${of}`, cpu(name), events),
      );
      const { rss, peak } = segmenter.memory();
      const memory = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
      const share = (name: keyof typeof counted) => (counted[name] - reads[name]) / events;
      figures.push(
        { name: `states read from Redis per event, ${of}`, value: share('storeReads'), unit: '', better: 'less' },
        { name: `changes per event, ${of}`, value: share('changes'), unit: '', better: 'less' },
        {
          name: `memory of the segmenter (RSS), ${of}`,
          value: rss / MIB,
          unit: 'MiB',
          better: 'less',
          note: `peak ${Math.round(peak / MIB)} MiB`,
        },
        {
          name: `memory of Redis, ${of}`,
          value: memory / MIB,
          unit: 'MiB',
          better: 'less',
          note: `${Math.round(memory / size)} bytes an entity`,
        },
      );
      const cost = cpu('segmenter');
      if (!rebuild) return { cost, figures };
      await segmenter.stop();
      await redis.flushall();
      say(`Redis is empty; it is rebuilt from the changelog`);
      return {
        cost,
        figures: [...figures, ...(await rebuilt(redis, size, () => Segmenter.start(runtime, environment, others)))],
      };
    } finally {
      await segmenter.stop();
    }
  } finally {
    redis.disconnect();
    await runtime.close();
  }
}

/** Time until every state stands in Redis again, counted from the first. */
async function rebuilt(redis: Redis, size: number, start: () => Promise<Segmenter>): Promise<Figure[]> {
  const segmenter = await start();
  try {
    const before = segmenter.cpu();
    const begun = await until(async () => (await redis.dbsize()) > 0);
    const done = await until(async () => {
      const marks = await redis.keys('*@mark');
      const values = marks.length > 0 ? await redis.mget(marks) : [];
      return (
        (await redis.dbsize()) > size && values.length > 0 && values.every((value) => !value?.startsWith('rebuild:'))
      );
    });
    const after = segmenter.cpu();
    return [
      { name: `rebuild of Redis, ${size} entities`, value: (done - begun) / 1000, unit: 's', better: 'less' },
      { name: 'CPU of it, segmenter', value: after['segmenter']! - before['segmenter']!, unit: 's', better: 'less' },
      { name: 'CPU of it, redis', value: after['redis']! - before['redis']!, unit: 's', better: 'less' },
    ];
  } finally {
    await segmenter.stop();
  }
}

/** When the condition was first found to hold, ms. */
async function until(condition: () => Promise<boolean>): Promise<number> {
  const deadline = Date.now() + 600_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not reached in 10 minutes: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return Date.now();
}
