#!/usr/bin/env node
/** The `detent` command: hands over to the project's own Node 24 where the machine's is older. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
// Node warns of what libraries do with timers and of features still called experimental: nothing a user could act on.
process.removeAllListeners('warning');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main);
} else {
  const node24 = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(node24)) {
    console.error('detent needs Node 24: run "npm install" in the project, which brings its own.');
    process.exit(1);
  }
  const run = spawnSync(node24, ['--no-warnings', main, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(run.status ?? 1);
}
