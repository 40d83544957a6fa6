import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Broker, planBroker } from '../stack/kafka.ts';
import { choosePort, loopback } from '../stack/ports.ts';
import { self } from '../stack/processes.ts';
import { planRedis } from '../stack/redis.ts';
import { planRegistry } from '../stack/registry.ts';
import { stopStack } from '../stack/stack.ts';
import { writeStack } from '../stack/state.ts';
import { Managed } from './managed.ts';
import { TcpProxy } from './proxy.ts';
import { CommitTap, ReadTap } from './taps.ts';

/** Real brokers, registry and Redis of our own, with proxies before brokers and Redis that only the services go through. */
export interface Parts {
  readonly dir: string;
  readonly brokers: readonly Managed[];
  readonly registry: Managed;
  readonly redis: Managed;
  readonly kafkaProxies: readonly TcpProxy[];
  readonly redisProxy: TcpProxy;
  /** What passes the proxies. */
  readonly commits: CommitTap;
  readonly reads: ReadTap;
  /** Addresses past the proxies, for who watches. */
  readonly direct: { kafka: string; redis: string; registry: string };
  /** Addresses for the services. */
  readonly proxied: { kafka: string; redis: string };
  stop(): Promise<void>;
}

/** What the brokers are started with. */
export interface PartsOptions {
  brokers: number;
  settings?: Readonly<Record<string, string | number>>;
}

/** Starts everything in `dir` and returns when it is ready. What runs is noted in `<dir>/stack.json`. */
export async function startParts(
  dir: string,
  { brokers: count, settings = {} }: PartsOptions,
  say: (line: string) => void,
): Promise<Parts> {
  mkdirSync(join(dir, 'logs'), { recursive: true });
  writeStack(dir, { addresses: {}, pids: {}, owner: self() });
  const commits = new CommitTap();
  const reads = new ReadTap();
  const nodes: Broker[] = [];
  const kafkaProxies: TcpProxy[] = [];
  for (let id = 1; id <= count; id += 1) {
    const port = await choosePort('free', 0, 'Kafka');
    const controllerPort = await choosePort('free', 0, "Kafka's controller");
    const proxiedPort = await choosePort('free', 0, 'Kafka behind the proxy');
    const proxy = await TcpProxy.open(proxiedPort, () => commits.listener());
    kafkaProxies.push(proxy);
    nodes.push({ id, port, controllerPort, proxied: { port: proxiedPort, advertised: proxy.port } });
  }
  const brokers: Managed[] = [];
  for (const node of nodes) brokers.push(new Managed(await planBroker(dir, node, nodes, say, settings), dir));
  const redis = new Managed(await planRedis(dir, 'free', say), dir);
  const registry = new Managed(await planRegistry(dir, 'free', say), dir);
  const redisPort = Number(new URL(redis.plan.address).port);
  const redisProxy = await TcpProxy.open(redisPort, () => reads.listener());
  const stop = async () => {
    await stopStack(dir);
    for (const proxy of [...kafkaProxies, redisProxy]) await proxy.close();
  };
  const started = await Promise.allSettled([...brokers, redis, registry].map((part) => part.start()));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    dir,
    brokers,
    registry,
    redis,
    kafkaProxies,
    redisProxy,
    commits,
    reads,
    direct: {
      kafka: brokers.map(({ plan }) => plan.address).join(','),
      redis: redis.plan.address,
      registry: registry.plan.address,
    },
    proxied: {
      kafka: kafkaProxies.map(({ port }) => `${loopback}:${port}`).join(','),
      redis: `redis://${loopback}:${redisProxy.port}`,
    },
    stop,
  };
}

/** The file that Redis writes its keys to. */
export function redisDump(parts: Parts): string {
  return join(parts.dir, 'redis', 'dump.rdb');
}
