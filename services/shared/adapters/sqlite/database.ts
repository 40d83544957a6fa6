import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA_VERSION = 1;
const TABLES = `
  CREATE TABLE partitions (id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL DEFAULT 0, UNIQUE (topic, partition));
  CREATE TABLE log (tp INTEGER NOT NULL, offset INTEGER NOT NULL, timestamp INTEGER NOT NULL, key BLOB, value BLOB, headers BLOB, PRIMARY KEY (tp, offset)) WITHOUT ROWID;
  CREATE TABLE positions (service TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (service, topic, partition)) WITHOUT ROWID;
  CREATE TABLE owners (id INTEGER PRIMARY KEY, service TEXT NOT NULL, task INTEGER NOT NULL, epoch INTEGER NOT NULL, UNIQUE (service, task));
  CREATE TABLE state (owner INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, due INTEGER, PRIMARY KEY (owner, key)) WITHOUT ROWID;
  CREATE INDEX state_due ON state (owner, due) WHERE due IS NOT NULL;
  CREATE TABLE schemas (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE);
  CREATE TABLE subjects (subject TEXT NOT NULL, version INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (subject, version));
`;

/** Thrown when the data file cannot be used. `message` names the file, the cause and the way out. */
export class StoreError extends Error {
  readonly code: 'DETENT_STORE_OPEN' | 'DETENT_STORE_WRITE' | 'DETENT_STORE_IN_USE';
  readonly retriable: boolean;
  constructor(code: StoreError['code'], message: string, retriable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
    this.retriable = retriable;
  }
}

/**
 * Opens the one file that holds log, states, positions and schemas of the embedded profile, and creates it when new.
 * Every commit survives the end of the process; the operating system's crash may take back the last commits, whole.
 * `file` may be `:memory:`. Throws `StoreError` when it cannot be opened or was written by a newer version.
 */
export function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const db = new DatabaseSync(file);
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000',
    );
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version === 0) transaction(db, () => db.exec(`${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}`));
    else if (version !== SCHEMA_VERSION) {
      throw new Error(
        `it has layout ${version}, this version reads ${SCHEMA_VERSION}: use the version that wrote it, or another DETENT_DATA_DIR`,
      );
    }
    return db;
  } catch (error) {
    const message = `cannot open ${file}: ${(error as Error).message}. Check that the folder is writable and the disk not full, or set DETENT_DATA_DIR`;
    throw new StoreError('DETENT_STORE_OPEN', message, false, { cause: error });
  }
}

/** Runs `work` in one transaction that is written whole or not at all. Throws `StoreError` (retriable) when the disk refuses. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    throw new StoreError(
      'DETENT_STORE_WRITE',
      `the data file is locked: ${(error as Error).message}. Is another process writing to it?`,
      true,
      { cause: error },
    );
  }
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    if (isSqliteError(error)) {
      throw new StoreError(
        'DETENT_STORE_WRITE',
        `the data file was not written: ${error.message}. Nothing of the batch is kept; it will be tried again`,
        true,
        { cause: error },
      );
    }
    throw error;
  }
}

function isSqliteError(error: unknown): error is Error {
  return (error as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR';
}
