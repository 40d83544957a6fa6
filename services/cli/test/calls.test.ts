import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { detent } from './detent.ts';

const dir = mkdtempSync(join(tmpdir(), 'detent-calls-'));
const none = join(dir, 'none');

describe('a wrong call', () => {
  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['actions', 'list', '--bogus'], "unknown option '--bogus'"],
    [['explain', 'order'], "missing required argument 'entityId'"],
    [['up', '--days', '-1'], 'must be a whole number'],
    [['actions', 'pause', 'picking'], "required option '--reason <text>' not specified"],
  ])('%j ends with 2', async (args, message) => {
    const { code, stderr } = await detent(args, { DETENT_DATA_DIR: none });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(none)).toBe(false);
  });

  it('is none where help is asked for', async () => {
    const { code, stdout } = await detent(['actions', '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('show [options] <actionId>')]);
  });
});

describe('where there are no data', () => {
  it.each([
    [['dlq', 'list']],
    [['actions', 'list']],
    [['changes', 'digest']],
    [['pin', 'order', 'o1', '--dimension', 'urgency', '--segment', 'late', '--until', '1h', '--reason', 'r']],
  ])('%j says so, and begins none', async (args) => {
    const { code, stderr } = await detent(args, { DETENT_DATA_DIR: none });
    expect(stderr).toContain(`there are no data in ${none}`);
    expect(code).toBe(2);
    expect(existsSync(none)).toBe(false);
  });

  it('doctor finds nothing amiss, and begins none', async () => {
    const { code, stdout } = await detent(['doctor'], { DETENT_DATA_DIR: none });
    expect([code, stdout]).toEqual([0, expect.stringContaining(`nothing in ${none} yet`)]);
    expect(existsSync(none)).toBe(false);
  });
});

describe('where something is known', () => {
  const environment = { DETENT_DATA_DIR: join(dir, 'some'), DETENT_HTTP_PORT: '0' };
  const pin = ['--dimension', 'urgency', '--segment', 'late', '--until', '1h', '--reason', 'r'];

  beforeAll(async () => {
    const { code, stderr } = await detent(['up', '--exit', '--scale', '0.1'], environment);
    if (code !== 0) throw new Error(stderr);
  }, 120_000);

  it('lists as many actions as are asked for as JSON too, and all where no number is given', async () => {
    interface Listed {
      services: { matching: number; open: { state: string; action: object }[] }[];
    }
    const listed = async (...args: string[]) =>
      (JSON.parse((await detent(['actions', 'list', '--json', ...args], environment)).stdout) as Listed).services;
    const [all, few] = [await listed(), await listed('--show', '1')];
    expect(all.some(({ matching }) => matching > 1)).toBe(true);
    expect(all.map(({ open }) => open.length)).toEqual(all.map(({ matching }) => matching));
    expect(few.map(({ open }) => open.length)).toEqual(all.map(({ matching }) => Math.min(1, matching)));
    expect(few.map(({ matching }) => matching)).toEqual(all.map(({ matching }) => matching));
    // They are kept by the published action alone; an empty list would say that there were none.
    for (const { action } of all.flatMap(({ open }) => open)) expect(action).not.toHaveProperty('alternatives');
  });

  it('refuses to pin what is not, and to put back what no dead letter is', async () => {
    const unknown = await detent(['pin', 'order', 'zzz', ...pin], environment);
    expect(unknown.stderr).toMatch(/nothing is known of order zzz.*--unseen/);
    expect(unknown.code).toBe(2);
    const unseen = await detent(['pin', 'order', 'zzz', ...pin, '--unseen'], environment);
    expect([unseen.code, unseen.stdout]).toEqual([0, expect.stringContaining('order zzz is pinned')]);

    const code = await detent(['dlq', 'redrive', '--code', 'NOPE', '--dry-run'], environment);
    expect(code.stderr).toMatch(/no dead letter has the code NOPE: there are [A-Z_]+/);
    const id = await detent(['dlq', 'redrive', '--id', 'abc', '--dry-run'], environment);
    expect(id.stderr).toContain('there is no dead letter abc');
    expect([code.code, id.code]).toEqual([2, 2]);
    const later = await detent(['dlq', 'redrive', '--from', '2100-01-01', '--dry-run'], environment);
    expect(later.code).toBe(0);
  });
});
