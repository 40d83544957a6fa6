/** `npm test`: lint, types, then jest against real Kafka, registry and Redis as far as this machine can run them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { isAlive } from '../stack/processes.ts';
import { root } from '../stack/root.ts';
import { missingParts, startStack, stopStack } from '../stack/stack.ts';
import { allParts, readStack } from '../stack/state.ts';
import { type JestReport, joined, summarize } from './summary.ts';

const shelf = join(root, '.detent');
const dir = join(shelf, `test-stack-${process.pid}`);
const children = new Set<ChildProcess>();
const path = [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);

/** Runs one of the project's tools under this Node, its output on the terminal. Resolves to its exit code. */
async function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, PATH: path, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.add(child);
  const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  children.delete(child);
  return code;
}

/** Stops what an earlier run left behind when it was killed. */
async function sweep(): Promise<void> {
  mkdirSync(shelf, { recursive: true });
  for (const name of readdirSync(shelf).filter((entry) => entry.startsWith('test-stack-'))) {
    const owner = readStack(join(shelf, name))?.owner;
    if (owner && isAlive(owner)) continue;
    await stopStack(join(shelf, name));
    rmSync(join(shelf, name), { recursive: true, force: true });
  }
}

/** Starts what can be started; returns where it is, and why the rest is not there. */
async function startParts(): Promise<{ env: NodeJS.ProcessEnv; notStarted: Map<string, string> }> {
  const notStarted = new Map<string, string>(missingParts());
  const parts = allParts.filter((part) => !notStarted.has(part));
  const stack = await startStack({
    dir,
    ports: 'free',
    parts,
    redisCluster: parts.includes('redis'),
    owned: true,
    say: (line) => console.log(`stack: ${line}`),
  });
  const env = {
    ...(stack.kafka && { DETENT_TEST_KAFKA_BROKERS: stack.kafka }),
    ...(stack.registry && { DETENT_TEST_REGISTRY_URL: stack.registry }),
    ...(stack.redis && { DETENT_TEST_REDIS_URL: stack.redis }),
    ...(stack.redisCluster && { DETENT_TEST_REDIS_CLUSTER: stack.redisCluster }),
  };
  return { env, notStarted };
}

/** Tests that bring parts of their own and load the machine: they have it to themselves, after all others. */
const CHAOS = 'scripts/chaos/*.e2e.test.ts';

async function jest(name: string, chosen: readonly string[], env: NodeJS.ProcessEnv): Promise<JestReport | undefined> {
  const file = join(dir, `${name}.json`);
  const own = ['--maxWorkers=2', '--forceExit', '--passWithNoTests', '--json', `--outputFile=${file}`];
  await run('scripts/jest.mjs', [...own, ...chosen, ...process.argv.slice(2)], env);
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  for (const suite of report.testResults) suite.name = relative(root, suite.name);
  return report;
}

/** All tests, in two turns. */
async function allTests(env: NodeJS.ProcessEnv): Promise<JestReport | undefined> {
  const first = await jest('tests', ['--testMatch=**/*.test.ts', `--testMatch=!**/${CHAOS}`], env);
  await stopStack(dir);
  const second = await jest('chaos', [`--testMatch=**/${CHAOS}`], {});
  return first && second && joined(first, second);
}

async function cleanUp(): Promise<void> {
  for (const child of children) child.kill();
  await stopStack(dir);
  rmSync(dir, { recursive: true, force: true });
}

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (interrupted) return;
    interrupted = true;
    await cleanUp();
    console.error('npm test was interrupted; what it had started is stopped');
    process.exit(130);
  });
}

const began = Date.now();
try {
  await sweep();
  const starting = startParts();
  // Awaited below; until then a failure must not count as unhandled.
  starting.catch(() => undefined);
  const checks = [
    {
      name: 'lint',
      ok: (await run('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])) === 0,
    },
    { name: 'types', ok: (await run('node_modules/typescript/bin/tsc', ['--noEmit', '-p', '.'])) === 0 },
  ];
  const { env, notStarted } = await starting;
  const { lines, failed } = summarize(checks, await allTests(env), notStarted);
  console.log(`\nnpm test took ${((Date.now() - began) / 1000).toFixed(0)} s`);
  for (const line of lines) console.log(line);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  // Parts that were stopped half started complain: nobody needs to hear that.
  if (!interrupted) throw error;
} finally {
  if (!interrupted) await cleanUp();
}
