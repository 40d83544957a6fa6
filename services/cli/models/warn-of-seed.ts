import type { Runtime } from '@detent/adapters';
import { seedDifference } from './history.ts';

/** Says in the log at start where the configured file is not the model in force; returns what it said. */
export async function warnOfSeed(runtime: Runtime): Promise<string | undefined> {
  const difference = await seedDifference(runtime);
  if (difference !== undefined) runtime.logger.warn({ model: runtime.config.model }, difference);
  return difference;
}
