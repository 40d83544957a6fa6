import { describe, expect, it } from '@jest/globals';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { encodeRecordBatch, type OutgoingRecord } from '../client/record-batch.ts';
import { type AbortedTransaction, readRecords } from './records.ts';

const ATTRIBUTES_AT = 21;
const MAX_TIMESTAMP_AT = 35;
const RECORDS_AT = 61;
const CONTROL = 1 << 5;
const LOG_APPEND_TIME = 1 << 3;

/** A batch as it lies in the log. */
function batch(
  firstOffset: number,
  records: OutgoingRecord[],
  more: { producer?: number; attributes?: number; compression?: 'gzip' | 'snappy' | 'lz4' | 'zstd' } = {},
): Buffer {
  const plain = encodeRecordBatch(
    {
      firstTimestamp: 1000,
      maxTimestamp: 1000,
      lastOffsetDelta: records.length - 1,
      transactional: more.producer !== undefined,
      producerId: more.producer ?? -1,
      producerEpoch: 0,
      firstSequence: 0,
      records,
    },
    () => 0,
  );
  const algorithm = more.compression && compressionsAlgorithms[more.compression];
  const body = algorithm ? algorithm.compressSync(plain.subarray(RECORDS_AT)) : plain.subarray(RECORDS_AT);
  const bytes = Buffer.concat([plain.subarray(0, RECORDS_AT), body]);
  bytes.writeBigInt64BE(BigInt(firstOffset), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(
    bytes.readInt16BE(ATTRIBUTES_AT) | (more.attributes ?? 0) | (algorithm?.bitmask ?? 0),
    ATTRIBUTES_AT,
  );
  return bytes;
}

const record = (i: number, value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  offsetDelta: i,
  timestampDelta: i,
  key: 'k',
  value,
  ...more,
});
const marker = (offset: number, producer: number, kind: 'abort' | 'commit') =>
  batch(offset, [record(0, '', { key: Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]) })], {
    producer,
    attributes: CONTROL,
  });

describe('records as they come from a broker', () => {
  it('carry what was written, headers of which the last of a name counts, and the offset asked for first', () => {
    const bytes = Buffer.concat([
      batch(7, [
        record(0, 'before'),
        record(1, 'a', { key: null, headers: { x: ['1', Buffer.from('2')], y: undefined } }),
        record(2, 'b', { timestampDelta: -5 }),
      ]),
      batch(20, [record(0, 'c')]),
    ]);
    const { records, next } = readRecords(bytes, 't', 3, 8, []);
    expect(
      records.map(({ offset, timestamp, key, value }) => [offset, timestamp, key?.toString(), `${value}`]),
    ).toEqual([
      [8, 1001, undefined, 'a'],
      [9, 995, 'k', 'b'],
      [20, 1000, 'k', 'c'],
    ]);
    expect(records[0]).toMatchObject({ topic: 't', partition: 3 });
    expect(Object.entries(records[0]!.headers).map(([name, value]) => [name, value.toString()])).toEqual([
      ['x', '2'],
      ['y', ''],
    ]);
    expect(next).toBe(21);
  });

  it('are read up to the last whole batch', () => {
    const [one, two] = [batch(0, [record(0, 'a')]), batch(1, [record(0, 'b')])];
    for (const cut of [1, 11, 30, two.length - 1]) {
      const bytes = Buffer.concat([one, two.subarray(0, cut)]);
      expect(readRecords(bytes, 't', 0, 0, [])).toMatchObject({ records: { length: 1 }, next: 1 });
    }
    expect(readRecords(Buffer.alloc(0), 't', 0, 5, [])).toEqual({ records: [], next: 5 });
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('are unpacked from %s', (compression) => {
    const bytes = batch(0, [record(0, 'a'.repeat(500)), record(1, 'b')], { compression });
    expect(readRecords(bytes, 't', 0, 0, []).records.map(({ value }) => value?.length)).toEqual([500, 1]);
  });

  it('have the time of the broker where the topic says so', () => {
    const bytes = batch(0, [record(0, 'a'), record(1, 'b')], { attributes: LOG_APPEND_TIME });
    bytes.writeBigInt64BE(4000n, MAX_TIMESTAMP_AT);
    expect(readRecords(bytes, 't', 0, 0, []).records.map(({ timestamp }) => timestamp)).toEqual([4000, 4000]);
  });

  it('of aborted transactions are left out, wherever a fetch begins and ends', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const log = randomLog(seed);
      for (let from = 0; from < log.length; from += 1) {
        for (let to = from + 1; to <= log.length; to += 3) {
          const part = log.slice(from, to);
          const bytes = Buffer.concat(part.map((one) => one.bytes));
          const found = readRecords(bytes, 't', 0, from, abortedIn(log, from, to));
          const wanted = part.filter((one) => one.fate === 'committed').map(({ offset }) => offset);
          expect([seed, from, to, found.records.map(({ offset }) => offset)]).toEqual([seed, from, to, wanted]);
          expect(found.next).toBe(to);
        }
      }
    }
  });
});

interface Entry {
  offset: number;
  bytes: Buffer;
  fate: 'committed' | 'aborted' | 'marker';
  /** Of the transaction. */
  first: number;
  last: number;
  producer: number;
}

/** Three producers whose transactions interleave, one record a batch, all of them ended. */
function randomLog(seed: number): Entry[] {
  let state = seed * 2654435761;
  const random = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return state % below;
  };
  const log: Entry[] = [];
  const open = new Map<number, Entry[]>();
  const end = (producer: number) => {
    const own = open.get(producer)!;
    open.delete(producer);
    const fate = random(2) === 0 ? 'aborted' : 'committed';
    const offset = log.length;
    for (const entry of own) Object.assign(entry, { fate, first: own[0]!.offset, last: offset });
    const bytes = marker(offset, producer, fate === 'aborted' ? 'abort' : 'commit');
    log.push({ offset, bytes, fate: 'marker', first: offset, last: offset, producer });
  };
  for (let step = 0; step < 14; step += 1) {
    const producer = random(3);
    const own = open.get(producer);
    if (own !== undefined && random(3) === 0) {
      end(producer);
      continue;
    }
    const offset = log.length;
    const bytes = batch(offset, [record(0, String(offset), { key: Buffer.alloc(4) })], { producer });
    const entry: Entry = { offset, bytes, fate: 'committed', first: offset, last: offset, producer };
    open.set(producer, [...(own ?? []), entry]);
    log.push(entry);
  }
  for (const producer of [...open.keys()]) end(producer);
  return log;
}

/** What a broker lists with a fetch: aborted transactions that overlap it, in the order of their ends. */
function abortedIn(log: readonly Entry[], from: number, to: number): AbortedTransaction[] {
  const aborted = log.filter(({ fate, first, offset }) => fate === 'aborted' && first === offset);
  return aborted
    .filter(({ first, last }) => last >= from && first < to)
    .sort((a, b) => a.last - b.last)
    .map(({ producer, first }) => ({ producerId: BigInt(producer), firstOffset: first }));
}
