import type { InputRecord, States } from '@detent/pipeline';
import {
  addAll,
  BLOCK_SIZE,
  decodeBlock,
  decodeHead,
  emptyHead,
  encodeBlock,
  encodeHead,
  type Head,
  NOTHING_SEALED,
  type Words,
} from './dedupe-state.ts';
import { type Hash64, hash64, toBigInt } from './hash.ts';

/** An event id is remembered at least so long after it was seen, and at most until its block has aged so. */
export const REMEMBER_MS = 24 * 3_600_000;

const hash: Hash64 = { hi: 0, lo: 0 };

/** Key of the state that a record's repeats are looked for in. */
export function headKeyOf({ topic, raw }: Pick<InputRecord, 'topic' | 'raw'>): string {
  return `${topic}:${raw.key?.toString() ?? ''}`;
}

/** No topic begins with `#`, so that no record key can look like a block. */
const blockKey = (headKey: string, block: number): string => `#${block}:${headKey}`;

const isBlock = (key: string): boolean => key.startsWith('#');

/** Whether a state is one of repeats: its key begins with a topic, which has a dot in its name, or with `#`. */
export function isDedupeKey(key: string): boolean {
  const dot = key.indexOf('.');
  return isBlock(key) || (dot > 0 && dot < key.indexOf(':'));
}

/** States to load before `isRepeat` may be asked of these keys. */
export function blocksToLoad(headKeys: Iterable<string>, states: States): string[] {
  const wanted: string[] = [];
  for (const key of new Set(headKeys)) {
    const head = states.get(key) as Head | undefined;
    if (head === undefined || head.sealed !== undefined) continue;
    for (let block = head.first; block < head.next; block += 1) wanted.push(blockKey(key, block));
  }
  return wanted;
}

/**
 * Whether the event was seen under this key in the last 24 h; if not, it is from now on. Its age counts from when it
 * happened or arrived, whichever is later: what a device sends days late is as protected from a retry as anything else.
 */
export function isRepeat(headKey: string, eventId: string, record: InputRecord, states: States): boolean {
  const head = (states.get(headKey) as Head | undefined) ?? emptyHead();
  const sealed = sealedOf(head, headKey, states);
  hash64(eventId, hash);
  const { hi, lo } = hash;
  const { recent } = head;
  for (let i = recent.length - 2; i >= 0; i -= 2) if (recent[i] === hi && recent[i + 1] === lo) return true;
  if (sealed.size > 0 && sealed.has(toBigInt(hi, lo))) return true;
  if (recent.length === 2 * BLOCK_SIZE) seal(head, sealed, headKey, states);
  head.recent.push(hi, lo);
  head.newest = Math.max(head.newest, record.eventTime, record.raw.timestamp);
  states.put(headKey, head, head.newest + REMEMBER_MS);
  return false;
}

function sealedOf(head: Head, headKey: string, states: States): Set<bigint> {
  if (head.sealed !== undefined) return head.sealed;
  const sealed = new Set<bigint>();
  for (let block = head.first; block < head.next; block += 1) {
    const words = states.get(blockKey(headKey, block)) as Words | undefined;
    if (words !== undefined) addAll(sealed, words);
  }
  head.sealed = sealed;
  return sealed;
}

function seal(head: Head, sealed: Set<bigint>, headKey: string, states: States): void {
  states.put(blockKey(headKey, head.next), head.recent, head.newest + REMEMBER_MS);
  head.sealed = sealed === NOTHING_SEALED ? new Set() : sealed;
  addAll(head.sealed, head.recent);
  head.next += 1;
  head.recent = [];
}

/** Heads of the blocks that are due, to be loaded before `forget`. */
export function headsToLoad(due: readonly { key: string }[]): string[] {
  return due.filter(({ key }) => isBlock(key)).map(({ key }) => key.slice(key.indexOf(':') + 1));
}

/** Drops a head or a block that time has reached. A head that has seen something since stays. */
export function forget(key: string, until: number, states: States): void {
  if (!isBlock(key)) {
    const head = states.get(key) as Head | undefined;
    const dueAt = (head?.newest ?? Number.NEGATIVE_INFINITY) + REMEMBER_MS;
    if (dueAt > until) states.put(key, head, dueAt);
    else states.delete(key);
    return;
  }
  const separator = key.indexOf(':');
  const headKey = key.slice(separator + 1);
  const head = states.get(headKey) as Head | undefined;
  const words = states.get(key) as Words | undefined;
  states.delete(key);
  if (head === undefined) return;
  head.first = Math.max(head.first, Number(key.slice(1, separator)) + 1);
  for (let i = 0; i < (words?.length ?? 0); i += 2) head.sealed?.delete(toBigInt(words![i]!, words![i + 1]!));
  states.put(headKey, head, head.newest + REMEMBER_MS);
}

export function encodeDedupe(key: string, value: unknown): Buffer {
  return isBlock(key) ? encodeBlock(value as Words) : encodeHead(value as Head);
}

export function decodeDedupe(key: string, bytes: Buffer): Head | Words {
  return isBlock(key) ? decodeBlock(bytes) : decodeHead(bytes);
}
