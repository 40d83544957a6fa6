import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { digestChanges } from '../report/digest.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

/** `detent changes digest`: one hash over all segment changes, to compare runs. */
export async function changesDigest(options: CommonOptions & { replay?: boolean }): Promise<void> {
  const config = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const topicPrefix = options.replay ? replayPrefix(config) : config.topicPrefix;
  await withRuntime({ ...config, topicPrefix }, 'beside', async (runtime) => {
    const digest = await digestChanges(runtime);
    print(options, digest, () =>
      [
        `${digest.digest}  ${digest.changes} changes of ${digest.entities} entities under ${topicPrefix}`,
        ...Object.entries(digest.byDimension).map(([dimension, count]) => `  ${dimension.padEnd(24)} ${count}`),
      ].join('\n'),
    );
  });
}
