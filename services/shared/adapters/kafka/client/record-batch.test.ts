import { describe, expect, it } from '@jest/globals';
import { decodeRecord } from '../kafkajs/record-decoder.ts';
import { encodeRecordBatch, type OutgoingRecord } from './record-batch.ts';

const noCrc = () => 0;
const batch = (records: OutgoingRecord[], firstTimestamp = '1700000000000') => ({
  firstTimestamp,
  maxTimestamp: firstTimestamp,
  lastOffsetDelta: records.length - 1,
  transactional: true,
  producerId: 4242,
  producerEpoch: 3,
  firstSequence: 17,
  records,
});
const context = {
  magicByte: 2,
  firstOffset: '9007199254740000',
  firstTimestamp: '1700000000000',
  maxTimestamp: '1800000000000',
  timestampType: 0,
};

/** Splits a batch into its records, without their lengths. */
function recordsOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 61; at < bytes.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at]!;
      at += 1;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    found.push(bytes.subarray(at, at + length / 2));
    at += length / 2;
  }
  return found;
}

describe('record batches', () => {
  it('are laid out as the format says', () => {
    const bytes = encodeRecordBatch(
      batch([{ offsetDelta: 0, timestampDelta: 0, key: 'k', value: 'v' }]),
      () => 0xdeadbeef,
    );
    expect(bytes.toString('hex')).toBe(
      '0000000000000000' + // base offset
        '0000003a' + // length of what follows
        '00000000' + // leader epoch
        '02' + // magic
        'deadbeef' + // crc
        '0010' + // attributes: transactional
        '00000000' + // last offset delta
        '0000018bcfe56800' + // first timestamp
        '0000018bcfe56800' + // greatest timestamp
        '0000000000001092' + // producer id
        '0003' + // producer epoch
        '00000011' + // first sequence
        '00000001' + // records
        '10' + // 8 bytes
        '00' + // attributes
        '00' + // time
        '00' + // offset
        '026b' + // key
        '0276' + // value
        '00', // headers
    );
  });

  it('give back what was put in: any key, value, header and distance in time', () => {
    const deltas = [0, 1, -1, 63, 64, -64, -65, 2 ** 31, -(2 ** 40), 123_456_789_012];
    const records = deltas.map((timestampDelta, offsetDelta) => ({
      offsetDelta,
      timestampDelta,
      key: offsetDelta % 3 === 0 ? null : Buffer.from(`ключ-${offsetDelta}`),
      value: offsetDelta % 4 === 0 ? null : Buffer.alloc(offsetDelta * 100, offsetDelta),
      headers: offsetDelta % 2 === 0 ? {} : { ce_id: `id-${offsetDelta}`, bin: Buffer.from([0, 255]), empty: '' },
    }));
    const decoded = recordsOf(encodeRecordBatch(batch(records), noCrc)).map((bytes) =>
      decodeRecord({ buffer: bytes }, context),
    );
    expect(decoded).toHaveLength(records.length);
    for (const [i, record] of records.entries()) {
      const one = decoded[i]!;
      expect(one.offset).toBe(String(9007199254740000 + i));
      expect(one.timestamp).toBe(String(1_700_000_000_000 + record.timestampDelta));
      expect(one.key?.toString()).toBe(record.key?.toString());
      expect(one.value).toEqual(record.value);
      const headers = Object.fromEntries(
        Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)]),
      );
      expect(one.headers).toEqual(headers);
    }
  });

  it('take the time of the batch where the broker sets it', () => {
    const [bytes] = recordsOf(
      encodeRecordBatch(batch([{ offsetDelta: 0, timestampDelta: 5, key: null, value: 'x' }]), noCrc),
    );
    expect(decodeRecord({ buffer: bytes! }, { ...context, timestampType: 1 }).timestamp).toBe('1800000000000');
  });

  it('keep the last of a repeated header', () => {
    const record = { offsetDelta: 0, timestampDelta: 0, key: null, value: 'x', headers: { a: ['one', 'two'] } };
    const [bytes] = recordsOf(encodeRecordBatch(batch([record]), noCrc));
    expect(decodeRecord({ buffer: bytes! }, context).headers['a']?.toString()).toBe('two');
  });
});
