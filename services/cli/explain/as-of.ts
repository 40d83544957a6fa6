import type { Runtime } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { observationsTopic } from '@detent/segmenter';
import { UsageError } from '../errors.ts';
import { decodeAny } from '../verify/decode.ts';
import { readPartition } from '../verify/partition-reader.ts';

const HOUR_MS = 3_600_000;
const TAIL = 50;

/**
 * The instant that an explanation speaks of, epoch ms. `wanted`: ISO 8601 or `now`. Without it: the clock, where the
 * newest event of the entity's partition is less than an hour old; else that event's time, for what was simulated or
 * replayed lies in the past. Throws `UsageError` where `wanted` is no instant.
 */
export async function asOf(runtime: Runtime, task: number, wanted: string | undefined): Promise<number> {
  const now = runtime.clock.now();
  if (wanted === 'now') return now;
  if (wanted !== undefined) {
    const at = Date.parse(wanted);
    if (Number.isNaN(at)) throw new UsageError(`--at ${wanted} is no instant: give ISO 8601 or now`);
    return at;
  }
  const newest = await newestObservation(runtime, task);
  return now - newest < HOUR_MS ? now : newest;
}

async function newestObservation({ log, codec, config }: Runtime, task: number): Promise<number> {
  const topic = config.topicPrefix + observationsTopic;
  if (!(await log.topics()).has(topic)) return -Infinity;
  const { start, end } = (await log.offsets(topic)).get(task) ?? { start: 0, end: 0 };
  let newest = -Infinity;
  for await (const page of readPartition(log, topic, task, Math.max(start, end - TAIL))) {
    for (const { value } of page) {
      const decoded = await decodeAny(codec, value);
      const { items = [decoded?.value] } = (decoded?.value ?? {}) as { items?: unknown[] };
      for (const item of items) newest = Math.max(newest, (item as Observation | undefined)?.observedAt ?? -Infinity);
    }
  }
  return newest;
}
