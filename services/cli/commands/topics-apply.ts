import { segmentedTypes } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { everyTopic } from '../run/every-topic.ts';

/** `detent topics apply`: creates every topic of the catalogue that is missing. */
export async function topicsApply(options: CommonOptions): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const names = everyTopic(segmentedTypes(config));
  await withRuntime(config, 'create', async (runtime) => {
    const before = await runtime.log.topics();
    await runtime.ensureTopics(names);
    const created = names.map((name) => config.topicPrefix + name).filter((topic) => !before.has(topic));
    print(
      options,
      { created, existing: names.length - created.length },
      () => `${created.length} topics created, ${names.length - created.length} were there`,
    );
  });
}
