import { changelogBatches, type JournalEntry, type JournalPositions, type LogClient } from '@detent/pipeline';
import { readPartition } from './partition-reader.ts';

/** Where a task's changelog can be repeated from. */
export interface Survey {
  /** Batches with a journal entry. */
  batches: number;
  /** The offset after the last batch, as it was when the survey was made. */
  end: number;
  /** Offset of the first batch that can be repeated; undefined where none can, or there is none. */
  base: number | undefined;
  /** Everything stamped earlier (epoch ms) was written before `base`. */
  since: number;
  /** Why not everything is repeated. */
  reason: string | undefined;
}

/** What tells whether a session can be repeated. */
export interface SurveyRules {
  /** On what the processor at hand decides, and on what once a model came by the log. */
  basis: string;
  promotedBasis: string | undefined;
  /** The service that this one takes over from, where it has got further. */
  relieves: string | undefined;
  /** First offset that is left of an input partition (topic without prefix). */
  start(topic: string, partition: number): number;
}

interface Begin {
  offset: number;
  now: number;
  latestBefore: number;
  /** Why what came before it cannot be repeated together with it. */
  break: string | undefined;
  /** Why it cannot be repeated itself. */
  obstacle: string | undefined;
}

/** Reads a task's changelog once: which sessions there were, and from which of them on they can be repeated. */
export async function survey(log: LogClient, topic: string, task: number, rules: SurveyRules): Promise<Survey> {
  const { start } = (await log.offsets(topic)).get(task) ?? { start: 0 };
  const begins: Begin[] = [];
  const at = new Map<string, number>();
  let batches = 0;
  let end = start;
  let latest = Number.NEGATIVE_INFINITY;
  let unexplained = false;
  let statesElsewhere = false;
  for await (const { entry, next, offset, states } of changelogBatches(readPartition(log, topic, task))) {
    end = next;
    statesElsewhere ||= states === undefined;
    if (entry === undefined) {
      unexplained ||= batches === 0;
      continue;
    }
    batches += 1;
    unexplained ||= entry.begin === undefined && begins.length === 0;
    if (entry.begin !== undefined) begins.push(beginOf(entry, entry.begin, offset, latest, at, rules));
    move(at, entry.to);
    latest = Math.max(latest, entry.now);
  }
  const bounds = { batches, end };
  if (batches === 0 && !unexplained)
    return { ...bounds, base: undefined, since: Number.NEGATIVE_INFINITY, reason: undefined };
  const nothing = { ...bounds, base: undefined, since: Number.POSITIVE_INFINITY };
  const name = `${topic}-${task}`;
  if (start > 0)
    return { ...nothing, reason: `${name} was swept up to ${start}: what its first batches began from is not known` };
  const { base, reason } = baseOf(begins, name, unexplained);
  if (base === undefined) return { ...nothing, reason };
  if (reason === undefined) return { ...bounds, base: base.offset, since: Number.NEGATIVE_INFINITY, reason };
  if (statesElsewhere)
    return { ...nothing, reason: `${reason}; states as they were then are kept only on the cluster profile` };
  return {
    ...bounds,
    base: base.offset,
    since: Math.max(base.now, base.latestBefore + 1),
    reason: `${reason}; repeated from ${name}@${base.offset} on, with the states of the changelog there`,
  };
}

function beginOf(
  { now }: JournalEntry,
  { at: positions, basis }: NonNullable<JournalEntry['begin']>,
  offset: number,
  latestBefore: number,
  at: Map<string, number>,
  rules: SurveyRules,
): Begin {
  const begin: Begin = { offset, now, latestBefore, break: undefined, obstacle: undefined };
  if (basis !== rules.basis && basis !== rules.promotedBasis)
    begin.obstacle = `decided on "${basis || 'nothing'}", and this is "${rules.basis || 'nothing'}"`;
  for (const [topic, partitions] of Object.entries(positions)) {
    for (const [partition, next] of partitions) {
      const first = rules.start(topic, partition);
      if (next < first)
        begin.obstacle ??= `its inputs begin at ${topic}-${partition}@${next}, and the log only at ${first}`;
      if (rules.relieves !== undefined && next > (at.get(`${topic}-${partition}`) ?? next))
        begin.break ??= `it took over from ${rules.relieves}, which had written to the same topics`;
    }
  }
  at.clear();
  move(at, positions);
  return begin;
}

function move(at: Map<string, number>, positions: JournalPositions): void {
  for (const [topic, partitions] of Object.entries(positions))
    for (const [partition, next] of partitions) at.set(`${topic}-${partition}`, next);
}

/** The earliest session from which on all can be repeated, and why not an earlier one. */
function baseOf(
  begins: readonly Begin[],
  name: string,
  unexplained: boolean,
): { base: Begin | undefined; reason: string | undefined } {
  let base: Begin | undefined;
  let reason = unexplained ? `${name} holds batches from before there was a journal` : undefined;
  for (const begin of begins) {
    const why = begin.obstacle ?? begin.break;
    if (why !== undefined) reason = `${name}@${begin.offset}: ${why}`;
    if (begin.obstacle !== undefined) base = undefined;
    else if (base === undefined || begin.break !== undefined) base = begin;
  }
  return { base, reason };
}
