import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { startService } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import { serviceByName } from '../../services/cli/composition.ts';
import { type BenchReport, type Figure, report } from './figures.ts';

const GRACES = [undefined, '0s', '200ms', '1s', '2s'];
const PER_SECOND = 200;
const SECONDS = 6;
/** Observations bear times up to so much before they are written, as if they came over different partitions. */
const JITTER_MS = 100;
const TICK_MS = 20;
const ENTITIES = 50;

/** What `orderBy: eventTime` costs: time from an observation's event time until its change is found, by grace. */
export async function benchOrder(say: (line: string) => void): Promise<BenchReport> {
  const figures: Figure[] = [];
  for (const grace of GRACES) {
    const name = grace === undefined ? 'without orderBy' : `orderBy, grace ${grace}`;
    say(name);
    const found = (await latencies(grace)).sort((a, b) => a - b);
    const quantile = (q: number) => found[Math.min(found.length - 1, Math.floor(q * found.length))] ?? Number.NaN;
    for (const q of [0.5, 0.99])
      figures.push({ name: `${name}, p${q * 100}`, value: quantile(q), unit: 'ms', better: 'less' });
  }
  return report('order', figures);
}

function modelWith(grace: string | undefined): string {
  const orderBy = grace === undefined ? '' : `orderBy: { eventTime: true, grace: ${grace} }\n`;
  return `model: order
version: 1
${orderBy}entities:
  thing:
    inputs: { on: boolean }
    attributes: { on: { latest: on } }
    dimensions: { state: { segments: { on: { when: 'on' }, off: {} } } }
`;
}

async function latencies(grace: string | undefined): Promise<number[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const model = join(dataDir, 'order.yaml');
  writeFileSync(model, modelWith(grace));
  const config = readConfig({ environment: { DETENT_MODEL: model }, flags: { dataDir, time: 'wall' } });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  try {
    const { topics, make } = serviceByName('segmenter', config);
    await runtime.ensureTopics([...topics]);
    const service = await startService(make, runtime.env());
    await feedSteadily(runtime);
    await sleep(5000);
    await service.stop();
    const found: number[] = [];
    for await (const page of runtime.log.read(`${config.topicPrefix}segments.thing.v1`)) {
      for (const { value } of page) {
        const decoded = runtime.codec.decode(value!);
        if (!decoded.ok) throw new Error('a change could not be decoded');
        const { detectedAt, occurredAt } = decoded.record.value as SegmentChanged;
        found.push(detectedAt - occurredAt);
      }
    }
    return found;
  } finally {
    await runtime.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function feedSteadily(runtime: Runtime): Promise<void> {
  const topic = `${runtime.config.topicPrefix}observations.v1`;
  await runtime.codec.prepare([topic]);
  const begun = Date.now();
  for (let i = 0; i < PER_SECOND * SECONDS; ) {
    const upTo = Math.min(PER_SECOND * SECONDS, ((Date.now() - begun) / 1000) * PER_SECOND);
    const records = [];
    for (; i < upTo; i++) {
      const observation: Observation = {
        entityType: 'thing',
        entityId: `t${i % ENTITIES}`,
        values: { on: Math.floor(i / ENTITIES) % 2 === 0 },
        links: [],
        ended: false,
        observedAt: Date.now() - ((i * 7919) % JITTER_MS),
        source: { topic: 'bench.v1', partition: 0, offset: i },
      };
      const value = runtime.codec.encode(topic, 'detent.observations.Observation', observation);
      records.push({ topic, partition: 0, key: Buffer.from(observation.entityId), value, timestamp: Date.now() });
    }
    if (records.length > 0) await runtime.log.append(records);
    await sleep(TICK_MS);
  }
}
