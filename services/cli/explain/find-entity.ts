import type { Runtime } from '@detent/adapters';
import { didYouMean, type Engine, type EntityRef, type EntityState } from '@detent/core';
import { murmur2Partition, unpackStates } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';
import { entityKey, type ModelLibrary, readEntity, readModel } from '@detent/segmenter';
import { UsageError } from '../errors.ts';
import { readPartition } from '../verify/partition-reader.ts';

const SERVICE = 'segmenter';
const OFFERED = 200;
const SHOWN = 3;

/** An entity as the segmenter keeps it, and where. */
export interface FoundEntity {
  state: EntityState;
  /** Of the model that its task works with. */
  engine: Engine;
  task: number;
  /** Where the state was read: the store of states, or, where that vouches for nothing, the changelog. */
  from: 'states' | 'changelog';
}

/** Finds the state of an entity by its key's partition. Throws `UsageError` where there is none, with ids that are near. */
export async function findEntity(runtime: Runtime, models: ModelLibrary, entity: EntityRef): Promise<FoundEntity> {
  const { log, config } = runtime;
  const topic = config.topicPrefix + stateTopic(SERVICE);
  const tasks = (await log.topics()).get(topic);
  if (tasks === undefined)
    throw new UsageError(
      `the segmenter has not run under ${config.topicPrefix}: check --data-dir, --profile and --topic-prefix, or add --replay for a replay`,
    );
  const task = murmur2Partition(Buffer.from(entity.entityId), tasks);
  const copy = await runtime.workingCopy();
  try {
    let from: FoundEntity['from'] = 'states';
    let changelog: Promise<ReadonlyMap<string, Buffer>> | undefined;
    const load = async (keys: readonly string[]) => {
      const loaded = await copy.load(SERVICE, task, keys);
      if (typeof loaded !== 'string') return loaded;
      from = 'changelog';
      changelog ??= foldChangelog(runtime, topic, task, entityKey(entity));
      const states = await changelog;
      return keys.map((key) => states.get(key) ?? null);
    };
    const model = await readModel(models, load);
    const { engine } = model;
    const types = [...engine.model.entities.keys()];
    if (!types.includes(entity.entityType))
      throw new UsageError(
        `the model ${engine.modelVersion} has no entity type ${entity.entityType}${didYouMean(entity.entityType, types) || `; it has ${types.join(', ')}`}`,
      );
    const state = await readEntity(model, entity, load);
    if (state !== undefined) return { state, engine, task, from };
    const near: string[] = [];
    for (let other = 0; other < tasks; other += 1) near.push(...(await sample(copy, other, entity)));
    throw new UsageError(`nothing is known of ${entity.entityType} ${entity.entityId}${offer(entity.entityId, near)}`);
  } finally {
    await copy.close();
  }
}

/** The newest state of one key, the model in force, and all layouts, as the changelog has them. */
async function foldChangelog(
  { log }: Runtime,
  topic: string,
  task: number,
  wanted: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const states = new Map<string, Buffer>();
  for await (const page of readPartition(log, topic, task)) {
    for (const record of page) {
      if (record.value === null) continue;
      for (const { key, value } of unpackStates(record.value)) {
        if (key !== wanted && !key.startsWith('~layout:') && key !== '~model') continue;
        if (value === null) states.delete(key);
        else states.set(key, Buffer.from(value));
      }
    }
  }
  return states;
}

/** Ids that begin as the one asked for, the longer the better. */
async function sample(
  copy: Awaited<ReturnType<Runtime['workingCopy']>>,
  task: number,
  entity: EntityRef,
): Promise<string[]> {
  const { entityType, entityId } = entity;
  for (const length of [entityId.length - 1, entityId.length >> 1, 0]) {
    const prefix = entityKey({ entityType, entityId: entityId.slice(0, Math.max(0, length)) });
    const found = await copy.sample(SERVICE, task, prefix, OFFERED);
    if (found.length > 0) return found.map((key) => key.slice(entityType.length + 1));
  }
  return [];
}

function offer(id: string, near: readonly string[]): string {
  if (near.length === 0) return '; there is none of its type';
  const shared = (other: string) => {
    let n = 0;
    while (n < id.length && id[n] === other[n]) n += 1;
    return n;
  };
  const examples = near.toSorted((a, b) => shared(b) - shared(a) || a.length - b.length).slice(0, SHOWN);
  return `${didYouMean(id, near) || '.'} There are, among others, ${examples.join(', ')}`;
}
