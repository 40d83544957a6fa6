import type { LogClient, LogRecord, OutRecord } from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kept } from './kept.ts';

/** A client on an empty log, for one test. */
export interface LogClientFixture {
  log: LogClient;
  /** Begins the names of topics, so that tests on one cluster do not meet. */
  prefix: string;
  close(): Promise<void>;
}

/** What every `LogClient` must do. */
export function logClientFeatures(name: string, make: () => Promise<LogClientFixture>): void {
  describe(`log client: ${name}`, () => {
    let fixture: LogClientFixture;
    let log: LogClient;
    let topic: string;

    beforeEach(async () => {
      fixture = await make();
      log = fixture.log;
      topic = `${fixture.prefix}things.v1`;
      await log.ensureTopics([{ topic, partitions: 2, config: kept }]);
    });
    afterEach(() => fixture.close());

    const record = (value: string, more: Partial<OutRecord> = {}): OutRecord => ({
      topic,
      partition: 0,
      key: Buffer.from('k'),
      value: Buffer.from(value),
      timestamp: 1_600_000_000_000,
      ...more,
    });

    async function contents(from?: ReadonlyMap<number, number>): Promise<LogRecord[]> {
      const found: LogRecord[] = [];
      for await (const page of log.read(topic, from)) found.push(...page);
      return found;
    }

    it('creates what is missing and leaves what is there', async () => {
      await log.append([record('kept')]);
      const another = `${fixture.prefix}another.v1`;
      await log.ensureTopics([
        { topic, partitions: 2, config: kept },
        { topic: another, partitions: 3, config: kept },
      ]);
      const topics = await log.topics();
      expect([topics.get(topic), topics.get(another)]).toEqual([2, 3]);
      expect(await contents()).toHaveLength(1);
    });

    it('appends to several partitions and topics together', async () => {
      const another = `${fixture.prefix}another.v1`;
      await log.ensureTopics([{ topic: another, partitions: 1, config: kept }]);
      for (const n of [1, 2]) {
        const records = [
          record(`a${n}`),
          record(`b${n}`, { partition: 1 }),
          record(`c${n}`, { topic: another, partition: 0 }),
        ];
        await log.appendTogether(records, 'together');
      }
      expect((await contents()).map(({ value, partition }) => [String(value), partition])).toEqual([
        ['a1', 0],
        ['a2', 0],
        ['b1', 1],
        ['b2', 1],
      ]);
      const nowhere = record('z', { topic: another, partition: 7 });
      await expect(log.appendTogether([record('y'), nowhere], 'together')).rejects.toThrow();
      expect((await contents()).map(({ value }) => String(value))).not.toContain('y');
    });

    it('refuses another number of partitions, and creates nothing then', async () => {
      const another = `${fixture.prefix}another.v1`;
      const wanted = log.ensureTopics([
        { topic: another, partitions: 1, config: kept },
        { topic, partitions: 4, config: kept },
      ]);
      await expect(wanted).rejects.toMatchObject({
        code: 'DETENT_LOG_PARTITIONS_CHANGED',
        message: expect.stringContaining(topic),
      });
      expect((await log.topics()).has(another)).toBe(false);
    });

    it('keeps the order of each partition over many appends, made at once', async () => {
      const batches = Array.from({ length: 20 }, (_, b) =>
        Array.from({ length: 50 }, (_, i) => record(String(b * 50 + i), { partition: i % 2 })),
      );
      await Promise.all(batches.map((batch) => log.append(batch)));
      const found = await contents();
      for (const partition of [0, 1]) {
        const values = found.filter((one) => one.partition === partition).map((one) => Number(one.value?.toString()));
        expect(values).toHaveLength(500);
        expect(values).toEqual([...values].sort((a, b) => a - b));
      }
    });

    it('gives back keys, values, headers and times as they were appended', async () => {
      await log.append([
        record('x', {
          key: null,
          value: null,
          headers: { a: 'text', b: Buffer.from([255]) },
          timestamp: 1_234_567_890_123,
        }),
      ]);
      const [one] = await contents();
      expect(one).toMatchObject({
        topic,
        partition: 0,
        offset: 0,
        timestamp: 1_234_567_890_123,
        key: null,
        value: null,
      });
      expect([one!.headers['a']?.toString(), one!.headers['b']?.[0]]).toEqual(['text', 255]);
    });

    it('reads from the offsets given to the end at the call', async () => {
      await log.append(Array.from({ length: 6 }, (_, i) => record(String(i), { partition: i % 2 })));
      const found = await contents(new Map([[0, 2]]));
      expect(found.map((one) => `${one.partition}:${one.offset}`)).toEqual(['0:2', '1:0', '1:1', '1:2']);
      expect(
        await contents(
          new Map([
            [0, 3],
            [1, 3],
          ]),
        ),
      ).toEqual([]);
      const one = await contents(
        new Map([
          [0, Number.MAX_SAFE_INTEGER],
          [1, 1],
        ]),
      );
      expect(one.map(({ partition, offset }) => `${partition}:${offset}`)).toEqual(['1:1', '1:2']);
      const offsets = await log.offsets(topic);
      expect([...offsets]).toEqual([
        [0, { start: 0, end: 3 }],
        [1, { start: 0, end: 3 }],
      ]);
    });

    it('places a record without a partition by its key: the same key, the same partition', async () => {
      const keys = Array.from({ length: 40 }, (_, i) => `key-${i % 20}`);
      await log.append(keys.map((key) => record(key, { partition: null, key: Buffer.from(key) })));
      const partitions = new Map<string, Set<number>>();
      for (const { key, partition } of await contents()) {
        const of = partitions.get(String(key)) ?? new Set();
        partitions.set(String(key), of.add(partition));
      }
      expect([...partitions.values()].every((of) => of.size === 1)).toBe(true);
      expect(new Set([...partitions.values()].flatMap((of) => [...of])).size).toBe(2);
    });

    it('refuses records for a topic that does not exist, naming it', async () => {
      const missing = `${fixture.prefix}missing.v1`;
      await expect(log.append([record('x', { topic: missing })])).rejects.toThrow(missing);
    });

    it('knows of no positions of a service that never committed', async () => {
      expect((await log.committed('nobody')).size).toBe(0);
    });
  });
}
