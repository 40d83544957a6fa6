import type { StateWrite } from './ports/task.ts';

const VERSION = 1;
const ENTRY_BYTES = 2 + 8 + 4;
const DELETED = -1;
const MAX_KEY_BYTES = 0xffff;

/** Bytes of states that a packed record holds before the next one is begun. */
export const PACKED_RECORD_BYTES = 512 * 1024;

/** Thrown when a changelog record is not one of ours, or cut short. */
export class ChangelogCorruptError extends Error {
  readonly code = 'DETENT_CHANGELOG_CORRUPT';
  readonly retriable = false;
}

/**
 * Packs states into few records, for every record of a transaction costs time. A state that is larger than `maxBytes`
 * gets a record to itself. `room` gives their buffers. Layout: version, then per state the key (16 bit length), dueAt (float64, NaN for none) and
 * the value (32 bit length, −1 for deleted).
 */
export function packStates(
  writes: readonly StateWrite[],
  maxBytes: number = PACKED_RECORD_BYTES,
  room: (bytes: number) => Buffer = Buffer.allocUnsafe,
): Buffer[] {
  const records: Buffer[] = [];
  let from = 0;
  let size = 1;
  for (let i = 0; i < writes.length; i += 1) {
    const bytes = packedBytes(writes[i]!);
    if (i > from && size + bytes > maxBytes) {
      records.push(packRange(writes, from, i, room(size)));
      from = i;
      size = 1;
    }
    size += bytes;
  }
  if (from < writes.length) records.push(packRange(writes, from, writes.length, room(size)));
  return records;
}

/** A packed record without states, for a batch that changed none. */
export const NO_STATES: Buffer = Buffer.from([VERSION]);

/** Bytes that a state takes in a packed record. */
export function packedBytes({ key, value }: StateWrite): number {
  return ENTRY_BYTES + Buffer.byteLength(key) + (value?.length ?? 0);
}

function packRange(writes: readonly StateWrite[], from: number, to: number, record: Buffer): Buffer {
  let at = record.writeUInt8(VERSION, 0);
  for (let i = from; i < to; i += 1) {
    const { key, value, dueAt } = writes[i]!;
    const keyBytes = record.write(key, at + 2);
    if (keyBytes > MAX_KEY_BYTES) throw new RangeError(`state key of ${keyBytes} bytes: at most ${MAX_KEY_BYTES}`);
    record.writeUInt16BE(keyBytes, at);
    at = record.writeDoubleBE(dueAt ?? Number.NaN, at + 2 + keyBytes);
    at = record.writeInt32BE(value?.length ?? DELETED, at);
    if (value !== null) at += value.copy(record, at);
  }
  return record;
}

/** The states of a packed record, in the order written. Values share its memory. Throws `ChangelogCorruptError`. */
export function unpackStates(record: Buffer): StateWrite[] {
  if (record[0] !== VERSION) {
    throw new ChangelogCorruptError(
      `changelog record of version ${record[0]}: only ${VERSION} is known. Was it written by a newer release?`,
    );
  }
  const writes: StateWrite[] = [];
  try {
    for (let at = 1; at < record.length; ) {
      const keyEnd = at + 2 + record.readUInt16BE(at);
      const key = record.toString('utf8', at + 2, keyEnd);
      const dueAt = record.readDoubleBE(keyEnd);
      const length = record.readInt32BE(keyEnd + 8);
      const valueAt = keyEnd + 12;
      at = valueAt + Math.max(0, length);
      if (at > record.length) throw new RangeError('value past the end');
      writes.push({
        key,
        value: length === DELETED ? null : record.subarray(valueAt, at),
        dueAt: Number.isNaN(dueAt) ? null : dueAt,
      });
    }
  } catch (error) {
    throw new ChangelogCorruptError(`changelog record of ${record.length} bytes is cut short`, { cause: error });
  }
  return writes;
}
