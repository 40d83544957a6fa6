import { type CopiedState, hashOf, type WorkingCopy } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';
import type { LogStore } from './log-store.ts';

/** The table of states, read in one snapshot with the end of the journal. `prefix` as services keep their states under. */
export function createSqliteCopy(store: LogStore, prefix: string): WorkingCopy {
  const { db } = store;
  return {
    async read(service, task) {
      db.exec('BEGIN');
      try {
        const end = store.end(prefix + stateTopic(service), task);
        const states = new Map<string, CopiedState>();
        const rows = db
          .prepare('SELECT key, value, due FROM state JOIN owners ON owner = owners.id WHERE service = ? AND task = ?')
          .iterate(prefix + service, task) as Iterable<{ key: string; value: Uint8Array; due: number | null }>;
        for (const { key, value, due } of rows) states.set(key, { hash: hashOf(value), dueAt: due });
        return { from: end, until: end, states, strayDue: [] };
      } finally {
        db.exec('COMMIT');
      }
    },
    async load(service, task, keys) {
      const select = db.prepare(
        'SELECT value FROM state JOIN owners ON owner = owners.id WHERE service = ? AND task = ? AND key = ?',
      );
      return keys.map((key) => {
        const row = select.get(prefix + service, task, key) as { value: Uint8Array } | undefined;
        return row === undefined ? null : Buffer.from(row.value);
      });
    },
    async sample(service, task, begin, limit) {
      const rows = db
        .prepare(
          'SELECT key FROM state JOIN owners ON owner = owners.id WHERE service = ? AND task = ? AND key >= ? AND key < ? LIMIT ?',
        )
        .all(prefix + service, task, begin, `${begin}\uffff`, limit) as { key: string }[];
      return rows.map(({ key }) => key);
    },
    async close() {},
  };
}
