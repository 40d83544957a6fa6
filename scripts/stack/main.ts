/** `npm run stack`: the real parts and the services on this machine. `help` below is its manual. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compose, composeUp, dockerWorks } from './docker.ts';
import { StackError } from './error.ts';
import type { PortChoice } from './ports.ts';
import { root } from './root.ts';
import { environment, startServices } from './services.ts';
import { missingParts, startStack, stopStack } from './stack.ts';
import { allParts, readStack, running } from './state.ts';

const help = `npm run stack [-- COMMAND] [OPTIONS]

  up (default)   start Kafka, the schema registry, Redis and the Detent services; data of the last time is kept
  down           stop just what "up" started
  status         what runs, where; exit 1 when something that was started has ended

  --only-parts     up: without the Detent services
  --redis-cluster  up: three Redis masters on 7001 to 7003 instead of one server (never by Docker)
  --ports free     up: free ports instead of 9092, 8081, 6379 and 8101 to 8106 (never by Docker)
  --dir DIR        data, logs and stack.json (default: .detent/stack)
  --env            up, status: print the addresses as lines of NAME=value, and nothing else, on standard output
  --no-docker      up: start from Maven Central even where a Docker engine works
  --delete-data    down: delete DIR too (with Docker: the volumes)

With a Docker engine: docker-compose.yml. Without: Java 21+ and Maven, everything on 127.0.0.1.`;

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      strict: true,
      options: {
        'only-parts': { type: 'boolean', default: false },
        'redis-cluster': { type: 'boolean', default: false },
        ports: { type: 'string', default: 'default' },
        dir: { type: 'string', default: join(root, '.detent', 'stack') },
        env: { type: 'boolean', default: false },
        'no-docker': { type: 'boolean', default: false },
        'delete-data': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    console.error(`DETENT_STACK_USAGE: ${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

const { values, positionals } = readArguments();
const dir = resolve(values.dir);
const say = (line: string): void => console.error(`stack: ${line}`);

function portChoice(): PortChoice {
  if (values.ports === 'free' || values.ports === 'default') return values.ports;
  throw new StackError('DETENT_STACK_USAGE', `--ports is "free" or "default", not "${values.ports}".`);
}

function printEnvironment(): void {
  for (const [name, value] of Object.entries(environment(readStack(dir)?.addresses ?? {}))) {
    console.log(`${name}=${value}`);
  }
}

async function up(): Promise<void> {
  const ports = portChoice();
  const redisCluster = values['redis-cluster'];
  if (!values['no-docker'] && !redisCluster && ports === 'default' && dockerWorks()) {
    composeUp(values['only-parts']);
    say('up by Docker Compose: Grafana on http://127.0.0.1:3000, Prometheus on http://127.0.0.1:9090');
    return;
  }
  const missing = missingParts();
  if (missing.size > 0) {
    const why = allParts.map((part) => missing.get(part)).filter((line) => line !== undefined);
    throw new StackError(
      'DETENT_STACK_MISSING',
      `The stack cannot start here:\n${why.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
  const parts = allParts.filter((part) => part !== 'redis' || !redisCluster);
  const stack = await startStack({ dir, ports, parts, redisCluster, say });
  if (!values['only-parts']) {
    try {
      await startServices(dir, ports, say);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }
  say(`up; logs in ${join(dir, 'logs')}; stop it with: npm run stack -- down`);
  if (values.env) printEnvironment();
}

async function down(): Promise<void> {
  if (readStack(dir) === undefined && dockerWorks()) {
    compose('down', ...(values['delete-data'] ? ['--volumes'] : []));
  } else {
    const stopped = await stopStack(dir);
    say(stopped.length > 0 ? `stopped ${stopped.join(', ')}` : `nothing was running from ${dir}`);
    if (values['delete-data']) rmSync(dir, { recursive: true, force: true });
  }
}

function status(): void {
  const file = readStack(dir);
  if (file === undefined) {
    if (dockerWorks()) compose('ps');
    else say(`nothing was started from ${dir}`);
    return;
  }
  const alive = new Set(running(file));
  if (values.env) printEnvironment();
  else {
    for (const [name, { pid, log }] of Object.entries(file.pids)) {
      const state = alive.has(name) ? `runs (pid ${pid})` : `has ended: see ${log}`;
      console.log(`${name.padEnd(10)} ${file.addresses[name]}  ${state}`);
    }
  }
  if (alive.size < Object.keys(file.pids).length) process.exitCode = 1;
}

try {
  const command = values.help ? 'help' : (positionals[0] ?? 'up');
  if (command === 'up') await up();
  else if (command === 'down') await down();
  else if (command === 'status') status();
  else if (command === 'help') console.log(help);
  else throw new StackError('DETENT_STACK_USAGE', `"${command}" is not a command.\n\n${help}`);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exit(error.code === 'DETENT_STACK_USAGE' ? 2 : 1);
}
