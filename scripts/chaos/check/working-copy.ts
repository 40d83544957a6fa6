import type { Runtime } from '@detent/adapters';
import { type StateWrite, unpackStates } from '@detent/pipeline';
import { Redis } from 'ioredis';
import { taskKeys } from '../../../services/shared/adapters/redis/index.ts';

const CHUNK = 500;

/** Where Redis does not say what the changelogs of these services fold to, in words; values, due times and what is too much. */
export async function workingCopyFaults(
  { log, config }: Runtime,
  services: readonly string[],
): Promise<{ states: number; faults: string[] }> {
  const redis = new Redis(config.redisUrl);
  const faults: string[] = [];
  let states = 0;
  try {
    for (const service of services) {
      const folded = new Map<number, Map<string, StateWrite>>();
      for await (const page of log.read(`${config.topicPrefix}state.${service}.v1`)) {
        for (const { partition, value } of page) {
          const of = folded.get(partition) ?? new Map<string, StateWrite>();
          folded.set(partition, of);
          for (const write of value === null ? [] : unpackStates(value)) of.set(write.key, write);
        }
      }
      for (const [task, of] of folded) {
        const expected = [...of.values()].filter(({ value }) => value !== null);
        states += expected.length;
        for (const fault of await compareTask(redis, config.topicPrefix, service, task, expected)) faults.push(fault);
      }
    }
    return { states, faults };
  } finally {
    redis.disconnect();
  }
}

async function compareTask(
  redis: Redis,
  prefix: string,
  service: string,
  task: number,
  expected: readonly StateWrite[],
): Promise<string[]> {
  const keys = taskKeys(prefix, service, task);
  const faults: string[] = [];
  for (let from = 0; from < expected.length; from += CHUNK) {
    const part = expected.slice(from, from + CHUNK);
    const values = await redis.mgetBuffer(part.map(({ key }) => keys.state(key)));
    const dues = await redis.zmscore(keys.due, ...part.map(({ key }) => key));
    for (const [i, { key, value, dueAt }] of part.entries()) {
      if (!values[i]?.equals(value!)) faults.push(`${service}-${task} ${key}: another value`);
      if ((dues[i] === null ? null : Number(dues[i])) !== dueAt)
        faults.push(`${service}-${task} ${key}: another due time`);
    }
  }
  let held = 0;
  for await (const names of redis.scanStream({ match: `${keys.prefix}*`, count: 1000 }))
    held += new Set(names as string[]).size;
  if (held !== expected.length) faults.push(`${service}-${task}: ${held} states, not ${expected.length}`);
  const due = expected.filter(({ dueAt }) => dueAt !== null).length;
  const held2 = await redis.zcard(keys.due);
  if (held2 !== due) faults.push(`${service}-${task}: ${held2} due times, not ${due}`);
  return faults;
}
