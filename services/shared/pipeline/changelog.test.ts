import { describe, expect, it } from '@jest/globals';
import { packedBytes, packStates, unpackStates } from './changelog.ts';
import type { StateWrite } from './ports/task.ts';

const write = (key: string, value: Buffer | null, dueAt: number | null = null): StateWrite => ({ key, value, dueAt });

describe('packed changelog records', () => {
  it('gives back every state, deletions and due times included', () => {
    const writes = [
      write('order:1', Buffer.from('one'), 1_700_000_000_123.5),
      write('Größe:ß', Buffer.alloc(0)),
      write('order:2', null),
      write('order:3', Buffer.from([0, 255]), 0),
    ];
    const records = packStates(writes);
    expect(records).toHaveLength(1);
    expect(unpackStates(records[0]!)).toEqual(writes);
  });

  it('begins a new record before the limit is passed and keeps the order', () => {
    const writes = Array.from({ length: 100 }, (_, i) => write(`k${i}`, Buffer.alloc(i)));
    const records = packStates(writes, 500);
    expect(records.length).toBeGreaterThan(5);
    for (const record of records) expect(record.length).toBeLessThanOrEqual(500);
    expect(records.flatMap(unpackStates)).toEqual(writes);
  });

  it('gives a state that is larger than the limit a record to itself', () => {
    const writes = [write('a', Buffer.alloc(10)), write('big', Buffer.alloc(2000)), write('b', Buffer.alloc(10))];
    const sizes = packStates(writes, 1000).map((record) => unpackStates(record).length);
    expect(sizes).toEqual([1, 1, 1]);
  });

  it('knows the size of a state before it is packed', () => {
    const one = write('schlüssel', Buffer.alloc(77), 5);
    expect(packStates([one])[0]).toHaveLength(1 + packedBytes(one));
  });

  it('packs nothing into no record', () => {
    expect(packStates([])).toEqual([]);
  });

  it.each([1, 7, 12, 20])('refuses a record cut to %i bytes or of another version', (length) => {
    const record = packStates([write('order:1', Buffer.from('twelve bytes'))])[0]!;
    if (length > 1) {
      expect(() => unpackStates(record.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'DETENT_CHANGELOG_CORRUPT' }),
      );
    }
    expect(() => unpackStates(Buffer.concat([Buffer.from([9]), record.subarray(1)]))).toThrow(
      expect.objectContaining({ code: 'DETENT_CHANGELOG_CORRUPT' }),
    );
  });
});
