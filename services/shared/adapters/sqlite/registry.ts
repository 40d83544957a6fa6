import type { DatabaseSync } from 'node:sqlite';
import type { SchemaRegistry } from '@detent/pipeline';
import { transaction } from './database.ts';

/** Thrown when a schema could not read what its predecessor under the same subject wrote. */
export class SchemaIncompatibleError extends Error {
  readonly code = 'DETENT_SCHEMA_INCOMPATIBLE';
  readonly retriable = false;
}

/** Says why a new schema cannot read data of the old one, or undefined when it can. */
export type CompatibilityCheck = (reader: object, writer: object) => string | undefined;

/** A schema registry in the data file, with the rules of a Confluent-compatible one: global ids, backward compatibility per subject. */
export function createSqliteRegistry(db: DatabaseSync, incompatibility: CompatibilityCheck): SchemaRegistry {
  const byBody = db.prepare('SELECT id FROM schemas WHERE body = ?');
  const byId = db.prepare('SELECT body FROM schemas WHERE id = ?');
  const latest = db.prepare(
    'SELECT s.version, s.id, b.body FROM subjects s JOIN schemas b ON b.id = s.id WHERE s.subject = ? ORDER BY s.version DESC LIMIT 1',
  );
  const known = db.prepare('SELECT 1 FROM subjects WHERE subject = ? AND id = ?');
  return {
    async register(subject, schema) {
      const body = JSON.stringify(schema);
      return transaction(db, () => {
        const last = latest.get(subject) as { version: number; id: number; body: string } | undefined;
        const existing = byBody.get(body) as { id: number } | undefined;
        if (existing && known.get(subject, existing.id)) return existing.id;
        const reason = last && incompatibility(schema, JSON.parse(last.body) as object);
        if (reason) {
          throw new SchemaIncompatibleError(
            `schema for ${subject} cannot read what version ${last.version} wrote: ${reason}. Add fields with defaults; do not rename, retype or drop required ones`,
          );
        }
        const id =
          existing?.id ?? Number(db.prepare('INSERT INTO schemas (body) VALUES (?)').run(body).lastInsertRowid);
        db.prepare('INSERT INTO subjects (subject, version, id) VALUES (?, ?, ?)').run(
          subject,
          (last?.version ?? 0) + 1,
          id,
        );
        return id;
      });
    },
    async byId(id) {
      const row = byId.get(id) as { body: string } | undefined;
      return row && (JSON.parse(row.body) as object);
    },
    async subjects() {
      return (db.prepare('SELECT DISTINCT subject FROM subjects ORDER BY subject').all() as { subject: string }[]).map(
        (row) => row.subject,
      );
    },
  };
}
