import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { openDatabase, StoreError, transaction } from './database.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'detent-'));

describe('the data file', () => {
  it('says what is wrong with a file that is no database', () => {
    const file = join(folder(), 'detent.sqlite');
    writeFileSync(file, 'not a database, but longer than a header would be'.repeat(40));
    expect(() => openDatabase(file)).toThrow(StoreError);
    expect(() => openDatabase(file)).toThrow(/cannot open .*detent\.sqlite.*DETENT_DATA_DIR/s);
  });

  it('says what is wrong with a folder in the place of the file', () => {
    const file = join(folder(), 'detent.sqlite');
    mkdirSync(file);
    expect(() => openDatabase(file)).toThrow('set DETENT_DATA_DIR');
  });

  it('refuses a file of a newer layout instead of guessing', () => {
    const file = join(folder(), 'detent.sqlite');
    const db = openDatabase(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openDatabase(file)).toThrow('it has layout 99, this version reads 1');
  });

  it('writes a transaction whole or not at all', () => {
    const db = openDatabase(join(folder(), 'detent.sqlite'));
    const insert = () => db.prepare("INSERT INTO schemas (body) VALUES ('x')").run();
    expect(() =>
      transaction(db, () => {
        insert();
        throw new Error('half-way');
      }),
    ).toThrow('half-way');
    expect(db.prepare('SELECT COUNT(*) AS n FROM schemas').get()).toEqual({ n: 0 });
    transaction(db, insert);
    expect(db.prepare('SELECT COUNT(*) AS n FROM schemas').get()).toEqual({ n: 1 });
  });

  it('reports a full disk as something to try again, with nothing kept', () => {
    const db = openDatabase(join(folder(), 'detent.sqlite'));
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    db.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const fill = () =>
      transaction(db, () => db.prepare('INSERT INTO schemas (body) VALUES (?)').run('x'.repeat(1_000_000)));
    expect(fill).toThrow(expect.objectContaining({ code: 'DETENT_STORE_WRITE', retriable: true }));
    expect(db.prepare('SELECT COUNT(*) AS n FROM schemas').get()).toEqual({ n: 0 });
  });

  it('reports a file that another process has locked', () => {
    const file = join(folder(), 'detent.sqlite');
    const db = openDatabase(file);
    db.exec('PRAGMA busy_timeout = 50');
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    expect(() => transaction(db, () => {})).toThrow(
      expect.objectContaining({ code: 'DETENT_STORE_WRITE', retriable: true }),
    );
    other.exec('ROLLBACK');
    expect(transaction(db, () => 7)).toBe(7);
  });
});
