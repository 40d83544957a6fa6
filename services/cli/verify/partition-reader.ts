import type { LogClient, LogRecord } from '@detent/pipeline';

/** Committed records of one partition of a topic (whole name), from an offset to the end as it is when reading begins. */
export async function* readPartition(
  log: LogClient,
  topic: string,
  partition: number,
  from = 0,
): AsyncGenerator<LogRecord[]> {
  const partitions = (await log.topics()).get(topic) ?? 0;
  const beyond = Number.MAX_SAFE_INTEGER;
  const starts = new Map(Array.from({ length: partitions }, (_, n) => [n, n === partition ? from : beyond]));
  yield* log.read(topic, starts);
}
