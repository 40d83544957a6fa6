import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { StackError } from './error.ts';
import type { Launch } from './launch.ts';
import { type Artifact, artifactMissing, fetchArtifact } from './maven.ts';
import { choosePort, loopback, type PortChoice } from './ports.ts';

/** A jar that holds redis-server for common systems: for machines that have none of their own. */
const artifact: Artifact = {
  name: 'embedded-redis',
  version: '1.4.3',
  how: 'unpacked',
  coordinates: ['com.github.codemonstur:embedded-redis:1.4.3'],
};

function onPath(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Why Redis cannot be started here, or undefined. */
export function redisMissing(): string | undefined {
  if (onPath()) return undefined;
  const missing = artifactMissing(artifact);
  return missing && `No redis-server on the PATH: install Redis 6.2 or newer. Or: ${missing}`;
}

async function fromMaven(say: (line: string) => void): Promise<string> {
  const dir = await fetchArtifact(artifact, say);
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = readdirSync(dir).find(
    (file) => file.startsWith('redis-server-') && file.endsWith(`-${process.platform}-${cpu}`),
  );
  if (name === undefined) {
    throw new StackError(
      'DETENT_STACK_REDIS_MISSING',
      `${artifact.name} holds no redis-server for ${process.platform} ${process.arch}: install Redis 6.2 or newer.`,
    );
  }
  const binary = join(dir, name);
  chmodSync(binary, 0o755);
  return binary;
}

/** redis-server, found or fetched. Throws `DETENT_STACK_REDIS_MISSING`. */
export async function findRedis(say: (line: string) => void): Promise<string> {
  const missing = redisMissing();
  if (missing !== undefined) throw new StackError('DETENT_STACK_REDIS_MISSING', missing);
  return onPath() ? 'redis-server' : fromMaven(say);
}

/** How redis-server is run, as services require it: keys are never evicted. */
export function redisArguments(own: Readonly<Record<string, string | number>>): string[] {
  const settings = {
    bind: loopback,
    dir: '.',
    'maxmemory-policy': 'noeviction',
    appendonly: 'no',
    save: '60 1',
    daemonize: 'no',
    ...own,
  };
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, ...String(value).split(' ')]);
}

/** One server. */
export async function planRedis(dir: string, ports: PortChoice, say: (line: string) => void): Promise<Launch> {
  const command = await findRedis(say);
  const port = await choosePort(ports, 6379, 'Redis');
  const home = join(dir, 'redis');
  mkdirSync(home, { recursive: true });
  return {
    name: 'redis',
    command,
    args: redisArguments({ port }),
    cwd: home,
    address: `redis://${loopback}:${port}`,
    ready: () => ping(port),
  };
}

/** True when a server on loopback answers. */
export async function ping(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: loopback, port, timeout: 1_000 }, () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      socket.destroy();
      resolve(reply.toString().startsWith('+PONG'));
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
  });
}
