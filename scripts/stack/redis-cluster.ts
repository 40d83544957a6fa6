import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Launch } from './launch.ts';
import { choosePort, loopback, type PortChoice } from './ports.ts';
import { findRedis, ping, redisArguments } from './redis.ts';

const MASTERS = 3;
const SLOTS = 16_384;
const USUAL_PORT = 7001;
/** Where a node listens for the others: its own port and so much. */
const BUS_OFFSET = 10_000;
const HIGHEST_PORT = 65_535;

export const redisNodeNames: readonly string[] = Array.from({ length: MASTERS }, (_, i) => `redis-${i + 1}`);

/** Three masters, each with a third of the slots. The last is ready when the cluster is. */
export async function planRedisCluster(
  dir: string,
  ports: PortChoice,
  say: (line: string) => void,
): Promise<readonly Launch[]> {
  const command = await findRedis(say);
  const launches: Launch[] = [];
  const nodes: number[] = [];
  for (const [i, name] of redisNodeNames.entries()) {
    const port = await chooseNodePort(ports, USUAL_PORT + i, nodes);
    nodes.push(port);
    const home = join(dir, name);
    mkdirSync(home, { recursive: true });
    launches.push({
      name,
      command,
      args: redisArguments({ port, 'cluster-enabled': 'yes', 'cluster-node-timeout': '5000' }),
      cwd: home,
      address: `${loopback}:${port}`,
      ready: () => (i === MASTERS - 1 ? form(nodes) : ping(port)),
    });
  }
  return launches;
}

async function chooseNodePort(ports: PortChoice, usual: number, taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await choosePort(ports, usual, 'a Redis node');
    if (ports === 'default') return port;
    const isFree = port + BUS_OFFSET <= HIGHEST_PORT && !taken.some((other) => Math.abs(other - port) === BUS_OFFSET);
    if (isFree && (await isPortFree(port + BUS_OFFSET))) return port;
  }
}

async function isPortFree(port: number): Promise<boolean> {
  return choosePort('default', port, 'the bus of a Redis node').then(
    () => true,
    () => false,
  );
}

/** Gives each node its slots and makes them known to each other, as far as that is not so. True when all agree. */
async function form(ports: readonly number[]): Promise<boolean> {
  const nodes = ports.map((port) => new Redis(port, loopback, { retryStrategy: null, lazyConnect: true }));
  try {
    for (const [i, node] of nodes.entries()) {
      await node.connect();
      if (!(await ownsSlots(node))) await node.cluster('ADDSLOTS', ...share(i));
      await node.cluster('MEET', loopback, ports[0]!);
    }
    const states = await Promise.all(nodes.map((node) => node.cluster('INFO') as Promise<string>));
    return states.every((text) => text.includes('cluster_state:ok') && text.includes(`cluster_size:${MASTERS}`));
  } finally {
    for (const node of nodes) node.disconnect();
  }
}

async function ownsSlots(node: Redis): Promise<boolean> {
  const own = ((await node.cluster('NODES')) as string).split('\n').find((line) => line.includes('myself'));
  return (own?.trim().split(' ').length ?? 0) > 8;
}

function share(i: number): number[] {
  const from = Math.floor((SLOTS * i) / MASTERS);
  const to = Math.floor((SLOTS * (i + 1)) / MASTERS);
  return Array.from({ length: to - from }, (_, n) => from + n);
}
