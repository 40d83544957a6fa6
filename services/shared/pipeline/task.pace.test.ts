import { createJsonCodec, createRecordingMetrics, silentLogger } from '@detent/testing';
import { expect, it } from '@jest/globals';
import type { LogRecord, Processor, TaskInput, TaskSession } from './index.ts';
import { MAX_APART_MS, Pace } from './pace.ts';
import { Task } from './task.ts';

const codec = createJsonCodec();

function inputOf(topic: string, times: readonly number[]): TaskInput {
  const queue = times.map((at, offset): LogRecord => {
    const value = codec.encode(topic, 'E', { at });
    return { topic, partition: 0, offset, timestamp: 0, key: Buffer.from('k'), value, headers: {} };
  });
  let next = 0;
  return {
    topic,
    partition: 0,
    peek: () => queue[next],
    shift: () => queue[next++],
    get caughtUp() {
      return next === queue.length;
    },
    get position() {
      return next;
    },
    end: queue.length,
  };
}

it('a task stands where it is in its sources, however old what other tasks of the service told it', async () => {
  await codec.prepare(['in', 'told']);
  const pace = new Pace();
  const stopping = new AbortController();
  const stood: number[] = [];
  const session: TaskSession = {
    task: 0,
    inputs: [inputOf('in', [5000, 6000]), inputOf('told', [100])],
    signal: stopping.signal,
    async wait() {
      stopping.abort();
    },
    load: async (keys) => keys.map(() => null),
    due: async () => [],
    async *scan() {},
    async commit() {
      stood.push(pace.limit(1).end - MAX_APART_MS);
    },
  };
  const processor: Processor = {
    service: 'fused',
    sources: ['in', 'told'],
    outputs: [],
    unawaited: ['told'],
    partitioning: 'per-partition',
    feeds: true,
    accept: ({ value }) => (value as { at: number }).at,
    keysOf: () => [],
    encodeState: () => Buffer.alloc(0),
    decodeState: () => undefined,
    *process() {},
    *onDue() {},
  };
  const task = new Task(processor, session, {
    prefix: '',
    partitions: 2,
    replay: false,
    codec,
    metrics: createRecordingMetrics(),
    clock: { now: () => 1_000_000 },
    logger: silentLogger,
    maxBatch: 100,
    cacheStates: 100,
    time: 'stream',
    graceMs: 0,
    orderWaitMs: 1000,
    maxDue: 100,
    pace,
  });
  await task.run();
  expect(stood).toEqual([5000]);
});
