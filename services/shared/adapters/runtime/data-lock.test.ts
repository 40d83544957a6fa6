import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lockDataDir } from './data-lock.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'detent-'));

describe('the lock of a data directory', () => {
  it('names the process that has it', () => {
    const dir = folder();
    writeFileSync(join(dir, 'detent.pid'), String(process.ppid));
    expect(() => lockDataDir(dir)).toThrow(
      `${dir} is used by process ${process.ppid}: stop it, or set DETENT_DATA_DIR`,
    );
  });

  it('is taken over from a process that is gone, and given back', () => {
    const dir = folder();
    const gone = spawnSync(process.execPath, ['-e', '0']).pid;
    writeFileSync(join(dir, 'detent.pid'), String(gone));
    const unlock = lockDataDir(dir);
    unlock();
    expect(() => lockDataDir(dir)()).not.toThrow();
  });
});
