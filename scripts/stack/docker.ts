import { spawnSync } from 'node:child_process';
import { StackError } from './error.ts';
import { root } from './root.ts';
import { allParts } from './state.ts';

/** True when a Docker engine answers and has Compose. */
export function dockerWorks(): boolean {
  const engine = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
  return engine.status === 0 && spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0;
}

/** Runs Compose on the project's file, its output on the terminal. Throws `DETENT_STACK_COMPOSE_FAILED`. */
export function compose(...args: string[]): void {
  const run = spawnSync('docker', ['compose', ...args], { cwd: root, stdio: 'inherit' });
  if (run.status === 0) return;
  throw new StackError(
    'DETENT_STACK_COMPOSE_FAILED',
    `"docker compose ${args.join(' ')}" ended with ${run.status ?? run.signal}: see its message above. Without Docker: npm run stack -- --no-docker`,
  );
}

/** Brings up everything of docker-compose.yml, or the third-party parts only, and waits until they are healthy. */
export function composeUp(onlyParts: boolean): void {
  compose('up', '-d', '--wait', ...(onlyParts ? allParts : ['--build']));
}
