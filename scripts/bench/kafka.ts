import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { topicsOfKind } from '@detent/schemas';
import { allServices } from '../../services/cli/composition.ts';
import { feed } from '../../services/cli/run/feed.ts';
import { startStack } from '../stack/stack.ts';
import { type BenchReport, report } from './figures.ts';
import { benchEvents } from './input.ts';
import type { Floor } from './kafka-floor.ts';

const POLL_MS = 100;
/** The segmenter has twice as much to do for an event. */
const PROCESSES = ['ingest', 'segmenter', 'segmenter'];
const QUIET_MS = 1500;
const TIMEOUT_MS = 600_000;

/**
 * Source events a second through one process of ingest and two of the segmenter, exactly once, against a broker, registry
 * and Redis on this machine; beside it, in the same run, a bare kafkajs copy of the same bytes.
 */
export async function benchKafka(events: number, say: (line: string) => void): Promise<BenchReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  const environment = {
    DETENT_PROFILE: 'cluster',
    DETENT_KAFKA_BROKERS: stack.kafka,
    DETENT_REGISTRY_URL: stack.registry,
    DETENT_REDIS_URL: stack.redis,
    DETENT_TIME: 'stream',
    DETENT_LOG_LEVEL: 'error',
    DETENT_HTTP_PORT: '0',
  };
  const runtime = await openRuntime(readConfig({ environment }), { logger: createLogger('error'), write: true });
  try {
    const definitions = allServices(runtime.config);
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    await feed(runtime, benchEvents(events), { source: '/detent/bench' });
    say(`${events} events in Kafka; floor first`);
    await runtime.log.ensureTopics([{ topic: 'bench-floor', partitions: runtime.config.partitions, config: {} }]);
    const sources = topicsOfKind('source').map((topic) => runtime.config.topicPrefix + topic);
    const floor = (await output('scripts/bench/kafka-floor.ts', [
      stack.kafka,
      'bench-floor',
      String(events),
      ...sources,
    ])) as Floor;
    say(`floor ${Math.round(floor.records / floor.seconds)} records/s; now ingest and segmenter`);
    const seconds = await processAll(runtime, environment, events);
    const perSecond = events / seconds;
    return report('kafka', [
      { name: 'source events/s, ingest and segmenter, exactly once', value: perSecond, unit: '1/s', better: 'more' },
      { name: 'bare kafkajs copy', value: floor.records / floor.seconds, unit: '1/s', better: 'more' },
      { name: 'ratio to the bare copy', value: perSecond / (floor.records / floor.seconds), unit: '', better: 'more' },
    ]);
  } finally {
    await runtime.close();
    await stack.stop({ deleteData: true });
  }
}

/** What ended transactions may leave at the end of a partition: no records, so no commit ever passes over them. */
const MARKERS = 8;
const internal = ['observations.v1', 'references.v1'];

/** Seconds from the first commit to the last, when ingest has read `events` in all and the segmenter what came of them. */
async function processAll(runtime: Runtime, environment: Record<string, string>, events: number): Promise<number> {
  const children = PROCESSES.map((service) =>
    spawn(process.execPath, ['--no-warnings', 'services/cli/main.ts', 'run', service], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  try {
    const deadline = Date.now() + TIMEOUT_MS;
    let first = 0;
    let last = 0;
    let seen = '';
    for (;;) {
      const read = await position(runtime, 'ingest', topicsOfKind('source'));
      const folded = await position(runtime, 'segmenter', internal);
      const now = Date.now();
      if (read > 0 && first === 0) first = now - POLL_MS;
      if (`${read}/${folded}` !== seen) {
        seen = `${read}/${folded}`;
        last = now;
      }
      if (read >= events && now - last > QUIET_MS && (await isRead(runtime, 'segmenter', internal)))
        return (last - first) / 1000;
      if (now > deadline)
        throw new Error(
          `not finished in ${TIMEOUT_MS / 1000} s: ingest at ${read} of ${events}, segmenter at ${folded}`,
        );
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'))));
  }
}

async function position(runtime: Runtime, service: string, topics: readonly string[]): Promise<number> {
  const committed = await runtime.log.committed(service);
  let sum = 0;
  for (const topic of topics)
    for (const next of committed.get(runtime.config.topicPrefix + topic)?.values() ?? []) sum += next;
  return sum;
}

/** True when the service has committed all that the topics hold, but for markers of transactions at their ends. */
async function isRead(runtime: Runtime, service: string, topics: readonly string[]): Promise<boolean> {
  const committed = await runtime.log.committed(service);
  for (const name of topics) {
    const topic = runtime.config.topicPrefix + name;
    for (const [partition, { end }] of await runtime.log.offsets(topic))
      if (end - (committed.get(topic)?.get(partition) ?? 0) > MARKERS) return false;
  }
  return true;
}

function output(script: string, args: string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: TIMEOUT_MS,
    });
    let text = '';
    child.stdout.on('data', (bytes) => {
      text += bytes;
    });
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${script} ended with ${code}`)),
    );
  });
}
