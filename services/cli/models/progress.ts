import type { Runtime } from '@detent/adapters';
import type { ModelProgress } from '@detent/schemas';
import { decodeAny } from '../verify/decode.ts';

/** How far each task of the segmenter is with the model that it works with, by task. */
export async function readProgress({
  log,
  codec,
  config,
}: Pick<Runtime, 'log' | 'codec' | 'config'>): Promise<ModelProgress[]> {
  const topic = `${config.topicPrefix}model-progress.v1`;
  if (!(await log.topics()).has(topic)) return [];
  const newest = new Map<number, ModelProgress>();
  for await (const page of log.read(topic)) {
    for (const { value } of page) {
      const decoded = await decodeAny(codec, value);
      if (decoded === undefined) continue;
      const progress = decoded.value as ModelProgress;
      newest.set(progress.task, progress);
    }
  }
  return [...newest.values()].sort((a, b) => a.task - b.task);
}
