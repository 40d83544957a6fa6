import type { Config, Runtime } from '@detent/adapters';
import { defineService, type RunningService, startService } from '@detent/pipeline';
import { createSegmenterProcessor, ModelLibrary, observationsTopic } from '@detent/segmenter';
import type { LoadedModel } from '../composition.ts';
import { UsageError } from '../errors.ts';

/** Everything of a shadow lies under a prefix of its own: topics, states, positions, dead letters. */
export function shadowPrefix({ topicPrefix }: Config, name: string): string {
  if (!/^[a-z0-9-]+$/.test(name))
    throw new UsageError(`"${name}" cannot name a shadow: use lower-case letters, digits and dashes (--name)`);
  return `${topicPrefix}shadow.${name}.`;
}

/**
 * Starts a candidate on the observations of the installation under `livePrefix`, from as far back as the log reaches.
 * `runtime` is opened under the shadow's prefix: nothing else is read or written there.
 */
export async function startShadow(
  runtime: Runtime,
  livePrefix: string,
  { model, sha256, basis }: LoadedModel,
): Promise<RunningService> {
  const source = livePrefix + observationsTopic;
  const partitions = (await runtime.log.topics()).get(source);
  if (partitions === undefined)
    throw new UsageError(`there is no ${source} to shadow: check --data-dir, --profile and --topic-prefix`);
  if (partitions !== runtime.config.partitions)
    throw new UsageError(`${source} has ${partitions} partitions: set DETENT_PARTITIONS=${partitions}`);
  const library = new ModelLibrary(model, sha256);
  const { topics, make } = defineService(() =>
    Object.defineProperty(createSegmenterProcessor(library), 'basis', { value: `${basis} shadow` }),
  );
  await runtime.ensureTopics(topics.filter((topic) => topic !== observationsTopic));
  return startService(make, runtime.env({ borrowed: { [observationsTopic]: source } }));
}
