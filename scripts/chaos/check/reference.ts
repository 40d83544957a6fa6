import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteLogClient, createSqliteTaskHost, LogStore, openDatabase, type Runtime } from '@detent/adapters';
import { type LogClient, type OutRecord, type RunningService, startService } from '@detent/pipeline';
import { topicsOfKind } from '@detent/schemas';
import { serviceByName } from '../../../services/cli/composition.ts';
import { drain } from '../../../services/cli/run/drain.ts';

const SETTLE_MS = 150;
const PAGE = 5_000;

/**
 * What an undisturbed run makes of the source topics as they lie in the log, repeats and poison included: the same
 * services on the embedded profile in one process, over the very bytes and offsets. Where the log has none (markers
 * of transactions) or a record is to be omitted (`topic-partition@offset`), something that is refused takes its place;
 * `filled` names those places. `end` lets it go.
 */
export async function undisturbedRun(
  runtime: Runtime,
  services: readonly string[],
  omit: ReadonlySet<string> = new Set(),
): Promise<{ log: LogClient; filled: ReadonlySet<string>; end(): void }> {
  const { config, codec, logger } = runtime;
  const dir = mkdtempSync(join(tmpdir(), 'detent-chaos-reference-'));
  const db = openDatabase(join(dir, 'reference.sqlite'));
  const store = new LogStore(db);
  const log = createSqliteLogClient(store, config.topicPrefix);
  const host = createSqliteTaskHost(store, config.topicPrefix, logger);
  const definitions = services.map((name) => serviceByName(name, config));
  const spec = (name: string, partitions = config.partitions) => ({
    topic: config.topicPrefix + name,
    partitions: name === 'dlq.v1' ? 1 : partitions,
    config: {},
  });
  const names = new Set([...topicsOfKind('source'), ...definitions.flatMap(({ topics }) => topics)]);
  await log.ensureTopics([...names].map((name) => spec(name)));
  const filled = await copySources(runtime, log, omit);
  const running: RunningService[] = [];
  const env = { ...runtime.env({ time: 'stream' }), host, codec };
  // One after the other: each finds all that the one before it has to say.
  for (const { make } of definitions) {
    running.push(await startService(make, env));
    await drain(running, { settleMs: SETTLE_MS });
  }
  await Promise.all(running.map((service) => service.stop()));
  return {
    log,
    filled,
    end() {
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function copySources({ log, config }: Runtime, into: LogClient, omit: ReadonlySet<string>): Promise<Set<string>> {
  const filled = new Set<string>();
  const existing = await log.topics();
  for (const name of topicsOfKind('source')) {
    const topic = config.topicPrefix + name;
    if (!existing.has(topic)) continue;
    let page: OutRecord[] = [];
    const next = new Map<number, number>();
    for await (const records of log.read(topic)) {
      for (const { partition, offset, key, value, timestamp, headers } of records) {
        for (let gap = next.get(partition) ?? 0; gap < offset; gap += 1) {
          filled.add(`${topic}-${partition}@${gap}`);
          page.push({ topic, partition, key: null, value: null, timestamp });
        }
        next.set(partition, offset + 1);
        const at = `${topic}-${partition}@${offset}`;
        if (omit.has(at)) filled.add(at);
        page.push({ topic, partition, key, value: omit.has(at) ? null : value, timestamp, headers });
      }
      if (page.length >= PAGE) {
        await into.append(page);
        page = [];
      }
    }
    await into.append(page);
  }
  return filled;
}
