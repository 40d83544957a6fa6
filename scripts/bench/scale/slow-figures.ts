import type { Figure } from '../figures.ts';
import { output } from '../processes.ts';
import type { Slow } from './slow.ts';

const MIB = 1024 * 1024;
const RECORDS = 200_000;
const SECONDS = 60;
/**
 * What a process with four tasks may take, whatever waits for it: 16 MiB and a fetch of 1 MiB read ahead for each of
 * four partitions, as records some times as much, a batch, and the runtime itself.
 */
const BOUND_MIB = 1024;

/** Memory of a consumer that is slow, or whose Redis is, while 200,000 records of half a kibibyte wait; beside it a quick one. */
export async function slowFigures(environment: Readonly<Record<string, string>>): Promise<Figure[]> {
  // A database for each: a task that begins looks through all keys, and by a slow way those of others take a minute.
  const run = (kind: string, database: number) =>
    output('scripts/bench/scale/slow.ts', [kind, String(RECORDS), String(SECONDS)], undefined, {
      ...{ ...environment, DETENT_TOPIC_PREFIX: 'bench-slow.', DETENT_PARTITIONS: '4' },
      DETENT_REDIS_URL: `${environment['DETENT_REDIS_URL']}/${database}`,
    });
  await run('feed', 1);
  const figures: Figure[] = [];
  for (const [i, kind] of ['quick', 'redis', 'service'].entries()) {
    const { rss, idleRss, heap, external, handled } = (await run(kind, 1 + i)) as Slow;
    if (handled === 0)
      throw new Error(`slow ${kind}: nothing was handled in ${SECONDS} s, so its memory tells nothing`);
    if (kind !== 'quick' && rss / MIB > BOUND_MIB)
      throw new Error(`slow ${kind}: ${Math.round(rss / MIB)} MiB while records wait, bound ${BOUND_MIB} MiB`);
    const mib = (name: string, bytes: number): Figure => ({
      ...{ name: `${name}, ${names[kind]}`, value: bytes / MIB, unit: 'MiB', better: 'less' },
      note: `${Math.round(idleRss / MIB)} MiB before; ${handled} of ${RECORDS} records handled`,
    });
    figures.push(mib('memory (RSS)', rss), mib('memory (heap and buffers)', heap + external));
  }
  return figures;
}

const names: Readonly<Record<string, string>> = {
  quick: 'a quick consumer',
  redis: 'Redis 200 ms away',
  service: 'a service of 1 ms a record',
};
