import { toBigInt } from './hash.ts';

/** Event ids in a block, or inline in a head before they are sealed into one. */
export const BLOCK_SIZE = 128;

/** Hashes of event ids: high and low words by turns. */
export type Words = number[];

/**
 * What was seen under one record key: the newest ids inline, older ones in sealed blocks, which are states of their own,
 * so that a busy key writes little however much it has seen. Blocks are numbered in the order of sealing.
 */
export interface Head {
  /** Oldest block that may still count. */
  first: number;
  /** Number of the next block. */
  next: number;
  /** Latest time at which an id was seen, epoch ms: never goes back, so that blocks expire in order. */
  newest: number;
  /** At most BLOCK_SIZE ids. */
  recent: Words;
  /** Ids of all blocks, while the head is in memory; undefined when the blocks must be read first. */
  sealed: Set<bigint> | undefined;
}

const VERSION = 1;
const HEAD_BYTES = 17;

/** Of heads without blocks, which are by far the most: shared, never added to. */
export const NOTHING_SEALED: Set<bigint> = new Set();

/** A key of which nothing was seen. */
export function emptyHead(): Head {
  return { first: 0, next: 0, newest: Number.NEGATIVE_INFINITY, recent: [], sealed: NOTHING_SEALED };
}

/** Adds the ids of a block. */
export function addAll(sealed: Set<bigint>, words: Words): void {
  for (let i = 0; i < words.length; i += 2) sealed.add(toBigInt(words[i]!, words[i + 1]!));
}

/** Version, first, next, newest, then the ids. */
export function encodeHead({ first, next, newest, recent }: Head): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + 4 * recent.length);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32LE(first, 1);
  bytes.writeUInt32LE(next, 5);
  bytes.writeDoubleLE(newest, 9);
  writeWords(recent, bytes, HEAD_BYTES);
  return bytes;
}

/** Throws where the state was written by another version of the program. */
export function decodeHead(bytes: Buffer): Head {
  if (bytes[0] !== VERSION)
    throw new Error(
      `a state of repeats has version ${bytes[0]}, this program writes ${VERSION}: run the program that wrote it, or drop ingest's state, which only forgets the last 24 h`,
    );
  const first = bytes.readUInt32LE(1);
  const next = bytes.readUInt32LE(5);
  const sealed = first === next ? NOTHING_SEALED : undefined;
  return { first, next, newest: bytes.readDoubleLE(9), recent: readWords(bytes, HEAD_BYTES), sealed };
}

export function encodeBlock(words: Words): Buffer {
  const bytes = Buffer.allocUnsafe(4 * words.length);
  writeWords(words, bytes, 0);
  return bytes;
}

export function decodeBlock(bytes: Buffer): Words {
  return readWords(bytes, 0);
}

function writeWords(words: Words, bytes: Buffer, start: number): void {
  for (let i = 0; i < words.length; i += 1) bytes.writeInt32LE(words[i]!, start + 4 * i);
}

function readWords(bytes: Buffer, start: number): Words {
  const words: Words = [];
  for (let at = start; at < bytes.length; at += 4) words.push(bytes.readInt32LE(at));
  return words;
}
