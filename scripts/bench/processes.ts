import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '@detent/adapters';
import { environment } from '../stack/services.ts';
import type { Stack } from '../stack/stack.ts';
import type { Figure } from './figures.ts';

const POLL_MS = 100;
const QUIET_MS = 1500;
const TIMEOUT_MS = 600_000;
/** What ended transactions may leave at the end of a partition: no records, so no commit ever passes over them. */
const MARKERS = 8;
const QUIET_WINDOW_MS = 2000;
const QUIET_WITHIN_MS = 60_000;
/** Kernel ticks a second, as /proc counts CPU time. */
const TICKS = 100;

/** What a service has to read to its end. */
export interface Goal {
  service: string;
  /** Topics without prefix. */
  topics: readonly string[];
  /** Records that must have been passed at least; where it is not known beforehand, 0. */
  records: number;
}

/** From the first commit to the last. */
export interface Measured {
  seconds: number;
  /** CPU seconds by process name, those of one name together; empty where the system does not tell. */
  cpu: Record<string, number>;
}

/**
 * Runs one process for each of `services` until every goal is reached, and stops them. `others` are processes that serve
 * them (name → pid), whose CPU counts as well.
 */
export async function runServices(
  runtime: Runtime,
  environment: Readonly<Record<string, string>>,
  services: readonly string[],
  goals: readonly Goal[],
  others: Readonly<Record<string, number>> = {},
): Promise<Measured> {
  const children = services.map((service) =>
    spawn(process.execPath, ['--no-warnings', 'services/cli/main.ts', 'run', service], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  try {
    const deadline = Date.now() + TIMEOUT_MS;
    let first = 0;
    let last = 0;
    let seen = '';
    const cpu = (): [string, number][] => [
      ...children.map((child, i): [string, number] => [services[i]!, cpuSeconds(child.pid)]),
      ...Object.entries(others).map(([name, pid]): [string, number] => [name, cpuSeconds(pid)]),
    ];
    let atStart: [string, number][] = [];
    for (;;) {
      const reached: number[] = [];
      for (const { service, topics } of goals) reached.push(await position(runtime, service, topics));
      const now = Date.now();
      if (first === 0 && reached[0]! > 0) {
        first = now - POLL_MS;
        atStart = cpu();
      }
      if (reached.join('/') !== seen) {
        seen = reached.join('/');
        last = now;
      }
      const far = goals.every(({ records }, i) => reached[i]! >= records);
      if (far && now - last > QUIET_MS && (await allRead(runtime, goals))) {
        return { seconds: (last - first) / 1000, cpu: spent(atStart, cpu()) };
      }
      if (now > deadline) {
        const where = goals.map(({ service, records }, i) => `${service} at ${reached[i]} of ${records}`);
        throw new Error(`not finished in ${TIMEOUT_MS / 1000} s: ${where.join(', ')}`);
      }
      await sleep(POLL_MS);
    }
  } finally {
    await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'))));
  }
}

async function position(runtime: Runtime, service: string, topics: readonly string[]): Promise<number> {
  const committed = await runtime.log.committed(service);
  let sum = 0;
  for (const topic of topics)
    for (const next of committed.get(runtime.config.topicPrefix + topic)?.values() ?? []) sum += next;
  return sum;
}

/** True when the services have committed all that their topics hold, but for markers of transactions at their ends. */
async function allRead(runtime: Runtime, goals: readonly Goal[]): Promise<boolean> {
  for (const { service, topics } of goals) {
    const committed = await runtime.log.committed(service);
    for (const name of topics) {
      const topic = runtime.config.topicPrefix + name;
      for (const [partition, { end }] of await runtime.log.offsets(topic))
        if (end - (committed.get(topic)?.get(partition) ?? 0) > MARKERS) return false;
    }
  }
  return true;
}

function spent(before: readonly [string, number][], after: readonly [string, number][]): Record<string, number> {
  const sum: Record<string, number> = {};
  after.forEach(([name, seconds], i) => {
    sum[name] = (sum[name] ?? 0) + seconds - before[i]![1];
  });
  return Number.isNaN(Object.values(sum)[0]) ? {} : sum;
}

/** CPU seconds that a process has spent; NaN where the system does not tell. */
export function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return Number.NaN;
  }
}

/** Waits until a process has next to nothing to do: a broker goes on compacting after what was written to it. */
export async function quiet(pid: number): Promise<void> {
  const deadline = Date.now() + QUIET_WITHIN_MS;
  for (let spentMs = Number.POSITIVE_INFINITY; spentMs > QUIET_WINDOW_MS / 10 && Date.now() < deadline; ) {
    const before = cpuSeconds(pid);
    await sleep(QUIET_WINDOW_MS);
    spentMs = (cpuSeconds(pid) - before) * 1000;
  }
}

/** CPU per event of everything that took part. */
export function cpuFigures({ cpu }: Measured, events: number): Figure[] {
  return Object.entries(cpu).map(([name, seconds]) => perEvent(`CPU per event, ${name}`, seconds, events));
}

/** So many CPU seconds for so many events, as a figure. */
export function perEvent(name: string, seconds: number, events: number): Figure {
  return { name, value: (seconds / events) * 1e6, unit: 'µs', better: 'less' };
}

/** The Kafka client that whoever runs the bench chose, for the services that it measures. */
export function kafkaClient(): Record<string, string> {
  const client = process.env['DETENT_KAFKA_CLIENT'];
  return client ? { DETENT_KAFKA_CLIENT: client } : {};
}

/** Runs a script of ours and returns what it printed, read as JSON. `environment` is added to this process's own. */
export function output(
  script: string,
  args: readonly string[],
  timeoutMs = TIMEOUT_MS,
  environment: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', script, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: timeoutMs,
    });
    let text = '';
    child.stdout.on('data', (bytes) => {
      text += bytes;
    });
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${script} ended with ${code}`)),
    );
  });
}

/** The settings that point a process at a stack. */
export function stackEnvironment({ kafka, registry, redis }: Stack): Record<string, string> {
  return environment({ kafka, registry, redis });
}
