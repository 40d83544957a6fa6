import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import type { OutRecord } from '@detent/pipeline';
import { serviceByName } from '../../../services/cli/composition.ts';
import type { Stack } from '../../stack/stack.ts';
import { kafkaClient, type Measured, runServices, stackEnvironment } from '../processes.ts';
import { r1Observations } from './events.ts';

const CHUNK = 5000;
const MODEL = 'models/bench-r1.yaml';

/** The settings of a process that runs R1 on a stack. `chosen`: settings besides those of the stack. */
export function r1Environment(
  stack: Stack,
  chosen: Readonly<Record<string, string>> = kafkaClient(),
): Record<string, string> {
  return {
    ...stackEnvironment(stack),
    DETENT_MODEL: MODEL,
    DETENT_TOPIC_PREFIX: 'r1.',
    DETENT_TIME: 'stream',
    DETENT_LOG_LEVEL: 'error',
    DETENT_HTTP_PORT: '0',
    ...chosen,
  };
}

/**
 * Runs R1 through `processes` segmenters on a stack, exactly once, its events written before the clock starts. `chosen`:
 * settings besides those of the stack.
 */
export async function runDetent(
  stack: Stack,
  events: number,
  processes: number,
  others: Readonly<Record<string, number>>,
  say: (line: string) => void,
  chosen: Readonly<Record<string, string>> = kafkaClient(),
): Promise<Measured> {
  const environment = r1Environment(stack, chosen);
  const config = readConfig({ environment });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  try {
    const { topics } = serviceByName('segmenter', config);
    await runtime.ensureTopics([...topics]);
    const topic = `${config.topicPrefix}observations.v1`;
    await runtime.codec.prepare([topic]);
    let chunk: OutRecord[] = [];
    for (const observation of r1Observations(events)) {
      const key = Buffer.from(observation.entityId);
      const value = runtime.codec.encode(topic, 'detent.observations.Observation', observation);
      chunk.push({ topic, partition: null, key, value, timestamp: Date.now() });
      if (chunk.length < CHUNK) continue;
      await runtime.log.append(chunk);
      chunk = [];
    }
    await runtime.log.append(chunk);
    say(`${events} observations in Kafka; ${processes} segmenter(s)`);
    const goal = { service: 'segmenter', topics: ['observations.v1', 'references.v1'], records: events };
    const segmenters = new Array<string>(processes).fill('segmenter');
    return await runServices(runtime, environment, segmenters, [goal], others);
  } finally {
    await runtime.close();
  }
}
