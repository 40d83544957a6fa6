import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { startService } from '@detent/pipeline';
import { allServices } from '../../services/cli/composition.ts';
import { drain } from '../../services/cli/run/drain.ts';
import { feed } from '../../services/cli/run/feed.ts';
import { type BenchReport, report } from './figures.ts';
import { benchEvents } from './input.ts';

const SETTLE_MS = 100;

/** Source events a second through every service of the embedded profile, from the log to actions, in one process. */
export async function benchEmbedded(events: number, say: (line: string) => void): Promise<BenchReport> {
  const dataDir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const config = readConfig({ environment: {}, flags: { dataDir, time: 'stream' } });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  try {
    const definitions = allServices(config);
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    await feed(runtime, benchEvents(events), { source: '/detent/bench' });
    say(`${events} events in the log; processing`);
    const cpu = process.cpuUsage();
    const started = Date.now();
    const services = [];
    for (const { make } of definitions) services.push(await startService(make, runtime.env()));
    const seconds = ((await drain(services, { settleMs: SETTLE_MS })) - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    await Promise.all(services.map((service) => service.stop()));
    return report('embedded', [
      { name: 'source events/s, all services', value: events / seconds, unit: '1/s', better: 'more' },
      { name: 'CPU per source event', value: (user + system) / events, unit: 'µs', better: 'less' },
    ]);
  } finally {
    await runtime.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
