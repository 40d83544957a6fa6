import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import type { OutRecord } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import { serviceByName } from '../../../services/cli/composition.ts';
import type { Stack } from '../../stack/stack.ts';
import { tailOf, watchTopics } from '../watch-topics.ts';
import { r1Environment } from './detent.ts';
import { r1Observations } from './events.ts';

/** Milliseconds from a record's timestamp until a change that it caused is in a read-committed consumer's hands. */
export interface Latency {
  p50: number;
  p99: number;
  changes: number;
}

/** How long and how fast: what comes within `warmS` is not counted. */
export interface Load {
  perSecond: number;
  seconds: number;
  warmS: number;
}

const TICK_MS = 5;
const POLL_MS = 100;
const AFTER_MS = 3000;
const OUTPUTS = ['segments.zone.v1', 'segments.order.v1'];

/** Feeds R1 at a steady rate to a running segmenter and takes the time until its changes are visible. */
export async function measureLatency(stack: Stack, load: Load): Promise<Latency> {
  const environment = { ...r1Environment(stack), DETENT_TOPIC_PREFIX: 'r1l.' };
  const config = readConfig({ environment });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  const service = spawn(process.execPath, ['--no-warnings', 'services/cli/main.ts', 'run', 'segmenter'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await runtime.ensureTopics([...serviceByName('segmenter', config).topics]);
    /** When the newest observation of an entity at an instant of event time was written. */
    const sent = new Map<string, number>();
    const seen: { at: number; ms: number }[] = [];
    const stop = await watchTopics(runtime, stack.kafka, OUTPUTS, ({ value, now }) => {
      const { entityId, occurredAt, origin } = value as SegmentChanged;
      const at = sent.get(`${entityId}|${occurredAt}`);
      if (at !== undefined && origin !== 'timer') seen.push({ at, ms: now - at });
    });
    await atWork(runtime);
    const begun = await feedSteadily(runtime, load, sent);
    await sleep(AFTER_MS);
    await stop();
    const counted = seen.filter(({ at }) => at >= begun + load.warmS * 1000).map(({ ms }) => ms);
    return { ...tailOf(counted), changes: counted.length };
  } finally {
    await new Promise((resolve) => service.once('exit', resolve).kill('SIGTERM'));
    await runtime.close();
  }
}

/** Until the segmenter has processed a record in each partition. */
async function atWork(runtime: Runtime): Promise<void> {
  const topic = `${runtime.config.topicPrefix}observations.v1`;
  await runtime.codec.prepare([topic]);
  const first = { ...r1Observations(1).next().value!, entityType: 'nobody' };
  const value = runtime.codec.encode(topic, 'detent.observations.Observation', first);
  const { partitions } = runtime.config;
  const record = { topic, key: Buffer.from(first.entityId), value, timestamp: Date.now() };
  await runtime.log.append(Array.from({ length: partitions }, (_, partition) => ({ ...record, partition })));
  while (((await runtime.log.committed('segmenter')).get(topic)?.size ?? 0) < partitions) await sleep(POLL_MS);
}

/** Returns when it began, epoch ms. */
async function feedSteadily(
  runtime: Runtime,
  { perSecond, seconds }: Load,
  sent: Map<string, number>,
): Promise<number> {
  const topic = `${runtime.config.topicPrefix}observations.v1`;
  const events = r1Observations(perSecond * seconds);
  const begun = Date.now();
  let count = 0;
  let under: Promise<void> = Promise.resolve();
  for (;;) {
    const now = Date.now();
    const due = Math.min(perSecond * seconds, Math.floor(((now - begun) / 1000) * perSecond));
    const chunk: OutRecord[] = [];
    for (; count < due; count += 1) {
      const observation = events.next().value!;
      sent.set(`${observation.entityId}|${observation.observedAt}`, now);
      const value = runtime.codec.encode(topic, 'detent.observations.Observation', observation);
      chunk.push({ topic, partition: null, key: Buffer.from(observation.entityId), value, timestamp: now });
    }
    if (chunk.length > 0) under = runtime.log.append(chunk);
    if (count === perSecond * seconds) break;
    await sleep(TICK_MS);
  }
  await under;
  return begun;
}
