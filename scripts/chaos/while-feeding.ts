import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../services/cli/simulate/random.ts';
import type { Fault, Strike } from './fault.ts';
import { chaosEvents, closingEvents } from './feed.ts';
import { Feeder } from './feeder.ts';
import { judge } from './judge.ts';
import type { Parts } from './parts.ts';
import type { RunOptions, RunReport, Scenario } from './scenario.ts';
import { chaosModel, prefixFor, Topology } from './topology.ts';
import { Watch } from './watch.ts';

const PARTITIONS = 4;
const RATE = 250;
/** A feed ends when the fault has struck, and at the latest so long after its start. */
const MAX_FEED_S = 450;
const WARM_MS = 60_000;
const BASELINE_SAMPLES = 4;
const RECOVER_MS = 120_000;
const DRAIN_MS = 180_000;

/** Events flow, the fault strikes, everything drains, the checker decides. */
export function whileFeeding(fault: Fault): Scenario {
  const { name, what } = fault;
  return { name, what, run: (options) => run(fault, options) };
}

async function run(fault: Fault, { parts: partsFor, seed, intensity, client, say }: RunOptions): Promise<RunReport> {
  const parts = await partsFor(fault.parts ?? { brokers: 1 });
  const begun = performance.now();
  const random = new Random(seed).fork(fault.name);
  const topology = await Topology.open({
    ...{ parts, client, members: fault.members, model: chaosModel, partitions: PARTITIONS, time: 'stream' },
    changelogMib: fault.changelogMib,
    prefix: prefixFor(fault.name, seed),
  });
  try {
    const watch = new Watch(topology.runtime, topology.services);
    const feeder = new Feeder(topology.runtime);
    await Promise.all([topology.start(), feeder.prepare()]);
    const plan = { seed, count: RATE * MAX_FEED_S };
    const feeding = feeder.run(chaosEvents(plan), RATE);
    feeding.catch(() => {});
    await warm(watch, topology);
    const baseline = await baselineLag(watch);
    let overAt: number | undefined;
    let slowestMs = 0;
    const over = () => {
      overAt = performance.now();
    };
    const recovered = async () => {
      const from = overAt ?? performance.now();
      await topology.revive();
      const tookMs = Math.max(0, (await watch.settled(baseline + RATE, RECOVER_MS)) - from);
      slowestMs = Math.max(slowestMs, tookMs);
      overAt = undefined;
      return tookMs;
    };
    const strike: Strike = { parts, topology, watch, feeder, random, intensity, say, over, recovered };
    say(`${fault.name}: events flow, the lag is ${baseline}; striking`);
    const killsBefore = partKills(parts);
    const notes = (await fault.strike(strike)) ?? [];
    await recovered();
    feeder.stop();
    await feeding;
    await feeder.run(closingEvents(plan, PARTITIONS), Number.POSITIVE_INFINITY);
    await watch.drained(DRAIN_MS);
    await fault.meddle?.(strike);
    say(`${fault.name}: ${feeder.sent} records sent, drained; checking`);
    await topology.halt();
    const findings = await judge(topology, {
      inspect: async (runtime) => (await fault.inspect?.(strike, runtime)) ?? [],
      omitUnknownSchemas: fault.omitsUnknownSchemas ?? false,
    });
    if (feeder.retries > 0) notes.push(`the producer tried again ${feeder.retries} times`);
    return {
      ...findings,
      ...{ fault: fault.name, seed, notes: [...notes, ...findings.notes] },
      kills: topology.kills + partKills(parts) - killsBefore,
      recoveredMs: Math.round(slowestMs),
      seconds: Math.round((performance.now() - begun) / 1000),
    };
  } finally {
    await topology.stop();
  }
}

/** Waits until every service has read something. */
async function warm(watch: Watch, topology: Topology): Promise<void> {
  const deadline = performance.now() + WARM_MS;
  for (const service of topology.services) {
    while (!(await watch.progress(service))) {
      if (performance.now() > deadline) throw new Error(`${service} has read nothing in ${WARM_MS / 1000} s`);
      await sleep(100);
    }
  }
}

export function partKills({ brokers, redis, registry }: Parts): number {
  return [...brokers, redis, registry].reduce((sum, { kills }) => sum + kills, 0);
}

async function baselineLag(watch: Watch): Promise<number> {
  const samples: number[] = [];
  while (samples.length < BASELINE_SAMPLES) {
    await sleep(250);
    const lag = await watch.lag();
    if (lag !== undefined) samples.push(lag);
  }
  return samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)]!;
}
