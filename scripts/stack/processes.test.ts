import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { launch } from './launch.ts';
import { isAlive, type Started, self, startProcess, stopProcess } from './processes.ts';
import { startStack, stopStack } from './stack.ts';
import { readStack, writeStack } from './state.ts';

const dir = mkdtempSync(join(tmpdir(), 'detent-stack-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const idle = 'setInterval(() => {}, 1000)';
const start = (script = idle): Promise<Started> =>
  startProcess(process.execPath, ['-e', script], { log: join(dir, 'idle.log'), cwd: dir });

describe('processes of the stack', () => {
  it('are stopped, and only they: a stranger that now has the pid is left alone', async () => {
    const started = await start();
    expect(isAlive(started)).toBe(true);
    await stopProcess({ ...started, born: 'another time' });
    expect(isAlive(started)).toBe(true);
    await stopProcess(started);
    expect(isAlive(started)).toBe(false);
  });

  it('are ended when they do not listen to the request', async () => {
    const stubborn = await start(`process.on('SIGTERM', () => {}); console.log('deaf'); ${idle}`);
    while (!readFileSync(stubborn.log, 'utf8').includes('deaf')) await new Promise((done) => setTimeout(done, 20));
    await stopProcess(stubborn, 200);
    expect(isAlive(stubborn)).toBe(false);
  });

  it('that die before they are ready are reported with the end of their log', async () => {
    const plan = {
      name: 'frail',
      command: process.execPath,
      args: ['-e', 'console.error("no such disk"); process.exit(3)'],
      cwd: dir,
      address: 'nowhere',
      ready: async () => false,
    };
    await expect(launch(plan, dir, () => undefined)).rejects.toMatchObject({
      code: 'DETENT_STACK_NOT_READY',
      message: expect.stringMatching(/frail[\s\S]*ended[\s\S]*no such disk/),
    });
  });

  it('are found again by stack.json, stopped by it, and protected from a second start', async () => {
    const started = await start();
    writeStack(dir, { addresses: { redis: 'redis://x' }, pids: { redis: started }, owner: self() });
    await expect(startStack({ dir, ports: 'free', parts: [] })).rejects.toMatchObject({ code: 'DETENT_STACK_RUNNING' });
    expect(isAlive(started)).toBe(true);
    expect(await stopStack(dir)).toEqual(['redis']);
    expect(isAlive(started)).toBe(false);
    expect(readStack(dir)).toBeUndefined();
    expect(await stopStack(dir)).toEqual([]);
  });
});
