import { createLogger, openRuntime, runServiceProcess } from '@detent/adapters';
import { serviceByName } from '../composition.ts';
import { type CommonOptions, configOf } from '../context.ts';
import { warnOfSeed } from '../models/warn-of-seed.ts';
import { runWebhooks } from './run-webhooks.ts';

/** `detent run <service>`: one service as a process of its own, until it is told to stop. */
export async function run(name: string, options: CommonOptions): Promise<void> {
  const config = configOf(options);
  if (name === 'webhooks') return runWebhooks(config);
  const definition = serviceByName(name, config);
  const runtime = await openRuntime(config, { logger: createLogger(config.logLevel), write: true });
  await warnOfSeed(runtime);
  await runServiceProcess(runtime, definition.topics, definition.make);
}
