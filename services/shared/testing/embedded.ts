import { createSqliteLogClient, createSqliteTaskHost, LogStore, openDatabase } from '@detent/adapters';
import {
  type LogClient,
  PackedItem,
  type Processor,
  type RecordCodec,
  type RunningService,
  type ServiceEnv,
  startService,
  type TaskHost,
} from '@detent/pipeline';
import { packedBy } from '@detent/schemas';
import { createJsonCodec, ownCodec } from './json-codec.ts';
import { createRecordingMetrics, type RecordingMetrics, silentLogger } from './recording-metrics.ts';

/** A whole embedded world in one file or in memory, with a clock that only the test moves. */
export interface EmbeddedWorld {
  store: LogStore;
  client: LogClient;
  host: TaskHost;
  codec: RecordCodec;
  metrics: RecordingMetrics;
  clock: { now(): number; set(ms: number): void };
  /** Starts a service over this world's log. */
  start(make: () => Processor, options?: Partial<ServiceEnv['options']>): Promise<RunningService>;
  /** Appends JSON records: topic, key, record name, value. */
  produce(...records: [topic: string, key: string, name: string, value: unknown][]): Promise<void>;
  /** Everything in a topic, decoded, packs item by item; tombstones as null. */
  all(
    topic: string,
  ): Promise<
    { key: string; name: string | null; value: unknown; partition: number; headers: Record<string, string> }[]
  >;
}

/** Topics are created with `partitions` each. `file` default: in memory. */
export async function createEmbeddedWorld(
  topics: readonly string[],
  partitions = 1,
  file = ':memory:',
  codec = createJsonCodec(),
): Promise<EmbeddedWorld> {
  const store = new LogStore(openDatabase(file));
  const client = createSqliteLogClient(store);
  const host = createSqliteTaskHost(store, '', silentLogger);
  const metrics = createRecordingMetrics();
  let now = 1_000_000;
  const clock = {
    now: () => now,
    set(ms: number) {
      now = ms;
    },
  };
  await client.ensureTopics([...topics, 'dlq.v1'].map((topic) => ({ topic, partitions, config: {} })));
  return {
    store,
    client,
    host,
    codec,
    metrics,
    clock,
    start: (make, options = {}) =>
      startService(make, {
        host,
        codec: ownCodec(codec),
        metrics,
        logger: silentLogger,
        options: {
          prefix: '',
          partitions,
          replay: false,
          clock,
          maxBatch: 100,
          cacheStates: 1000,
          time: 'stream',
          graceMs: 0,
          orderWaitMs: 1000,
          maxDue: 100,
          ...options,
        },
      }),
    produce: (...records) =>
      client.append(
        records.map(([topic, key, name, value]) => ({
          topic,
          partition: null,
          key: Buffer.from(key),
          value: codec.encode(topic, name, value),
          timestamp: now,
        })),
      ),
    async all(topic) {
      const found = [];
      for await (const page of client.read(topic)) {
        for (const record of page) {
          const decoded = record.value === null ? null : codec.decode(record.value);
          const { name, value } = decoded?.ok ? decoded.record : { name: null, value: null };
          const headers = Object.fromEntries(Object.entries(record.headers).map(([each, bytes]) => [each, `${bytes}`]));
          const at = { partition: record.partition, headers };
          const packed = packedBy(name ?? '');
          if (packed === undefined)
            found.push({ key: record.key?.toString() ?? '', name, value: value ?? null, ...at });
          else {
            for (const item of (value as { items: unknown[] }).items) {
              const { key } = new PackedItem(record, packed, item, codec);
              found.push({ key: key.toString(), name: packed.name, value: item, ...at });
            }
          }
        }
      }
      return found;
    },
  };
}

/** Resolves when the condition holds; fails after `ms`. */
export async function eventually(condition: () => boolean | Promise<boolean>, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not reached within ${ms} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
