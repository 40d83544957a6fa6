import {
  type Config,
  createLogger,
  openRuntime,
  readEndpoints,
  startHttp,
  startWebhooks,
  stopSignal,
} from '@detent/adapters';
import { UsageError } from '../errors.ts';

/** `detent run webhooks`: delivers actions to endpoints and takes their statuses, until it is told to stop. */
export async function runWebhooks(config: Config): Promise<void> {
  if (config.webhooks === undefined)
    throw new UsageError('DETENT_WEBHOOKS must name the file of endpoints: see docs/actions.md');
  const endpoints = readEndpoints(config.webhooks, process.env);
  const runtime = await openRuntime(config, { logger: createLogger(config.logLevel), write: true });
  const webhooks = await startWebhooks(runtime, endpoints);
  const subject = { problem: webhooks.problem, metrics: runtime.metrics, posts: webhooks.posts };
  const http = await startHttp(subject, config.httpPort, config.httpHost, runtime.logger);
  runtime.logger.info({ endpoints: endpoints.map(({ name }) => name) }, 'webhooks running');
  const signal = await stopSignal();
  runtime.logger.info({ signal }, 'stopping: what is under way will be delivered again');
  await http.close();
  await webhooks.stop();
  await runtime.close();
}
