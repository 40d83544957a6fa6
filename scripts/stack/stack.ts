import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StackError } from './error.ts';
import { kafkaMissing, planKafka } from './kafka.ts';
import { type Launch, launch } from './launch.ts';
import type { PortChoice } from './ports.ts';
import { self, stopProcess } from './processes.ts';
import { planRedis, redisMissing } from './redis.ts';
import { planRedisCluster, redisNodeNames } from './redis-cluster.ts';
import { planRegistry, registryMissing } from './registry.ts';
import { allParts, forgetStack, type Part, readStack, running, type StackFile, writeStack } from './state.ts';

export interface StackOptions {
  /** Folder for data, logs and `stack.json`. */
  dir: string;
  ports?: PortChoice;
  parts?: readonly Part[];
  /** Three Redis masters as a cluster, besides the parts. Default false. */
  redisCluster?: boolean;
  /** Told what goes on, a line at a time. */
  say?: (line: string) => void;
  /** True where the stack is to end with this process: a later run may then clear up after a crash. */
  owned?: boolean;
}

export interface Stack {
  /** `host:port` of the broker; empty when not among the parts. */
  kafka: string;
  /** URL of the Confluent-compatible API; empty when not among the parts. */
  registry: string;
  /** `redis://host:port`; empty when not among the parts. */
  redis: string;
  /** `host:port,host:port,host:port`; empty when not asked for. */
  redisCluster: string;
  /** Stops what was started. `deleteData` removes the folder too. */
  stop(options?: { deleteData?: boolean }): Promise<void>;
}

const plans = { kafka: planKafka, registry: planRegistry, redis: planRedis };
const missing = { kafka: kafkaMissing, registry: registryMissing, redis: redisMissing };

/** Why each part that cannot run on this machine cannot, by part. Empty when all can. */
export function missingParts(parts: readonly Part[] = allParts): Map<Part, string> {
  const found = new Map<Part, string>();
  for (const part of parts) {
    const why = missing[part]();
    if (why !== undefined) found.set(part, why);
  }
  return found;
}

/**
 * Starts the parts as processes of their own on loopback and returns when each answers in its own protocol. Data in
 * `dir` from an earlier run is taken up again. Throws `StackError`, with nothing left running, when one cannot start.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dir = resolve(options.dir);
  const say = options.say ?? (() => undefined);
  const before = readStack(dir);
  if (before !== undefined && running(before).length > 0) {
    throw new StackError(
      'DETENT_STACK_RUNNING',
      `A stack runs in ${dir} (${running(before).join(', ')}): stop it first (npm run stack -- down --dir ${dir}), or use another --dir.`,
    );
  }
  const file: StackFile = { addresses: {}, pids: {}, ...(options.owned && { owner: self() }) };
  // Before the first process: whoever looks must see that this folder has an owner.
  writeStack(dir, file);
  try {
    const launches: Launch[] = [];
    // One after the other: Maven's local repository is not made for two at a time.
    for (const part of options.parts ?? allParts) {
      launches.push(await plans[part](dir, options.ports ?? 'default', say));
    }
    if (options.redisCluster) launches.push(...(await planRedisCluster(dir, options.ports ?? 'default', say)));
    await launchAll(dir, file, launches, say);
  } catch (error) {
    await stopStack(dir);
    throw error;
  }
  const { kafka = '', registry = '', redis = '' } = file.addresses;
  return {
    kafka,
    registry,
    redis,
    redisCluster: clusterOf(file.addresses),
    stop: async ({ deleteData } = {}) => {
      await stopStack(dir);
      if (deleteData) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The nodes of the Redis cluster among these addresses; empty where there is none. */
export function clusterOf(addresses: Readonly<Record<string, string>>): string {
  return redisNodeNames.flatMap((name) => addresses[name] ?? []).join(',');
}

/** Starts these side by side, noting each in `file` and `stack.json` as soon as it has a pid. Throws the first failure. */
export async function launchAll(
  dir: string,
  file: StackFile,
  launches: readonly Launch[],
  say: (line: string) => void,
): Promise<void> {
  const logs = join(dir, 'logs');
  mkdirSync(logs, { recursive: true });
  const begun = Date.now();
  const results = await Promise.allSettled(
    launches.map(async (plan) => {
      await launch(plan, logs, (started) => {
        file.pids[plan.name] = started;
        file.addresses[plan.name] = plan.address;
        writeStack(dir, file);
      });
      say(`${plan.name} is ready after ${((Date.now() - begun) / 1000).toFixed(1)} s: ${plan.address}`);
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Stops what `dir` remembers, last started first, and forgets it. Returns the names of those that were still running. */
export async function stopStack(dir: string): Promise<string[]> {
  const file = readStack(dir);
  if (file === undefined) return [];
  const names = running(file);
  const isPart = (name: string): boolean => redisNodeNames.includes(name) || allParts.some((part) => part === name);
  // Services first, while what they drain to is still there.
  for (const group of [names.filter((name) => !isPart(name)), names.filter(isPart)]) {
    await Promise.all(group.map((name) => file.pids[name]).map((started) => started && stopProcess(started)));
  }
  forgetStack(dir);
  return names;
}
