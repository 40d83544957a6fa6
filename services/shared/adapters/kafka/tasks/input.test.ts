import type { LogRecord } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import { type Feed, KafkaInput, QUEUE_LIMIT } from './input.ts';

const record = (offset: number): LogRecord => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp: 0,
  key: null,
  value: Buffer.from('x'),
  headers: {},
});
const records = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => record(from + i));

function setUp({ next = 0, end = 0 } = {}) {
  const calls: string[] = [];
  let now = 1000;
  const feed: Feed = {
    seek: (_topic, _partition, offset) => calls.push(`seek ${offset}`),
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    now: () => now,
  };
  let news = 0;
  const input = new KafkaInput('t', 0, next, end, feed, () => {
    news += 1;
  });
  return {
    input,
    calls,
    news: () => news,
    tick: (ms: number) => {
      now += ms;
    },
    arrive: (from: number, to: number, highWatermark = to) =>
      input.arrive({ fetchedOffset: from, next: to, highWatermark, records: records(from, to) }),
  };
}

describe('an input partition of a task', () => {
  it('takes nothing before it is opened, then from its own position', () => {
    const { input, calls, arrive } = setUp({ next: 5, end: 9 });
    arrive(0, 9);
    expect(input.peek()).toBeUndefined();
    input.open();
    expect(calls).toEqual(['seek 5', 'resume']);
    arrive(5, 9);
    expect([input.shift()?.offset, input.peek()?.offset, input.position]).toEqual([5, 6, 6]);
  });

  it('drops a batch that does not follow on the last one and goes back to its position', () => {
    const { input, calls, arrive } = setUp();
    input.open();
    arrive(0, 3);
    arrive(7, 9);
    expect(calls.at(-1)).toBe('seek 3');
    arrive(0, 3);
    arrive(3, 4);
    const offsets = [];
    for (let taken = input.shift(); taken; taken = input.shift()) offsets.push(taken.offset);
    expect(offsets).toEqual([0, 1, 2, 3]);
  });

  it('is caught up only when all that the log is known to hold has been taken', () => {
    const { input, arrive } = setUp({ end: 4 });
    expect(input.caughtUp).toBe(false);
    input.open();
    arrive(0, 2, 6);
    while (input.shift());
    expect(input.caughtUp).toBe(false);
    arrive(2, 6, 6);
    expect(input.caughtUp).toBe(false);
    while (input.shift());
    expect(input.caughtUp).toBe(true);
  });

  it('is caught up past a tail of transaction markers, and tells so', () => {
    const { input, arrive, news } = setUp({ end: 3 });
    input.open();
    arrive(0, 2, 3);
    while (input.shift());
    expect(input.caughtUp).toBe(false);
    const before = news();
    input.arriveEmpty({ first: 2, next: 3, highWatermark: 3 });
    expect([input.caughtUp, input.position, news() - before]).toEqual([true, 3, 1]);
  });

  it('believes a gap before an empty batch only after it has sent the consumer to its position itself', () => {
    const { input, calls, arrive } = setUp({ end: 9 });
    input.open();
    input.arriveEmpty({ first: 4, next: 9, highWatermark: 9 });
    expect(input.position).toBe(0);
    arrive(9, 10);
    expect(calls.at(-1)).toBe('seek 0');
    input.arriveEmpty({ first: 4, next: 9, highWatermark: 9 });
    expect(input.position).toBe(9);
  });

  it('does not wait for ever for what cannot be read', () => {
    const { input, tick } = setUp({ next: 2, end: 3 });
    input.open();
    input.fetched();
    input.fetched();
    expect(input.caughtUp).toBe(false);
    tick(300);
    expect(input.caughtUp).toBe(true);
  });

  it('holds back the consumer when full and lets it go on at half', () => {
    const { input, calls, arrive } = setUp();
    input.open();
    arrive(0, QUEUE_LIMIT.records);
    expect(calls.at(-1)).toBe('pause');
    for (let i = 0; i < QUEUE_LIMIT.records / 2 - 1; i += 1) input.shift();
    expect(calls.at(-1)).toBe('pause');
    input.shift();
    expect(calls.at(-1)).toBe('resume');
    expect(input.peek()?.offset).toBe(QUEUE_LIMIT.records / 2);
  });

  it('keeps what it has when the group is joined anew, and does not resume while full', () => {
    const { input, calls, arrive } = setUp();
    input.open();
    arrive(0, QUEUE_LIMIT.records);
    calls.length = 0;
    input.open();
    expect(calls).toEqual([`seek ${QUEUE_LIMIT.records}`]);
    expect(input.peek()?.offset).toBe(0);
  });
});
