import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../stack/stack.ts';
import { type BenchReport, type Figure, report } from './figures.ts';
import { output } from './processes.ts';
import type { Scale } from './scale/one.ts';

const MIB = 1024 * 1024;
const TIMEOUT_MS = 45 * 60_000;

/**
 * What the number of entities costs. For each size all entities are born, then `events` observations of entities drawn
 * at random go through the segmenter's four tasks in one process, with states in a real Redis and the default cache; a
 * third of them to warm up, in batches of 500 as live. Kafka is left out, for its cost does not know how many entities there are. CPU is counted,
 * not time, for the machine may be shared. Then Redis is emptied and rebuilt from the changelog, which is a file here.
 */
export async function benchScale(
  sizes: readonly number[],
  events: number,
  say: (line: string) => void,
): Promise<BenchReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', parts: ['redis'], owned: true, say });
  const figures: Figure[] = [];
  try {
    let first: Scale | undefined;
    for (const size of sizes) {
      say(`${size} entities …`);
      const args = [stack.redis, String(size), String(events), dir];
      const found = (await output('scripts/bench/scale/one.ts', args, TIMEOUT_MS)) as Scale;
      first ??= found;
      figures.push(...figuresOf(size, found, first));
    }
    return report('scale', figures);
  } finally {
    await stack.stop({ deleteData: true });
  }
}

function figuresOf(size: number, found: Scale, first: Scale): Figure[] {
  const of = `at ${size} entities`;
  const less = (name: string, value: number, unit: string, note?: string): Figure => ({
    ...{ name: `${name}, ${of}`, value, unit, better: 'less' },
    ...(note !== undefined && { note }),
  });
  const each = (bytes: number) => `${Math.round(bytes / size)} bytes an entity`;
  return [
    less('CPU per event, segmenter', found.cpu * 1e6, 'µs'),
    less('the same beside the smallest size', found.cpu / first.cpu, '×'),
    less('CPU per event, redis', found.redisCpu * 1e6, 'µs'),
    less('states read from Redis per event', found.storeReads, ''),
    less('changes per event', found.changes, ''),
    less('memory of the segmenter (RSS)', found.rss / MIB, 'MiB'),
    less('memory of Redis', found.redisMemory / MIB, 'MiB', each(found.redisMemory)),
    less('changelog, not swept', found.changelogBytes / MIB, 'MiB'),
    less('rebuild of Redis', found.rebuildSeconds, 's', `CPU ${found.rebuildCpu.toFixed(1)} s`),
  ];
}
