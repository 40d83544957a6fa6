import { describe, expect, it } from '@jest/globals';
import { InputCursor } from './input-cursor.ts';
import { takeInOrder } from './merge.ts';
import type { LogRecord, RecordCodec, TaskInput } from './ports/index.ts';
import type { InputRecord, Processor } from './processor.ts';

const codec = {
  decode: (value: Buffer) => ({ ok: true, record: { name: 'E', value: Number(value.toString()) } }),
} as unknown as RecordCodec;
const processor = { unawaited: ['told'], accept: ({ value }) => value as number } as Pick<
  Processor,
  'unawaited' | 'accept'
> as Processor;

function cursor(topic: string, times: readonly number[], caughtUp = true): InputCursor {
  const queue = times.map(
    (t, offset): LogRecord => ({
      topic,
      partition: 0,
      offset,
      timestamp: 0,
      key: null,
      value: Buffer.from(String(t)),
      headers: {},
    }),
  );
  let at = 0;
  const input: TaskInput = {
    topic,
    partition: 0,
    peek: () => queue[at],
    shift: () => queue[at++],
    caughtUp,
    get position() {
      return at;
    },
    end: queue.length,
  };
  return new InputCursor(input, topic, codec, processor, []);
}

const times = (batch: readonly InputRecord[]) => batch.map(({ topic, eventTime }) => `${topic} ${eventTime}`);

describe('records across inputs', () => {
  it('are taken by event time, up to the end of the limit', () => {
    const batch: InputRecord[] = [];
    const cursors = [cursor('a', [1, 4, 9]), cursor('b', [2, 3])];
    expect(takeInOrder(cursors, batch, 100, false, { begin: 5, end: 8 })).toEqual({ ahead: 9 });
    expect(times(batch)).toEqual(['a 1', 'b 2', 'b 3', 'a 4']);
  });

  it('wait for an input that is behind, but not for one that others do not wait for', () => {
    expect(takeInOrder([cursor('a', [1]), cursor('b', [], false)], [], 100, false)).toBe('waiting');
    expect(takeInOrder([cursor('a', [1]), cursor('told', [], false)], [], 100, false)).toBe('drained');
  });

  it('do not begin a batch with what tasks tell each other while the sources must wait', () => {
    const batch: InputRecord[] = [];
    const limit = { begin: 5, end: 8 };
    expect(takeInOrder([cursor('a', [6]), cursor('told', [1, 2])], batch, 100, false, limit)).toEqual({ ahead: 6 });
    expect(batch).toEqual([]);
    // Without anything in the sources, it is taken as it comes.
    expect(takeInOrder([cursor('a', []), cursor('told', [1, 6])], batch, 100, false, limit)).toBe('drained');
    expect(times(batch)).toEqual(['told 1', 'told 6']);
  });
});
