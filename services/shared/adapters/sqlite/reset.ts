import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';

/** Deletes topics, positions and states whose names begin with `prefix`; schemas stay. Returns the topics that went. */
export function resetPrefix(db: DatabaseSync, prefix: string): string[] {
  return transaction(db, () => {
    const begins = 'substr(topic, 1, length(?1)) = ?1';
    const topics = db.prepare(`SELECT DISTINCT topic FROM partitions WHERE ${begins} ORDER BY topic`).all(prefix) as {
      topic: string;
    }[];
    db.prepare(`DELETE FROM log WHERE tp IN (SELECT id FROM partitions WHERE ${begins})`).run(prefix);
    db.prepare(`DELETE FROM partitions WHERE ${begins}`).run(prefix);
    const ofService = 'substr(service, 1, length(?1)) = ?1';
    db.prepare(`DELETE FROM state WHERE owner IN (SELECT id FROM owners WHERE ${ofService})`).run(prefix);
    db.prepare(`DELETE FROM owners WHERE ${ofService}`).run(prefix);
    db.prepare(`DELETE FROM positions WHERE ${ofService}`).run(prefix);
    return topics.map(({ topic }) => topic);
  });
}
