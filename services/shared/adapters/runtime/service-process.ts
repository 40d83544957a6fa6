import { type Processor, type RunningService, startService } from '@detent/pipeline';
import { startHttp } from '../http/server.ts';
import type { Runtime } from './runtime.ts';

/**
 * Runs one service until the process is told to stop (SIGINT, SIGTERM): topics, tasks, HTTP, and at the end the commits
 * in flight. Resolves when everything is closed.
 */
export async function runServiceProcess(
  runtime: Runtime,
  topics: readonly string[],
  make: () => Processor,
): Promise<void> {
  await runtime.ensureTopics(topics);
  const service = await startService(make, runtime.env());
  const stopMetrics = publishTaskCount(runtime, [service]);
  const subject = { problem: () => service.problem(), metrics: runtime.metrics };
  const http = await startHttp(subject, runtime.config.httpPort, runtime.config.httpHost, runtime.logger);
  runtime.logger.info({ service: service.name }, 'running');
  const signal = await stopSignal();
  runtime.logger.info({ signal }, 'stopping: finishing commits in flight');
  stopMetrics();
  await service.stop();
  await http.close();
  await runtime.close();
}

/** Keeps `detent_task_owned` up to date. Returns the way to stop it. */
export function publishTaskCount(runtime: Runtime, services: readonly RunningService[]): () => void {
  const timer = setInterval(() => {
    for (const service of services)
      runtime.metrics.gauge('detent_task_owned', service.tasks.size, { service: service.name });
  }, 1000);
  timer.unref();
  return () => clearInterval(timer);
}

/** Resolves with the signal that asks the process to stop. A second one ends it at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}
