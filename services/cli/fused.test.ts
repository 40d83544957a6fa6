import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { startService } from '@detent/pipeline';
import { afterAll, expect, it } from '@jest/globals';
import { allServices } from './composition.ts';
import { type Digest, digestChanges } from './report/digest.ts';
import { drain } from './run/drain.ts';
import { feed } from './run/feed.ts';
import { simulateEvents } from './simulate/simulate.ts';

const dirs: string[] = [];
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

/** What a small simulated day comes to, and how many observations took the topic. */
async function aDay(fused: boolean): Promise<{ digest: Digest; hops: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'detent-fused-'));
  dirs.push(dataDir);
  const config = readConfig({ environment: {}, flags: { dataDir, time: 'stream', fused } });
  const runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
  try {
    const definitions = allServices(config).filter(({ name }) => name === 'ingest' || name === 'segmenter');
    expect(definitions.map(({ name }) => name)).toEqual(fused ? ['segmenter'] : ['ingest', 'segmenter']);
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    await feed(runtime, simulateEvents({ seed: 3, scale: 0.1, days: 1 }).events, { source: '/test' });
    const services = [];
    for (const { make } of definitions) services.push(await startService(make, runtime.env()));
    await drain(services, { settleMs: 100 });
    await Promise.all(services.map((service) => service.stop()));
    let hops = 0;
    for (const { end } of (await runtime.log.offsets(`${config.topicPrefix}observations.v1`)).values()) hops += end;
    return { digest: await digestChanges(runtime), hops };
  } finally {
    await runtime.close();
  }
}

it('ingest within the segmenter comes to the very changes of the two apart, without an observation in the log', async () => {
  const apart = await aDay(false);
  const fused = await aDay(true);
  expect(fused.digest).toEqual(apart.digest);
  expect(fused.digest.changes).toBeGreaterThan(300);
  expect(apart.hops).toBeGreaterThan(0);
  expect(fused.hops).toBe(0);
}, 60_000);
