import type { Runtime } from '@detent/adapters';
import { loadModel } from '@detent/core';
import { modelSwitchesTopic } from '@detent/pipeline';
import type { ModelSwitched } from '@detent/schemas';
import { loadModelByName, segmentedTypesOf } from '../composition.ts';
import { decodeAny } from '../verify/decode.ts';

/** Every switch of the model there was, oldest first. Each was told to every partition at once; one tells all. */
export async function readSwitches({
  log,
  codec,
  config,
}: Pick<Runtime, 'log' | 'codec' | 'config'>): Promise<ModelSwitched[]> {
  const topic = config.topicPrefix + modelSwitchesTopic;
  if (!(await log.topics()).has(topic)) return [];
  const switches: ModelSwitched[] = [];
  for await (const page of log.read(topic)) {
    for (const { partition, value } of page) {
      const decoded = partition === 0 ? await decodeAny(codec, value) : undefined;
      if (decoded !== undefined) switches.push(decoded.value as ModelSwitched);
    }
  }
  return switches;
}

/** The switches that stand: one that was taken back does not, nor does the one that took it back. */
export function standing(switches: readonly ModelSwitched[]): ModelSwitched[] {
  const stack: ModelSwitched[] = [];
  for (const each of switches) {
    if (each.rollbackOf == null) {
      stack.push(each);
      continue;
    }
    while (stack.length > 0 && stack.at(-1)!.sha256 !== each.sha256) stack.pop();
    // Back to what the services were started with, before anything was promoted.
    if (stack.length === 0) stack.push(each);
  }
  return stack;
}

/** Entity types that stand in segments, or did under any model that was ever in force here. */
export async function everSegmentedTypes(runtime: Pick<Runtime, 'log' | 'codec' | 'config'>): Promise<string[]> {
  const types = new Set(segmentedTypesOf(loadModelByName(runtime.config.model).model));
  for (const { yaml, version } of await readSwitches(runtime)) {
    try {
      for (const type of segmentedTypesOf(loadModel(yaml, `version ${version}`))) types.add(type);
    } catch {
      // A text that this build cannot read was never in force here.
    }
  }
  return [...types];
}

/** Says where the configured file is not the model in force; undefined where they agree or nothing was promoted. */
export async function seedDifference(runtime: Pick<Runtime, 'log' | 'codec' | 'config'>): Promise<string | undefined> {
  const live = (await readSwitches(runtime)).at(-1);
  if (live === undefined) return undefined;
  const { model, sha256 } = loadModelByName(runtime.config.model);
  if (sha256 === live.sha256) return undefined;
  return (
    `in force is ${live.model}@${live.version}, promoted by ${live.by}; the file of DETENT_MODEL (${model.name}@${model.version}) ` +
    `is another and decides nothing: promote it, or set DETENT_MODEL to what is in force`
  );
}
