import { describe, expect, it } from '@jest/globals';
import { type FetchedMessage, filterAbortedMessages } from './filter-aborted.ts';

const record = (
  offset: number,
  producerId: string,
  inTransaction = true,
  key: Buffer | null = null,
): FetchedMessage => ({
  offset: String(offset),
  key,
  batchContext: { producerId, inTransaction },
});
const marker = (offset: number, producerId: string, kind: 'abort' | 'commit'): FetchedMessage => ({
  ...record(offset, producerId, true, Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1])),
  isControlRecord: true,
});
const offsets = (messages: FetchedMessage[]) =>
  messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));

/** A and B abort, interleaved; then A commits. */
const interleaved = [
  record(0, 'A'),
  record(1, 'A'),
  record(2, 'B'),
  record(3, 'B'),
  record(4, 'A'),
  record(5, 'B'),
  marker(6, 'B', 'abort'),
  record(7, 'A'),
  marker(8, 'A', 'abort'),
  record(9, 'A'),
  marker(10, 'A', 'commit'),
];

describe('records of aborted transactions', () => {
  it('are left out where two transactions interleave, in whatever order the broker lists them', () => {
    const aborted = [
      { producerId: 'B', firstOffset: '2' },
      { producerId: 'A', firstOffset: '0' },
    ];
    expect(offsets(filterAbortedMessages({ messages: interleaved, abortedTransactions: aborted }))).toEqual([9]);
    expect(offsets(filterAbortedMessages({ messages: interleaved, abortedTransactions: aborted.reverse() }))).toEqual([
      9,
    ]);
  });

  it('are left out when the fetch begins inside both transactions', () => {
    for (const from of [3, 4, 5]) {
      const messages = interleaved.slice(from);
      const abortedTransactions = [
        { producerId: 'B', firstOffset: '2' },
        { producerId: 'A', firstOffset: '0' },
      ];
      expect(offsets(filterAbortedMessages({ messages, abortedTransactions }))).toEqual([9]);
    }
  });

  it('keeps a committed record whose key is four zero bytes, and what comes after it is still judged', () => {
    const messages = [record(0, 'A', true, Buffer.alloc(4)), record(1, 'A'), marker(2, 'A', 'abort')];
    const abortedTransactions = [{ producerId: 'A', firstOffset: '0' }];
    expect(offsets(filterAbortedMessages({ messages, abortedTransactions }))).toEqual([]);
    expect(offsets(filterAbortedMessages({ messages, abortedTransactions: [] }))).toEqual([0, 1]);
  });

  it('keeps what the same producer wrote outside a transaction or after a later commit', () => {
    const messages = [
      record(0, 'A'),
      marker(1, 'A', 'abort'),
      record(2, 'A'),
      marker(3, 'A', 'commit'),
      record(4, 'A'),
      marker(5, 'A', 'abort'),
      record(6, 'A', false),
    ];
    const abortedTransactions = [
      { producerId: 'A', firstOffset: '0' },
      { producerId: 'A', firstOffset: '4' },
    ];
    expect(offsets(filterAbortedMessages({ messages, abortedTransactions }))).toEqual([2, 6]);
  });
});
