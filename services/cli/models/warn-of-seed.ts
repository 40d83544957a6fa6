import type { Runtime } from '@detent/adapters';
import { seedDifference } from './history.ts';

/** Says in the log at start where the configured file is not the model in force. */
export async function warnOfSeed(runtime: Runtime): Promise<void> {
  const difference = await seedDifference(runtime);
  if (difference !== undefined) runtime.logger.warn({ model: runtime.config.model }, difference);
}
