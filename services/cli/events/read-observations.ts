import { statSync } from 'node:fs';
import { type Config, createLogger, openRuntime } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { UsageError } from '../errors.ts';
import { replayPrefix } from '../run/replay-prefix.ts';
import { readObservationFile } from './observation-file.ts';
import { readObservationLog } from './observation-log.ts';

/**
 * Observations of the past, in the order in which the segmenter would take them: of a data directory of the embedded
 * profile (`detent.sqlite`; its replay, where only that is there), or of a file with one observation a line (JSON; `.gz`
 * too). Throws `UsageError` where the path is neither, and `DETENT_INPUT_FILE` at a line that is no observation.
 */
export async function* readObservations(path: string, base: Config): AsyncIterable<Observation> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new UsageError(`there is nothing at ${path}: give a data directory or a file of observations`);
  if (!found.isDirectory()) {
    yield* readObservationFile(path);
    return;
  }
  if (statSync(`${path}/detent.sqlite`, { throwIfNoEntry: false }) === undefined)
    throw new UsageError(`${path} holds no detent.sqlite: give a data directory of the embedded profile`);
  const config: Config = { ...base, profile: 'embedded', dataDir: path };
  const runtime = await openRuntime(config, { logger: createLogger('silent'), write: false });
  try {
    for (const prefix of [config.topicPrefix, replayPrefix(config)]) {
      let any = false;
      for await (const observation of readObservationLog(runtime, prefix)) {
        any = true;
        yield observation;
      }
      if (any) return;
    }
    throw new UsageError(
      `${path} holds no observations under ${config.topicPrefix}: is the prefix right? Where ingest runs within the segmenter (DETENT_FUSED) they take no topic: replay the events first`,
    );
  } finally {
    await runtime.close();
  }
}
