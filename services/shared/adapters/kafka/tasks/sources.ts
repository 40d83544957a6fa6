import type { TaskHostSpec } from '@detent/pipeline';
import { KafkaAdapterError } from '../errors.ts';
import type { TaskPartitions } from './open-session.ts';

/** How many tasks a service has. Throws `DETENT_KAFKA_PARTITIONS_UNEQUAL` where its sources cannot be joined partition by partition. */
export function checkSources(spec: TaskHostSpec, partitionsOf: (topic: string) => number): number {
  if (spec.partitioning === 'single') return 1;
  const counts = new Set(spec.sources.map(partitionsOf));
  if (counts.size <= 1) return [...counts][0] ?? 0;
  const detail = spec.sources.map((topic) => `${topic} has ${partitionsOf(topic)}`).join(', ');
  throw new KafkaAdapterError(
    'DETENT_KAFKA_PARTITIONS_UNEQUAL',
    `the sources of ${spec.service} must have equal partition counts, for one task joins partition n of all: ${detail}. Make the topics anew with one DETENT_PARTITIONS`,
  );
}

/** The partitions that a task reads. */
export function taskPartitions(
  spec: TaskHostSpec,
  task: number,
  partitionsOf: (topic: string) => number,
): TaskPartitions {
  if (spec.partitioning === 'per-partition') return spec.sources.map((topic) => ({ topic, partition: task }));
  return spec.sources.flatMap((topic) =>
    Array.from({ length: partitionsOf(topic) }, (_, partition) => ({ topic, partition })),
  );
}
