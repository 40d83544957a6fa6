import type { LogClient, LogRecord, OutRecord, TopicSpec } from '@detent/pipeline';
import { transaction } from './database.ts';
import type { LogStore } from './log-store.ts';

const PAGE = 2000;

/** Thrown when a topic exists with another number of partitions than the configuration asks for. */
export class PartitionsChangedError extends Error {
  readonly code = 'DETENT_LOG_PARTITIONS_CHANGED';
  readonly retriable = false;
  constructor(topic: string, has: number, wanted: number) {
    super(
      `topic ${topic} has ${has} partitions, but ${wanted} are configured. Keys would move between tasks and states be lost: ` +
        `set DETENT_PARTITIONS=${has}, or start on an empty data directory`,
    );
    this.name = 'PartitionsChangedError';
  }
}

/** `LogClient` over the embedded log. `prefix` begins the names under which services keep their positions. */
export function createSqliteLogClient(store: LogStore, prefix = ''): LogClient {
  const { db } = store;
  return {
    async ensureTopics(specs: readonly TopicSpec[]) {
      const existing = store.topics();
      for (const { topic, partitions } of specs) {
        const has = existing.get(topic);
        if (has !== undefined && has !== partitions) throw new PartitionsChangedError(topic, has, partitions);
      }
      const missing = specs.filter(({ topic }) => !existing.has(topic));
      if (missing.length > 0)
        transaction(db, () => {
          for (const { topic, partitions } of missing) store.create(topic, partitions);
        });
    },
    topics: async () => store.topics(),
    async append(records: readonly OutRecord[]) {
      transaction(db, () => store.append(records));
      store.committed();
    },
    async appendTogether(records: readonly OutRecord[]) {
      transaction(db, () => store.append(records));
      store.committed();
    },
    async *read(topic: string, from?: ReadonlyMap<number, number>): AsyncIterable<LogRecord[]> {
      const ends = Array.from({ length: store.count(topic) }, (_, partition) => store.end(topic, partition));
      for (const [partition, end] of ends.entries()) {
        let offset = from?.get(partition) ?? 0;
        while (offset < end) {
          const page = store.read(topic, partition, offset, Math.min(PAGE, end - offset));
          if (page.length === 0) break;
          yield page;
          offset = page[page.length - 1]!.offset + 1;
        }
      }
    },
    async offsets(topic: string) {
      return new Map(
        Array.from({ length: store.count(topic) }, (_, partition) => [
          partition,
          { start: 0, end: store.end(topic, partition) },
        ]),
      );
    },
    async committed(service: string) {
      const rows = db
        .prepare('SELECT topic, partition, next FROM positions WHERE service = ?')
        .all(prefix + service) as {
        topic: string;
        partition: number;
        next: number;
      }[];
      const result = new Map<string, Map<number, number>>();
      for (const { topic, partition, next } of rows) {
        const partitions = result.get(topic) ?? new Map<number, number>();
        result.set(topic, partitions.set(partition, next));
      }
      return result;
    },
    async close() {},
  };
}
