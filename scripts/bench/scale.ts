import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../stack/stack.ts';
import { type BenchReport, type Figure, report } from './figures.ts';
import { kafkaClient, output, stackEnvironment } from './processes.ts';
import type { Scale } from './scale/one.ts';
import { slowFigures } from './scale/slow-figures.ts';

const MIB = 1024 * 1024;
const TIMEOUT_MS = 45 * 60_000;

/** How the scale bench runs. */
export interface ScaleOrder {
  /** Numbers of entities. */
  sizes: readonly number[];
  /** Observations after the births. */
  events: number;
  /** Each round measures every size, beginning with another one. */
  rounds: number;
}

/**
 * What the number of entities costs. For each size all entities are born, then `events` observations of entities drawn
 * at random go through the segmenter's four tasks in one process, with states in a real Redis and the default cache; a
 * third of them to warm up, in batches of 500 as live. Kafka is left out of it, for its cost does not know how many
 * entities there are. CPU is counted, not time, for the machine may be shared. Then the changelog goes into Kafka, and
 * Redis is emptied and rebuilt from there. At last, what a slow consumer takes of memory while 200,000 records wait.
 */
export async function benchScale(
  { sizes, events, rounds }: ScaleOrder,
  say: (line: string) => void,
): Promise<BenchReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  const environment = {
    ...stackEnvironment(stack),
    ...kafkaClient(),
  };
  try {
    const found = new Map<number, Scale[]>(sizes.map((size) => [size, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (let i = 0; i < sizes.length; i += 1) {
        const size = sizes[(i + round) % sizes.length]!;
        say(`${size} entities, round ${round + 1} of ${rounds} …`);
        const prefix = { DETENT_TOPIC_PREFIX: `bench-${size}-${round}.` };
        const args = [String(size), String(events), dir];
        const one = await output('scripts/bench/scale/one.ts', args, TIMEOUT_MS, { ...environment, ...prefix });
        found.get(size)!.push(one as Scale);
      }
    }
    const first = found.get(sizes[0]!)!;
    const figures = sizes.flatMap((size) => figuresOf(size, found.get(size)!, first));
    say('slow consumers …');
    return report('scale', [...figures, ...(await slowFigures(environment))]);
  } finally {
    await stack.stop({ deleteData: true });
  }
}

/** Medians over the rounds; the note tells how far they lie apart. */
function figuresOf(size: number, rounds: readonly Scale[], first: readonly Scale[]): Figure[] {
  const less = (name: string, unit: string, of: (one: Scale, i: number) => number): Figure => {
    const values = rounds.map(of).sort((a, b) => a - b);
    const value = values[Math.floor(values.length / 2)]!;
    const note = values.length > 1 ? { note: `${values[0]!.toFixed(2)} to ${values.at(-1)!.toFixed(2)}` } : {};
    return { name: `${name}, at ${size} entities`, value, unit, better: 'less', ...note };
  };
  return [
    less('CPU per event, segmenter', 'µs', ({ cpu }) => cpu * 1e6),
    less('the same beside the smallest size of the round', '×', ({ cpu }, i) => cpu / first[i]!.cpu),
    less('CPU per event, redis', 'µs', ({ redisCpu }) => redisCpu * 1e6),
    less('states read from Redis per event', '', ({ storeReads }) => storeReads),
    less('changes per event', '', ({ changes }) => changes),
    less('memory of the segmenter (RSS)', 'MiB', ({ rss }) => rss / MIB),
    less('memory of Redis', 'MiB', ({ redisMemory }) => redisMemory / MIB),
    less('memory of Redis an entity', 'bytes', ({ redisMemory }) => redisMemory / size),
    less('changelog, not swept', 'MiB', ({ changelogBytes }) => changelogBytes / MIB),
    less('rebuild of Redis from Kafka', 's', ({ rebuild }) => rebuild.seconds),
    less('rebuild of Redis from Kafka, CPU', 's', ({ rebuild }) => rebuild.cpu),
    less('rebuild of Redis from Kafka, CPU of redis', 's', ({ rebuildRedisCpu }) => rebuildRedisCpu),
    less('rebuild of Redis from Kafka, memory (RSS)', 'MiB', ({ rebuild }) => rebuild.rss / MIB),
  ];
}
