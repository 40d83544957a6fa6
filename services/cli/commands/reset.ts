import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

/** `detent reset`: forgets everything under the prefix. The live one only with `--yes`, for it cannot be undone. */
export async function reset(options: CommonOptions & { replay?: boolean; yes?: boolean }): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  if (!options.replay && !options.yes) {
    throw new UsageError(
      `this deletes every topic and state under ${config.topicPrefix} for good: add --yes, or --replay for those of replays`,
    );
  }
  const topicPrefix = options.replay ? replayPrefix(config) : config.topicPrefix;
  await withRuntime({ ...config, topicPrefix }, 'alone', async (runtime) => {
    const deleted = await runtime.reset();
    print(options, { prefix: topicPrefix, deleted }, () => `${deleted.length} topics deleted under ${topicPrefix}`);
  });
}
