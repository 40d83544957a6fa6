import type { Config, Runtime } from '@detent/adapters';
import { type RunningService, startService } from '@detent/pipeline';
import { topicsOfKind } from '@detent/schemas';
import { replayServices } from '../composition.ts';
import { type CommonOptions, configOf, endProgress, print, progress, withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { InputReport } from '../inputs/input-report.ts';
import { openInput } from '../replay/index.ts';
import { type Digest, digestChanges } from '../report/digest.ts';
import { countDeadLetters } from '../report/summary.ts';
import { drain, settleMs } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

export interface ReplayOptions extends CommonOptions {
  /** Column map, for `csv`. */
  map?: string;
  /** Only fill the source topics; services that run elsewhere do the rest. */
  produceOnly?: boolean;
  /** Into the live topics instead of the replay's own. */
  live?: boolean;
}

/** What a replay came to. */
export interface ReplayResult {
  importer: string;
  prefix: string;
  input: InputReport;
  events: number;
  /** Seconds to fill the source topics, and to take them through ingest and segmenter. */
  producedSeconds: number;
  processedSeconds: number | null;
  eventsPerSecond: number | null;
  digest: Digest | null;
  /** Dead letters by reason. */
  deadLetters: Record<string, number>;
}

/**
 * `detent replay <importer> <files…>`: files into the source topics, then ingest and segmenter over them in event time
 * until the last event. Decisions are left out: a replay commands nothing.
 */
export async function replay(importer: string, files: readonly string[], options: ReplayOptions): Promise<void> {
  const base = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const config: Config = { ...base, time: 'stream', topicPrefix: options.live ? base.topicPrefix : replayPrefix(base) };
  await withRuntime(config, 'create', async (runtime) => {
    if (!options.live) await refuseLeftovers(runtime);
    const input = openInput(importer, files, { map: options.map });
    const started = Date.now();
    const events = await feed(runtime, input.events, {
      source: `/detent/replay/${importer}`,
      async afterChunk(sent) {
        progress(`  ${sent.toLocaleString('en-GB')} events into the source topics`);
      },
    });
    const produced = Date.now();
    const processed = options.produceOnly || options.live ? null : await processAll(runtime);
    const seconds = processed === null ? null : (processed - produced) / 1000;
    const result: ReplayResult = {
      importer,
      prefix: config.topicPrefix,
      input: input.report(),
      events,
      producedSeconds: (produced - started) / 1000,
      processedSeconds: seconds,
      eventsPerSecond: seconds === null ? null : Math.round(events / seconds),
      digest: seconds === null ? null : await digestChanges(runtime),
      deadLetters: await countDeadLetters(runtime),
    };
    endProgress();
    print(options, result, () => render(result));
  });
}

async function refuseLeftovers(runtime: Runtime): Promise<void> {
  const { topicPrefix } = runtime.config;
  const existing = await runtime.log.topics();
  for (const topic of topicsOfKind('source')) {
    if (!existing.has(topicPrefix + topic)) continue;
    for (const { end } of (await runtime.log.offsets(topicPrefix + topic)).values()) {
      if (end > 0)
        throw new UsageError(
          `${topicPrefix + topic} still holds an earlier replay: run "detent reset --replay" first, or set another DETENT_TOPIC_PREFIX`,
        );
    }
  }
}

async function processAll(runtime: Runtime): Promise<number> {
  const definitions = replayServices(runtime.config);
  await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
  const services: RunningService[] = [];
  const settle = { settleMs: settleMs(runtime.config.profile) };
  try {
    for (const { make } of definitions)
      services.push(await startService(make, runtime.env({ replay: true, time: 'stream' })));
    let idleAt = await drain(services, settle);
    for (const service of services) {
      service.requestFinal();
      const after = await drain(services, settle);
      if (after - idleAt > 2 * settle.settleMs) idleAt = after;
    }
    return idleAt;
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
}

function render(result: ReplayResult): string {
  const counts = (title: string, entries: Readonly<Record<string, number>>) =>
    Object.entries(entries).map(
      ([name, count]) => `  ${title.padEnd(10)} ${name.padEnd(40)} ${count.toLocaleString('en-GB')}`,
    );
  const lines = [
    `${result.importer}: ${result.input.read.toLocaleString('en-GB')} rows gave ${result.events.toLocaleString('en-GB')} events in ${result.producedSeconds.toFixed(1)} s`,
    ...counts('produced', result.input.produced),
    ...counts('set aside', result.input.setAside),
    ...counts('imputed', result.input.imputed),
    ...counts('noted', result.input.noted),
    ...counts('dead', result.deadLetters),
  ];
  if (result.digest !== null && result.processedSeconds !== null) {
    lines.push(
      `processed in ${result.processedSeconds.toFixed(1)} s, ${result.eventsPerSecond?.toLocaleString('en-GB')} events/s through ingest and segmenter`,
      `${result.digest.changes.toLocaleString('en-GB')} segment changes of ${result.digest.entities.toLocaleString('en-GB')} entities, digest ${result.digest.digest}`,
    );
  }
  lines.push(`topics begin with ${result.prefix}; "detent changes digest --replay" reads them`);
  return lines.join('\n');
}
