import type { Runtime } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { observationsTopic } from '@detent/segmenter';
import { decodeAny } from '../verify/decode.ts';
import { readPartition } from '../verify/partition-reader.ts';

/** All observations of a log, partitions merged by event time. Nothing where the topic does not exist. */
export async function* readObservationLog(runtime: Runtime, prefix: string): AsyncIterable<Observation> {
  const topic = prefix + observationsTopic;
  const partitions = (await runtime.log.topics()).get(topic) ?? 0;
  const readers = Array.from({ length: partitions }, (_, n) => ofPartition(runtime, topic, n)[Symbol.asyncIterator]());
  const heads = await Promise.all(readers.map((reader) => nextOf(reader)));
  for (;;) {
    let first = -1;
    heads.forEach((head, i) => {
      if (head !== undefined && (first < 0 || head.observedAt < heads[first]!.observedAt)) first = i;
    });
    if (first < 0) return;
    yield heads[first]!;
    heads[first] = await nextOf(readers[first]!);
  }
}

async function* ofPartition({ log, codec }: Runtime, topic: string, partition: number): AsyncIterable<Observation> {
  for await (const page of readPartition(log, topic, partition)) {
    for (const { value } of page) {
      const decoded = await decodeAny(codec, value);
      if (decoded === undefined) continue;
      const { items = [decoded.value] } = decoded.value as { items?: unknown[] };
      yield* items as Observation[];
    }
  }
}

async function nextOf(reader: AsyncIterator<Observation>): Promise<Observation | undefined> {
  const next = await reader.next();
  return next.done ? undefined : next.value;
}
