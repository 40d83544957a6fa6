import {
  type LogClient,
  type Processor,
  type RunningService,
  startService,
  type TaskHost,
  type TaskOptions,
} from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './embedded.ts';
import { createJsonCodec, ownCodec } from './json-codec.ts';
import { kept } from './kept.ts';
import { createRecordingMetrics, type RecordingMetrics, silentLogger } from './recording-metrics.ts';

/** A log and a host of tasks under a prefix of their own. */
export interface PressureFixture {
  log: LogClient;
  host: TaskHost;
  prefix: string;
  close(): Promise<void>;
}

const codec = createJsonCodec();
const RUSH = 100_000;
const TIMEOUT = 120_000;

/** Records of `source.v1`: each is said again, and asks for a timer where it names an instant. */
export function sayer(overrides: Partial<Processor> = {}): Processor {
  return {
    service: 'sayer',
    sources: ['source.v1'],
    outputs: ['said.v1'],
    partitioning: 'per-partition',
    accept: ({ value }) => (value as { at: number }).at,
    keysOf: ({ raw }) => [`k:${raw.key}`],
    encodeState: (_key, value) => Buffer.from(JSON.stringify(value)),
    decodeState: (_key, bytes) => JSON.parse(bytes.toString()),
    *process(batch, context) {
      for (const { raw, value, eventTime } of batch) {
        const { dueAt } = value as { dueAt?: number };
        context.states.put(`k:${raw.key}`, { at: eventTime }, dueAt ?? null);
        if (dueAt === undefined)
          context.emit({ topic: 'said.v1', name: 'Said', key: `${raw.key}`, value: {}, eventTime, partition: 'own' });
      }
    },
    *onDue(due, _until, context) {
      for (const { key, dueAt } of due) {
        context.states.put(key, context.states.get(key), null);
        context.emit({ topic: 'said.v1', name: 'Due', key, value: {}, eventTime: dueAt, partition: 'own' });
      }
    },
    ...overrides,
  };
}

/** Records for a `sayer`, appended in order. */
export function feed(
  { log, prefix }: PressureFixture,
  records: Iterable<{ key: string; at: number; dueAt?: number; text?: string }>,
): Promise<void> {
  return log.append(
    Array.from(records, ({ key, ...value }) => ({
      topic: `${prefix}source.v1`,
      partition: 0,
      key: Buffer.from(key),
      value: codec.encode('', 'E', value),
      timestamp: Date.now(),
    })),
  );
}

/** A service over the fixture's log. */
export function serve(
  make: () => Processor,
  { host, prefix }: PressureFixture,
  metrics: RecordingMetrics = createRecordingMetrics(),
  options: Partial<TaskOptions> = {},
): Promise<RunningService> {
  return startService(make, {
    host,
    codec: ownCodec(codec),
    metrics,
    logger: silentLogger,
    options: {
      prefix,
      partitions: 1,
      replay: false,
      clock: { now: () => Date.now() },
      maxBatch: 10_000,
      cacheStates: 1000,
      time: 'stream',
      graceMs: 0,
      orderWaitMs: 1000,
      maxDue: 1000,
      ...options,
    },
  });
}

/** How many records a topic of one partition holds, markers of transactions included. */
export async function endOf({ log, prefix }: PressureFixture, topic: string): Promise<number> {
  return (await log.offsets(prefix + topic)).get(0)?.end ?? 0;
}

/** What every profile must do when a great deal is due at once. */
export function pressureFeatures(name: string, make: () => Promise<PressureFixture>): void {
  describe(`under pressure: ${name}`, () => {
    let fixture: PressureFixture;
    let service: RunningService | undefined;

    beforeEach(async () => {
      fixture = await make();
      await fixture.log.ensureTopics(
        ['source.v1', 'said.v1', 'dlq.v1'].map((topic) => ({
          topic: fixture.prefix + topic,
          partitions: 1,
          config: kept,
        })),
      );
    });
    afterEach(async () => {
      await service?.stop();
      await fixture.close();
    });

    it(
      `lets live records through while ${RUSH} timers of the same instant fire`,
      async () => {
        let fired = 0;
        /** Timers that had fired when a live record was taken. */
        const taken = new Map<string, number>();
        service = await serve(() => {
          const plain = sayer();
          return {
            ...plain,
            *process(batch, context, final) {
              for (const { raw } of batch) taken.set(`${raw.key}`, fired);
              yield* plain.process(batch, context, final);
            },
            *onDue(due, until, context) {
              expect(due.length).toBeLessThanOrEqual(1000);
              fired += due.length;
              yield* plain.onDue(due, until, context);
            },
          };
        }, fixture);
        await feed(
          fixture,
          Array.from({ length: RUSH }, (_, i) => ({ key: `sleeper-${i}`, at: 1000, dueAt: 60_000 })),
        );
        await eventually(() => service!.idle() && taken.size === RUSH, TIMEOUT / 2);
        expect(fired).toBe(0);
        // Now everything is due at once.
        await feed(fixture, [{ key: 'clock', at: 60_001 }]);
        let worst = 0;
        let answered = 0;
        await eventually(() => fired > 0, TIMEOUT / 2);
        for (let i = 0; i < 10 && fired < RUSH; i += 1) {
          const before = fired;
          await feed(fixture, [{ key: `live-${i}`, at: 60_002 + i }]);
          await eventually(() => taken.has(`live-${i}`), TIMEOUT / 2);
          worst = Math.max(worst, taken.get(`live-${i}`)! - before);
          if (taken.get(`live-${i}`)! < RUSH) answered += 1;
        }
        // Some got in between, and none waited for more than a fraction of the rush.
        expect(answered).toBeGreaterThanOrEqual(3);
        expect(worst).toBeLessThan(RUSH / 3);
        await eventually(() => fired === RUSH && service!.idle(), TIMEOUT / 2);
        expect(await endOf(fixture, 'said.v1')).toBeGreaterThanOrEqual(RUSH + 1 + answered);
      },
      TIMEOUT,
    );
  });
}
