import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { allServices, serviceByName } from '../composition.ts';
import { detent } from '../test/detent.ts';
import { type VerifyReport, verify } from './verify.ts';

const TIMEOUT = 120_000;
let whole: string;

/** Verifies a copy of the simulated day after `tamper` had its way with the file. */
async function after(
  tamper: (db: DatabaseSync) => void,
  services: string[] = [],
  settings: Record<string, string> = {},
): Promise<VerifyReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-verify-'));
  cpSync(whole, dir, { recursive: true });
  const db = new DatabaseSync(join(dir, 'detent.sqlite'));
  tamper(db);
  db.close();
  const config = readConfig({ environment: { DETENT_DATA_DIR: dir, ...settings } });
  const runtime = await openRuntime(config, { logger: createLogger('silent'), write: false });
  try {
    return await verify(
      runtime,
      services.length > 0 ? services.map((name) => serviceByName(name, config)) : allServices(config),
    );
  } finally {
    await runtime.close();
  }
}

const PARTITION = 'SELECT id FROM partitions WHERE topic = ?';
/** Batches of timers: two others that follow each other come to the same as one, so that nobody would notice. */
const TIMERS = `instr(CAST(headers AS TEXT), '"due"') > 0`;
/** A change that one of the same dimension comes after: an order has five dimensions, and ends in each. */
const FOLLOWED =
  '(SELECT COUNT(*) FROM log AS b WHERE b.tp = log.tp AND b.key = log.key AND b.offset > log.offset) >= 5';
/** Offset of the record in the middle of a topic, among those that fulfil a condition. */
function middle(db: DatabaseSync, topic: string, condition = 'TRUE'): { tp: number; offset: number } {
  const { id } = db.prepare(PARTITION).get(topic) as { id: number };
  const { n } = db.prepare(`SELECT COUNT(*) AS n FROM log WHERE tp = ? AND ${condition}`).get(id) as { n: number };
  expect(n).toBeGreaterThan(2);
  return db
    .prepare(`SELECT tp, offset FROM log WHERE tp = ? AND ${condition} ORDER BY offset LIMIT 1 OFFSET ?`)
    .get(id, Math.floor(n / 2)) as { tp: number; offset: number };
}
function remove(db: DatabaseSync, topic: string, condition?: string): number {
  const { tp, offset } = middle(db, topic, condition);
  db.prepare('DELETE FROM log WHERE tp = ? AND offset = ?').run(tp, offset);
  return offset;
}
function double(db: DatabaseSync, topic: string): number {
  const { tp, offset } = middle(db, topic);
  const { next } = db.prepare('SELECT next FROM partitions WHERE id = ?').get(tp) as { next: number };
  db.prepare('INSERT INTO log SELECT tp, ?, timestamp, key, value, headers FROM log WHERE tp = ? AND offset = ?').run(
    next,
    tp,
    offset,
  );
  db.prepare('UPDATE partitions SET next = ? WHERE id = ?').run(next + 1, tp);
  return next;
}
/** Another last byte, in a record that is the newest of its key or not. */
function spoil(db: DatabaseSync, topic: string, newest = true): number {
  const later = 'EXISTS (SELECT 1 FROM log AS b WHERE b.tp = log.tp AND b.key = log.key AND b.offset > log.offset)';
  const { tp, offset } = middle(db, topic, `value IS NOT NULL AND ${newest ? 'NOT' : ''} ${later}`);
  const { value } = db.prepare('SELECT value FROM log WHERE tp = ? AND offset = ?').get(tp, offset) as {
    value: Uint8Array;
  };
  value[value.length - 1]! ^= 2;
  db.prepare('UPDATE log SET value = ? WHERE tp = ? AND offset = ?').run(value, tp, offset);
  return offset;
}

describe('detent state verify on the embedded profile', () => {
  beforeAll(async () => {
    whole = mkdtempSync(join(tmpdir(), 'detent-verify-'));
    const { code, stderr } = await detent(['up', '--exit', '--scale', '0.1'], { DETENT_DATA_DIR: whole });
    if (code !== 0) throw new Error(stderr);
  }, TIMEOUT);

  it(
    'finds an untouched day as it must be, every service of it',
    async () => {
      const report = await after(() => {});
      expect(report).toMatchObject({ ok: true, complete: true, missing: 0, doubled: 0, findings: [] });
      for (const name of ['ingest', 'segmenter', 'picking', 'routing']) {
        const { tasks, batches, inputs, expected, seen } = report.services[name]!;
        expect(tasks).toBe(1);
        expect(batches).toBeGreaterThan(10);
        expect(inputs).toBeGreaterThan(100);
        expect(expected).toBeGreaterThan(50);
        expect(seen).toBe(expected);
      }
    },
    TIMEOUT,
  );

  it('finds a change that is gone, and the gap in its sequence or the membership that it leaves', async () => {
    const { ok, missing, doubled, services, findings } = await after(
      (db) => remove(db, 'detent.segments.order.v1', FOLLOWED),
      ['segmenter'],
    );
    expect({ ok, missing, doubled }).toEqual({ ok: false, missing: 1, doubled: 0 });
    const { sequenceGaps, membershipMismatches } = services['segmenter']!;
    expect(sequenceGaps + membershipMismatches).toBeGreaterThan(0);
    expect(findings.find(({ kind }) => kind === 'missing')).toMatchObject({
      topic: 'detent.segments.order.v1',
      partition: 0,
      what: expect.stringContaining('SegmentChanged is not there'),
    });
  });

  it('finds a change that is there twice, and says which', async () => {
    let offset = -1;
    const { missing, doubled, services, findings } = await after(
      (db) => {
        offset = double(db, 'detent.segments.order.v1');
      },
      ['segmenter'],
    );
    expect({ missing, doubled }).toEqual({ missing: 0, doubled: 1 });
    expect(services['segmenter']?.sequenceGaps).toBeGreaterThan(0);
    expect(findings.find(({ kind }) => kind === 'doubled')).toMatchObject({ offset });
  });

  it.each(['detent.segments.order.v1', 'detent.actions.picking.v1'])(
    'finds other bytes in %s: what was expected is missing, what is there unexplained',
    async (topic) => {
      const service = topic.includes('segments') ? 'segmenter' : 'picking';
      expect(await after((db) => spoil(db, topic), [service])).toMatchObject({ ok: false, missing: 1, doubled: 1 });
    },
  );

  it('counts the items of a pack that is gone, and dead letters', async () => {
    const pack = await after((db) => remove(db, 'detent.observations.v1'), ['ingest']);
    expect(pack.missing).toBeGreaterThan(1);
    expect(await after((db) => remove(db, 'detent.dlq.v1'), ['ingest'])).toMatchObject({ missing: 1, doubled: 0 });
    expect(await after((db) => double(db, 'detent.dlq.v1'), ['ingest'])).toMatchObject({ missing: 0, doubled: 1 });
  });

  it('finds an action that is gone or doubled', async () => {
    expect(await after((db) => remove(db, 'detent.actions.routing.v1'), ['routing'])).toMatchObject({ missing: 1 });
    expect(await after((db) => double(db, 'detent.actions.routing.v1'), ['routing'])).toMatchObject({ doubled: 1 });
  });

  it('finds a membership that is not the fold of the changes', async () => {
    const newest = await after((db) => spoil(db, 'detent.memberships.sku.v1'), ['segmenter']);
    expect(newest).toMatchObject({ missing: 1, doubled: 1 });
    expect(newest.services['segmenter']?.membershipMismatches).toBeGreaterThan(0);
    // One that compaction would have taken anyway is not missed; that it is another one is told all the same.
    const older = await after((db) => spoil(db, 'detent.memberships.order.v1', false), ['segmenter']);
    expect(older).toMatchObject({ missing: 0, doubled: 1 });
    expect(older.services['segmenter']?.membershipMismatches).toBe(0);
  });

  it('finds a state with other bytes, one that is gone and one with another due time', async () => {
    const state = (db: DatabaseSync, sql: string) =>
      db.exec(
        `${sql} WHERE (owner, key) = (SELECT owner, key FROM state JOIN owners ON owners.id = owner WHERE service = 'detent.segmenter' AND due IS NOT NULL LIMIT 1)`,
      );
    for (const sql of ["UPDATE state SET value = X'00'", 'DELETE FROM state', 'UPDATE state SET due = due + 1']) {
      const { services, findings } = await after((db) => state(db, sql), ['segmenter']);
      expect(services['segmenter']?.stateMismatches).toBe(1);
      expect(findings[0]?.key).toBeDefined();
    }
  });

  it('finds positions that no batch accounts for', async () => {
    const { services } = await after(
      (db) => db.exec("UPDATE positions SET next = next - 1 WHERE service = 'detent.segmenter' AND next > 0"),
      ['segmenter'],
    );
    expect(services['segmenter']?.positionMismatches).toBeGreaterThan(0);
  });

  it('notices that a batch is gone from the journal', async () => {
    const { ok, services } = await after((db) => remove(db, 'detent.state.segmenter.v1', TIMERS), ['segmenter']);
    expect(ok).toBe(false);
    expect(services['segmenter']?.doubled).toBeGreaterThan(0);
  });

  it('says what it cannot repeat, and checks the rest', async () => {
    const other = await after((db) => double(db, 'detent.segments.order.v1'), ['segmenter'], {
      DETENT_MODEL: 'starter-damage',
    });
    const { skipped, batches } = other.services['segmenter']!;
    expect(batches).toBe(0);
    expect(skipped.join()).toContain('decided on "fulfilment@');
    expect(other.complete).toBe(false);
  });
});
