import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { startService } from '@detent/pipeline';
import { expect, it } from '@jest/globals';
import { allServices } from '../composition.ts';
import { type Digest, digestChanges } from '../report/digest.ts';
import { drain } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { type VerifyReport, verify } from '../verify/verify.ts';

const TIMEOUT = 240_000;

const MODEL = `
model: abc
version: 1
entities:
  stock:
    attributes:
      picksOfDay: { sum: picks, window: 1d, missing: default 0 }
      share: { cumulativeShare: picksOfDay, refresh: 1h }
    dimensions:
      abc:
        hysteresis: { switchCost: 2h }
        segments:
          A: { when: share < 0.8 }
          B: { when: share < 0.95 }
          C: {}
`;

export interface Outcome {
  readonly digest: Digest;
  readonly report: VerifyReport;
  /** Records of counted populations in the log. */
  readonly counted: number;
}

/** A simulated day with ABC by share of picks, read in two sessions; then all of it is verified. */
export async function aDay(environment: Record<string, string>): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-populations-'));
  writeFileSync(join(dir, 'abc.yaml'), MODEL);
  const config = readConfig({
    environment: { DETENT_DATA_DIR: dir, DETENT_MODEL: join(dir, 'abc.yaml'), DETENT_TIME: 'stream', ...environment },
  });
  const runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
  try {
    const definitions = allServices(config).filter(({ name }) => name === 'ingest' || name === 'segmenter');
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    const events = [...simulateEvents({ seed: 5, scale: 0.1, days: 1 }).events];
    const half = events.length >> 1;
    for (const part of [events.slice(0, half), events.slice(half)]) {
      const services = [];
      for (const { make } of definitions) services.push(await startService(make, runtime.env({ maxBatch: 200 })));
      await feed(runtime, part, { source: '/test' });
      await drain(services, { settleMs: 500 });
      await Promise.all(services.map((service) => service.stop()));
    }
    let counted = 0;
    for (const { end } of (await runtime.log.offsets(`${config.topicPrefix}populations.v1`)).values()) counted += end;
    return { digest: await digestChanges(runtime), report: await verify(runtime, definitions), counted };
  } finally {
    if (config.profile === 'cluster') await runtime.reset();
    await runtime.close();
  }
}

/** Contract of a profile: `environmentOf` gives what makes it up, for a number of partitions and a fresh prefix. */
export function countsPopulations(environmentOf: (partitions: number) => Record<string, string>): void {
  it.each<Record<string, string>>([{}, { DETENT_FUSED: 'true' }])(
    'counts populations over two tasks exactly once, as a recomputation finds (%j)',
    async (settings) => {
      const { digest, report, counted } = await aDay({ ...environmentOf(2), ...settings });
      expect(report).toMatchObject({ ok: true, complete: true, missing: 0, doubled: 0, findings: [] });
      expect(report.services['segmenter']!.tasks).toBe(2);
      expect(digest.changes).toBeGreaterThan(30);
      // Both tasks tell both, about once in an hour of the day.
      expect(counted).toBeGreaterThan(30);
    },
    TIMEOUT,
  );
}
