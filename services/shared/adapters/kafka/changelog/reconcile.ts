import { randomUUID } from 'node:crypto';
import type { StateWrite } from '@detent/pipeline';
import type { Mark } from '../../redis/index.ts';
import type { Bounds } from '../client/client.ts';

/** The working copy, as far as reconciling needs it. */
export interface WorkingCopy {
  mark(): Promise<Mark>;
  apply(expected: Mark, target: string, writes: readonly StateWrite[]): Promise<boolean>;
  drop(mark: string): Promise<boolean>;
}

/** The truth, as far as reconciling needs it. */
export interface Truth {
  readonly topicId: string;
  read(from: number, end: number): AsyncIterable<{ writes: StateWrite[]; next: number }>;
  markAt(next: number): string;
}

/** Why states had to be written: the label of `detent_state_rebuilds_total`. */
export type Reason = 'behind' | 'absent' | 'foreign' | 'ahead' | 'truncated';

/**
 * Brings the working copy to what the changelog says, and returns its mark. What is missing is applied; a copy that is
 * absent, of another topic, ahead of the log or older than its start is dropped and built anew. Undefined: somebody
 * else wrote meanwhile, so this is not the only owner. `onWrite` hears why, before anything is written.
 */
export async function reconcile(
  copy: WorkingCopy,
  truth: Truth,
  { start, end }: Bounds,
  onWrite: (reason: Reason) => void,
): Promise<string | undefined> {
  const mark = await copy.mark();
  const next = offsetInMark(mark, truth.topicId);
  if (mark !== null && next !== undefined && next >= start && next <= end) {
    return catchUp(copy, truth, mark, next, end, () => onWrite('behind'));
  }
  onWrite(mark === null ? 'absent' : next === undefined ? 'foreign' : next > end ? 'ahead' : 'truncated');
  return rebuild(copy, truth, mark, { start, end });
}

async function catchUp(
  copy: WorkingCopy,
  truth: Truth,
  found: string,
  from: number,
  end: number,
  onWrite: () => void,
): Promise<string | undefined> {
  let mark = found;
  for await (const { writes, next } of truth.read(from, end)) {
    if (mark === found) onWrite();
    const target = truth.markAt(next);
    if (!(await copy.apply(mark, target, writes))) return undefined;
    mark = target;
  }
  return mark;
}

/** Bytes of changelog that are taken together: a state that they hold several times is written once. */
const WINDOW_BYTES = 8 * 1024 * 1024;
/** What a state takes in memory beside its value, bytes: many small ones must not make a window large. */
const BESIDE_VALUE = 200;

/**
 * Drops what the copy holds, whose mark is `found`, and builds it anew; returns its mark, or undefined when somebody
 * else wrote meanwhile. A mark of its own stands while this goes on, so that a crash leaves a copy that nobody trusts.
 * While one window of the changelog is written, the next one is read; windows are written one after the other.
 */
export async function rebuild(
  copy: WorkingCopy,
  truth: Truth,
  found: Mark,
  { start, end }: Bounds,
  onPage: (writes: readonly StateWrite[], next: number) => void = () => {},
): Promise<string | undefined> {
  const token = `rebuild:${randomUUID()}`;
  if (!(await copy.apply(found, token, []))) return undefined;
  if (!(await copy.drop(token))) return undefined;
  let last = end;
  let writing = Promise.resolve(true);
  let window = new Map<string, StateWrite>();
  let bytes = 0;
  const write = () => {
    writing = copy.apply(token, token, [...window.values()]);
    // Whoever waits for it next hears of it, unless reading fails first.
    writing.catch(() => {});
    window = new Map();
    bytes = 0;
  };
  for await (const { writes, next } of truth.read(start, end)) {
    for (const one of writes) {
      window.set(one.key, one);
      bytes += (one.value?.length ?? 0) + BESIDE_VALUE;
    }
    last = next;
    onPage(writes, next);
    if (bytes < WINDOW_BYTES) continue;
    if (!(await writing)) return undefined;
    write();
  }
  if (!(await writing)) return undefined;
  write();
  const mark = truth.markAt(last);
  return (await writing) && (await copy.apply(token, mark, [])) ? mark : undefined;
}

/** The offset in a mark of this topic; undefined for any other mark. */
export function offsetInMark(mark: Mark, topicId: string): number | undefined {
  if (!mark?.startsWith(`${topicId}:`)) return undefined;
  const next = Number(mark.slice(topicId.length + 1));
  return Number.isSafeInteger(next) ? next : undefined;
}
