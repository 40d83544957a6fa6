import type { Head, InputCursor } from './input-cursor.ts';
import type { Limit } from './pace.ts';
import type { InputRecord } from './processor.ts';

/**
 * Why taking stopped. `waiting`: an input that may still hold something earlier is empty. `ahead`: event time of the next
 * record, which lies beyond the limit.
 */
export type MergeStop =
  | 'full'
  | 'drained'
  | 'waiting'
  | { ahead: number }
  | { unknownSchema: number; cursor: InputCursor };

const NO_LIMIT: Limit = { begin: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };

function before(a: InputRecord, b: InputRecord): boolean {
  if (a.eventTime !== b.eventTime) return a.eventTime < b.eventTime;
  if (a.topic !== b.topic) return a.topic < b.topic;
  if (a.raw.partition !== b.raw.partition) return a.raw.partition < b.raw.partition;
  return a.raw.offset < b.raw.offset;
}

/**
 * Takes records across inputs by (event time, topic, partition, offset) into `batch` until it holds `max`, and whatever
 * is left of packs that it began; a barrier by itself; nothing beyond `limit`, of which the beginning is for inputs that
 * others wait for: what comes from the rest is older, and alone would make batches of its own. An empty input that is not
 * known to be caught up stops it, unless `impatient`: it may still hold something earlier.
 */
export function takeInOrder(
  cursors: readonly InputCursor[],
  batch: InputRecord[],
  max: number,
  impatient: boolean,
  limit: Limit = NO_LIMIT,
): MergeStop {
  const stop = takeUpTo(max, cursors, batch, impatient, limit);
  for (let next = earliestInPack(cursors); next !== undefined; next = earliestInPack(cursors)) batch.push(next.take());
  return stop;
}

function takeUpTo(
  max: number,
  cursors: readonly InputCursor[],
  batch: InputRecord[],
  impatient: boolean,
  limit: Limit,
): MergeStop {
  // Most inputs are empty most of the time: those that hold something are asked again, the others once.
  const filled: InputCursor[] = [];
  for (const cursor of batch.length < max ? cursors : []) {
    const head = cursor.head();
    if (head === 'empty') {
      if (holdsBack(cursor, impatient)) return 'waiting';
      continue;
    }
    if ('unknownSchema' in head) return { unknownSchema: head.unknownSchema, cursor };
    filled.push(cursor);
  }
  while (batch.length < max) {
    let best: InputRecord | undefined;
    let from: InputCursor | undefined;
    let awaitedAt = Number.POSITIVE_INFINITY;
    for (const cursor of filled) {
      const head = cursor.head() as Exclude<Head, 'empty'>;
      if ('unknownSchema' in head) return { unknownSchema: head.unknownSchema, cursor };
      if (cursor.awaited && head.eventTime < awaitedAt) awaitedAt = head.eventTime;
      if (best === undefined || before(head, best)) {
        best = head;
        from = cursor;
      }
    }
    if (from === undefined || best === undefined) return 'drained';
    if (from.barrier && batch.length > 0) return 'full';
    if (best.eventTime > limit.end) return { ahead: best.eventTime };
    if (batch.length === 0 && awaitedAt > limit.begin && awaitedAt < Number.POSITIVE_INFINITY)
      return { ahead: awaitedAt };
    batch.push(from.take());
    if (from.barrier || batch.length === max) return 'full';
    if (from.head() !== 'empty') continue;
    if (holdsBack(from, impatient)) return 'waiting';
    filled.splice(filled.indexOf(from), 1);
  }
  return 'full';
}

/** True where nothing else is taken before an empty input has been heard of. */
function holdsBack({ awaited, input }: InputCursor, impatient: boolean): boolean {
  return awaited && !input.caughtUp && !impatient;
}

function earliestInPack(cursors: readonly InputCursor[]): InputCursor | undefined {
  let best: InputRecord | undefined;
  let from: InputCursor | undefined;
  for (const cursor of cursors) {
    if (!cursor.inPack) continue;
    const head = cursor.head() as InputRecord;
    if (best === undefined || before(head, best)) {
      best = head;
      from = cursor;
    }
  }
  return from;
}
