/** `with-setup.mjs [--script FILE] ARGS…`: sets up, then runs FILE (default: the detent command) under Node 24. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node24, root, setUp } from './setup.mjs';

try {
  setUp();
} catch (error) {
  console.error(`detent: set-up failed: ${error.message}`);
  process.exit(1);
}
const args = process.argv.slice(2);
const script = args[0] === '--script' ? args.splice(0, 2)[1] : 'services/cli/main.ts';
const child = spawn(node24, ['--no-warnings', join(root, script), ...args], { stdio: 'inherit', cwd: root });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
