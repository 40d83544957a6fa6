/**
 * Makes a fresh checkout runnable with nothing but Node and npm: installs the locked dependencies (Node 24 among them)
 * when they are absent or older than the lock. Plain JavaScript, for it runs under whatever Node the machine has.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.detent-setup');

/** The project's own Node 24, installed as a dev dependency. */
export const node24 = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Installs the dependencies when the lock file has changed since the last time. Throws with npm's own words. */
export function setUp() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(node24);
  if (done) return;
  console.error('detent: installing dependencies (first run, about half a minute) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    throw new Error(
      `npm ci ended with ${npm.status ?? npm.signal}: see its message above; is the npm registry reachable?`,
    );
  }
  if (!existsSync(node24))
    throw new Error(`npm ci did not install Node 24 (${node24} is missing): run "npm rebuild node".`);
  writeFileSync(stamp, lock);
}
