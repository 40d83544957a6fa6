import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { root } from '../stack/root.ts';
import { missingParts } from '../stack/stack.ts';
import type { RunReport } from './scenario.ts';

/** What `npm run chaos -- --json` says in its last line. */
export interface ChaosResult {
  ok: boolean;
  missing: number;
  doubled: number;
  differing: number;
  broken: { fault: string; error: string }[];
  runs: RunReport[];
}

/** Skips where the parts cannot be started, and says why. */
export const withParts = (title: string, body: () => void): void => {
  const why = [...missingParts().values()];
  if (why.length === 0) describe(title, body);
  else describe.skip(`${title} (skipped: ${why.join(' ')})`, body);
};

/** Runs these faults once, as a person would, and returns the result with what was said on the way. */
export async function runChaos(only: readonly string[], seed: number): Promise<ChaosResult & { told: string }> {
  const args = [join(root, 'scripts/chaos/main.ts'), '--only', only.join(','), '--seed', String(seed), '--json'];
  const environment = Object.entries(process.env).filter(([name]) => !/^DETENT_(?!CACHE_DIR)/.test(name));
  const child = spawn(process.execPath, ['--no-warnings', ...args], {
    cwd: root,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, told] = ['', ''];
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    told += bytes;
  });
  await new Promise((resolve) => child.once('close', resolve));
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`npm run chaos gave no result:\n${told}`);
  return { ...(JSON.parse(last) as ChaosResult), told };
}
