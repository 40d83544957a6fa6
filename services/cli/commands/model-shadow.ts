import { basename } from 'node:path';
import { type Runtime, startHttp, stopSignal } from '@detent/adapters';
import { loadModelByName, segmentedTypesOf } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { everSegmentedTypes } from '../models/history.ts';
import { drain, settleMs } from '../run/drain.ts';
import { compareStands, type StandReport } from '../shadow/compare-stands.ts';
import { shadowPrefix, startShadow } from '../shadow/run-shadow.ts';

export interface ShadowOptions extends CommonOptions {
  name?: string;
  once?: boolean;
  /** Seconds between two reports. */
  every: number;
  show: number;
  clean?: boolean;
}

/** `detent model shadow <file>`: a candidate beside the model in force, on live observations, writing to its own topics. */
export async function modelShadow(file: string, options: ShadowOptions): Promise<void> {
  const defaults = { DETENT_LOG_LEVEL: 'error' };
  const { profile } = configOf(options, defaults);
  const live = configOf(options, { ...defaults, ...(profile === 'embedded' && { DETENT_TIME: 'stream' }) });
  const name =
    options.name ??
    basename(file)
      .replace(/\.ya?ml$/, '')
      .toLowerCase();
  const config = { ...live, topicPrefix: shadowPrefix(live, name) };
  if (options.clean) {
    await withRuntime(config, 'beside', async (runtime) => {
      const deleted = await runtime.reset();
      print(options, { name, deleted }, () => `the shadow ${name} is gone: ${deleted.length} topics deleted`);
    });
    return;
  }
  const loaded = loadModelByName(file);
  await withRuntime(config, 'beside', async (runtime) => {
    const types = [
      ...new Set([...segmentedTypesOf(loaded.model), ...(await everSegmentedTypes({ ...runtime, config: live }))]),
    ];
    const service = await startShadow(runtime, live.topicPrefix, loaded);
    const subject = { problem: () => service.problem(), metrics: runtime.metrics };
    const http =
      options['httpPort'] === undefined
        ? undefined
        : await startHttp(subject, config.httpPort, config.httpHost, runtime.logger);
    const stopping = new AbortController();
    if (!options.once) void stopSignal().then(() => stopping.abort());
    try {
      for (let first = true; !stopping.signal.aborted; first = false) {
        if (!first) await pause(options.every * 1000, stopping.signal);
        await drain([service], { settleMs: settleMs(config.profile), signal: stopping.signal });
        const report = await compareStands(runtime, live.topicPrefix, config.topicPrefix, types);
        publish(runtime, report);
        print(options, { name, model: loaded.basis, at: new Date().toISOString(), ...report }, () =>
          render(name, report, options.show),
        );
        if (options.once) break;
      }
    } finally {
      await service.stop();
      await http?.close();
    }
  });
}

function publish({ metrics }: Runtime, { dimensions }: StandReport): void {
  for (const [dimension, stands] of Object.entries(dimensions))
    for (const [stand, count] of Object.entries(stands))
      metrics.gauge('detent_shadow_entities', count, { dimension, stand });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function render(name: string, { dimensions, elsewhere }: StandReport, show: number): string {
  const count = (n: number) => n.toLocaleString('en-GB');
  return [
    `shadow ${name}: ${count(elsewhere.length)} stand elsewhere than under the model in force`,
    ...Object.entries(dimensions).map(
      ([dimension, { same, elsewhere: other, onlyLive, onlyShadow }]) =>
        `  ${dimension.padEnd(24)} ${count(other)} elsewhere, ${count(same)} alike${onlyLive > 0 ? `, ${count(onlyLive)} known to the model in force alone` : ''}${onlyShadow > 0 ? `, ${count(onlyShadow)} known to the shadow alone` : ''}`,
    ),
    ...elsewhere
      .slice(0, show)
      .map(
        (each) =>
          `  ${each.entityType} ${each.entityId}: ${each.dimension} ${each.live}, with the shadow ${each.shadow}`,
      ),
  ].join('\n');
}
