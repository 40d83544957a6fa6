import { publishTaskCount, type Runtime, readEndpoints, startHttp, startWebhooks, stopSignal } from '@detent/adapters';
import { type RunningService, startService } from '@detent/pipeline';
import { allServices } from '../composition.ts';
import { type CommonOptions, configOf, endProgress, print, progress, withRuntime } from '../context.ts';
import { warnOfSeed } from '../models/warn-of-seed.ts';
import { renderSummary } from '../report/render-summary.ts';
import { type Summary, summarize } from '../report/summary.ts';
import { AnsweringFloor } from '../run/answer-actions.ts';
import { drain, drainHere, settleMs } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { nextDays } from '../run/simulated-days.ts';

export interface UpOptions extends CommonOptions {
  /** End once the simulated day is processed and told. */
  exit?: boolean;
  /** False: bring up the services and wait for events of others. */
  simulate?: boolean;
  days: number;
  seed: number;
  scale: number;
  start?: string;
}

/** Simulated time between two waits for all services, so that no decision is made on facts hours ahead of its segments. */
const SLICE_MS = 5 * 60_000;
/** Records that may wait in the services before the simulation pauses. */
const MAX_AHEAD = 20_000;

/** `detent up`: every service in this process; on the embedded profile, unless told otherwise, a simulated day through them. */
export async function up(options: UpOptions): Promise<void> {
  const embedded = configOf(options).profile === 'embedded';
  const simulate = options.simulate ?? embedded;
  const config = configOf(options, { DETENT_LOG_LEVEL: 'error', ...(simulate && { DETENT_TIME: 'stream' }) });
  await withRuntime(config, 'create', async (runtime) => {
    const definitions = allServices(config);
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    const difference = await warnOfSeed(runtime);
    // Its log is quiet unless asked.
    if (difference !== undefined) process.stderr.write(`${difference}\n`);
    const services: RunningService[] = [];
    const webhooks =
      config.webhooks === undefined
        ? undefined
        : await startWebhooks(runtime, readEndpoints(config.webhooks, process.env));
    const problem = () =>
      [...services, ...(webhooks ? [webhooks] : [])]
        .map((service) => service.problem())
        .find((found) => found !== undefined);
    const http = await startHttp(
      { problem, metrics: runtime.metrics, ...(webhooks && { posts: webhooks.posts }) },
      config.httpPort,
      config.httpHost,
      runtime.logger,
    );
    const stop = stopSignal();
    const stopping = new AbortController();
    void stop.then(() => stopping.abort());
    try {
      for (const { make } of definitions) services.push(await startService(make, runtime.env()));
      publishTaskCount(runtime, services);
      if (simulate) {
        const started = Date.now();
        await simulateDays(runtime, services, options, stopping.signal);
        if (!stopping.signal.aborted) {
          const summary = await summarize(runtime, await heldFlips(runtime));
          print(options, { ...summary, seconds: (Date.now() - started) / 1000 }, () =>
            report(summary, Date.now() - started),
          );
        }
      }
      if (!options.exit && !stopping.signal.aborted) {
        process.stderr.write(
          `detent is up: http://${config.httpHost}:${http.port}/healthz /readyz /metrics. Stop it with Ctrl-C.\n`,
        );
        await stop;
      }
    } finally {
      await webhooks?.stop();
      await Promise.all(services.map((service) => service.stop()));
      await http.close();
    }
  });
}

async function simulateDays(
  runtime: Runtime,
  services: readonly RunningService[],
  options: UpOptions,
  signal: AbortSignal,
): Promise<void> {
  const embedded = runtime.config.profile === 'embedded';
  const floor = new AnsweringFloor(runtime, options.seed);
  await floor.start();
  const { events, firstDay } = await nextDays(runtime, { ...options, ...(embedded && { commands: floor.executor }) });
  process.stderr.write(
    `Simulating day ${firstDay}${options.days > 1 ? ` to ${firstDay + options.days - 1}` : ''} of a warehouse (seed ${options.seed}) …\n`,
  );
  await feed(runtime, events, {
    source: '/detent/simulator',
    signal,
    ...(embedded && { sliceMs: SLICE_MS }),
    async afterChunk(sent, eventTime) {
      progress(
        `  ${new Date(eventTime).toISOString().slice(0, 16).replace('T', ' ')}   ${sent.toLocaleString('en-GB')} events sent`,
      );
      if (embedded) {
        await drainHere(services, signal);
        await floor.turn(eventTime);
      } else
        while (!signal.aborted && (await waiting(runtime)) > MAX_AHEAD)
          await new Promise((resolve) => setTimeout(resolve, 20));
    },
  });
  endProgress();
  await drain(services, { settleMs: settleMs(runtime.config.profile), signal });
}

async function waiting(runtime: Runtime): Promise<number> {
  const lags = await runtime.metrics.series('detent_consumer_lag_records');
  return lags.reduce((sum, { value }) => sum + value, 0);
}

async function heldFlips(runtime: Runtime): Promise<Record<string, number>> {
  const held: Record<string, number> = {};
  for (const { labels, value } of await runtime.metrics.series('detent_hysteresis_held_total')) {
    const dimension = labels['dimension'] ?? '';
    held[dimension] = (held[dimension] ?? 0) + value;
  }
  return held;
}

function report(summary: Summary, ms: number): string {
  return `\n${renderSummary(summary)}\n\nProcessed in ${(ms / 1000).toFixed(1)} s.`;
}
