import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { type RunningService, startService } from '@detent/pipeline';
import type { Action } from '@detent/schemas';
import { allServices } from '../../../services/cli/composition.ts';
import type { SourceEvent } from '../../../services/cli/inputs/source-event.ts';
import { readTopics } from '../../../services/cli/report/digest.ts';
import { drain, drainHere } from '../../../services/cli/run/drain.ts';
import { feed } from '../../../services/cli/run/feed.ts';

const SLICE_MS = 5 * 60_000;
const SETTLE_MS = 100;

/** Every action that the services take on these events under a model, in the order of each topic. */
export async function actionsOf(events: Iterable<SourceEvent>, model: string): Promise<Action[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'detent-week-'));
  const file = join(dataDir, 'model.yaml');
  writeFileSync(file, model);
  const config = readConfig({ environment: {}, flags: { dataDir, time: 'stream', model: file, actions: 'live' } });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  const services: RunningService[] = [];
  try {
    const definitions = allServices(config);
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    for (const { make } of definitions) services.push(await startService(make, runtime.env()));
    const { signal } = new AbortController();
    await feed(runtime, events, {
      source: '/detent/bench',
      sliceMs: SLICE_MS,
      afterChunk: () => drainHere(services, signal),
    });
    await drain(services, { settleMs: SETTLE_MS });
    const actions: Action[] = [];
    for await (const { name, value } of readTopics(runtime, (topic) => topic.startsWith('actions.')))
      if (name === 'detent.actions.Action') actions.push(value as Action);
    return actions;
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    await runtime.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
