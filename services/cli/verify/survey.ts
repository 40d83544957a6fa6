import { changelogBatches, type JournalPositions, type LogClient } from '@detent/pipeline';
import { readPartition } from './partition-reader.ts';

/** Where a task's changelog can be repeated from. */
export interface Survey {
  /** Batches with a journal entry. */
  batches: number;
  /** The offset after the last batch, as it was when the survey was made. */
  end: number;
  /** Offset of the first batch that can be repeated; undefined where none can, or nothing is to be. */
  base: number | undefined;
  /** Everything stamped earlier (epoch ms) was written before `base`. */
  since: number;
  /** Why not everything is repeated. */
  reason: string | undefined;
}

interface Begin {
  offset: number;
  now: number;
  latestBefore: number;
  basis: string;
  at: JournalPositions;
}

/**
 * Reads a task's changelog once: which sessions there were, and from which of them on the inputs still exist, decided
 * on the same basis as ours. `starts` gives the first offset of an input partition (topic without prefix).
 */
export async function survey(
  log: LogClient,
  topic: string,
  task: number,
  basis: string,
  starts: (topic: string, partition: number) => number,
): Promise<Survey> {
  const { start } = (await log.offsets(topic)).get(task) ?? { start: 0 };
  const begins: Begin[] = [];
  let batches = 0;
  let end = start;
  let latest = Number.NEGATIVE_INFINITY;
  let unexplained = false;
  for await (const { entry, next, offset } of changelogBatches(readPartition(log, topic, task))) {
    end = next;
    if (entry === undefined) {
      if (batches === 0) unexplained = true;
      continue;
    }
    batches += 1;
    if (entry.begin !== undefined)
      begins.push({ offset, now: entry.now, latestBefore: latest, basis: entry.begin.basis, at: entry.begin.at });
    else if (begins.length === 0) unexplained = true;
    latest = Math.max(latest, entry.now);
  }
  const at = { batches, end };
  if (batches === 0 && !unexplained)
    return { ...at, base: undefined, since: Number.NEGATIVE_INFINITY, reason: undefined };
  const nothing = { ...at, base: undefined, since: Number.POSITIVE_INFINITY };
  if (start > 0) {
    const reason = `${topic}-${task}: swept up to ${start}, so the states that its batches began from are not known`;
    return { ...nothing, reason };
  }
  let base: Begin | undefined;
  let reason = unexplained ? `${topic}-${task} holds batches from before there was a journal` : undefined;
  for (const begin of begins) {
    const obstacle = obstacleOf(begin, basis, starts);
    if (obstacle === undefined) base ??= begin;
    else {
      base = undefined;
      reason = `${topic}-${task}@${begin.offset}: ${obstacle}`;
    }
  }
  if (base === undefined) return { ...nothing, reason };
  if (reason === undefined) return { ...at, base: base.offset, since: Number.NEGATIVE_INFINITY, reason };
  return {
    ...at,
    base: base.offset,
    since: Math.max(base.now, base.latestBefore + 1),
    reason: `${reason}; repeated from ${topic}-${task}@${base.offset} on, with the states of the changelog there`,
  };
}

function obstacleOf(
  begin: Begin,
  basis: string,
  starts: (topic: string, partition: number) => number,
): string | undefined {
  if (begin.basis !== basis)
    return `decided by ${begin.basis || 'another version'}, and this is ${basis || 'another one'}`;
  for (const [topic, partitions] of Object.entries(begin.at)) {
    for (const [partition, next] of partitions) {
      const first = starts(topic, partition);
      if (next < first) return `its inputs begin at ${topic}-${partition}@${next}, and the log only at ${first}`;
    }
  }
  return undefined;
}
