import type { Runtime } from '@detent/adapters';
import type { ModelVersion } from '@detent/schemas';
import { decodeAny } from '../verify/decode.ts';

/** Topic of the versions that are or were in force, for people and tools; without prefix. */
export const registerTopic = 'models.v1';
/** Author of what was in force before anything was promoted. */
export const SEED_AUTHOR = 'DETENT_MODEL';

/** The newest entry of each version, oldest first. */
export async function readRegister({
  log,
  codec,
  config,
}: Pick<Runtime, 'log' | 'codec' | 'config'>): Promise<ModelVersion[]> {
  const topic = config.topicPrefix + registerTopic;
  if (!(await log.topics()).has(topic)) return [];
  const versions = new Map<string, ModelVersion>();
  for await (const page of log.read(topic)) {
    for (const { key, value } of page) {
      const decoded = await decodeAny(codec, value);
      versions.delete(String(key));
      if (decoded !== undefined) versions.set(String(key), decoded.value as ModelVersion);
    }
  }
  return [...versions.values()];
}
