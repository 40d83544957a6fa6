import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { topicsOfKind } from '@detent/schemas';
import { allServices } from '../../services/cli/composition.ts';
import { feed } from '../../services/cli/run/feed.ts';
import { startStack } from '../stack/stack.ts';
import { readStack } from '../stack/state.ts';
import { type BenchReport, report } from './figures.ts';
import { benchEvents } from './input.ts';
import type { Floor } from './kafka-floor.ts';
import { cpuFigures, kafkaClient, output, runServices, stackEnvironment } from './processes.ts';

/** The segmenter has twice as much to do for an event. */
const APART = ['ingest', 'segmenter', 'segmenter'];
const FUSED = ['segmenter', 'segmenter'];

/**
 * Source events a second through one process of ingest and two of the segmenter (`fused`: two of the segmenter with
 * ingest within), exactly once, against a broker, registry and Redis on this machine; beside it, in the same run, a bare
 * kafkajs copy of the same bytes.
 */
export async function benchKafka(events: number, fused: boolean, say: (line: string) => void): Promise<BenchReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  const environment = {
    ...stackEnvironment(stack),
    DETENT_TIME: 'stream',
    DETENT_FUSED: String(fused),
    DETENT_LOG_LEVEL: 'error',
    DETENT_HTTP_PORT: '0',
    ...kafkaClient(),
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
    const goals = [
      { service: fused ? 'segmenter' : 'ingest', topics: topicsOfKind('source'), records: events },
      { service: 'segmenter', topics: ['observations.v1', 'references.v1'], records: 0 },
    ];
    say(`floor ${Math.round(floor.records / floor.seconds)} records/s; now ingest and segmenter`);
    const { kafka, redis } = readStack(dir)!.pids;
    const others = { broker: kafka!.pid, redis: redis!.pid };
    const measured = await runServices(runtime, environment, fused ? FUSED : APART, goals, others);
    const perSecond = events / measured.seconds;
    return report(fused ? 'kafka, fused' : 'kafka', [
      { name: 'source events/s, ingest and segmenter, exactly once', value: perSecond, unit: '1/s', better: 'more' },
      { name: 'bare kafkajs copy', value: floor.records / floor.seconds, unit: '1/s', better: 'more' },
      { name: 'ratio to the bare copy', value: perSecond / (floor.records / floor.seconds), unit: '', better: 'more' },
      ...cpuFigures(measured, events),
    ]);
  } finally {
    await runtime.close();
    await stack.stop({ deleteData: true });
  }
}
