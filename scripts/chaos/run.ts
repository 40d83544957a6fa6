import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../services/cli/simulate/random.ts';
import { check, type Findings } from './check/check.ts';
import type { Fault, Strike } from './fault.ts';
import { chaosEvents, closingEvents } from './feed.ts';
import { Feeder } from './feeder.ts';
import type { Parts } from './parts.ts';
import { chaosModel, openWatcher, Topology, type TopologyOptions } from './topology.ts';
import { Watch } from './watch.ts';

/** What one run of one fault came to. */
export interface RunReport extends Findings {
  fault: string;
  seed: number;
  kills: number;
  /** From the end of the last blow until the lag was back to what it was, ms. */
  recoveredMs: number;
  seconds: number;
  notes: string[];
}

export interface RunOptions {
  parts: Parts;
  seed: number;
  intensity: number;
  client?: string | undefined;
  say(line: string): void;
}

const PARTITIONS = 4;
const RATE = 250;
/** A feed ends when the fault has struck, and at the latest so long after its start. */
const MAX_FEED_S = 300;
const WARM_MS = 30_000;
const BASELINE_SAMPLES = 4;
const RECOVER_MS = 90_000;
const DRAIN_MS = 120_000;
let runs = 0;

/** Events flow, the fault strikes, everything drains, the checker decides. Throws when it never recovers or drains. */
export async function runFault(fault: Fault, { parts, seed, intensity, client, say }: RunOptions): Promise<RunReport> {
  const begun = performance.now();
  const random = new Random(seed).fork(fault.name);
  runs += 1;
  const options: TopologyOptions = {
    parts,
    prefix: `chaos-${fault.name}-${seed}-${runs}.`,
    members: fault.members,
    model: chaosModel,
    partitions: PARTITIONS,
    time: 'stream',
    client,
  };
  const topology = await Topology.open(options);
  try {
    const watch = new Watch(topology.runtime, topology.services);
    const feeder = new Feeder(topology.runtime);
    await Promise.all([topology.start(), feeder.prepare()]);
    const rate = fault.rate ?? RATE;
    const plan = { seed, count: rate * MAX_FEED_S };
    const feeding = feeder.run(chaosEvents(plan), rate);
    feeding.catch(() => {});
    await warm(watch, topology);
    const baseline = await baselineLag(watch);
    let overAt: number | undefined;
    const over = () => {
      overAt = performance.now();
    };
    const strike: Strike = { parts, topology, watch, feeder, random, intensity, say, over };
    say(`${fault.name}: events flow, the lag is ${baseline}; striking`);
    const killsBefore = partKills(parts);
    const notes = (await fault.strike(strike)) ?? [];
    await topology.revive();
    const recoveredMs = (await watch.settled(baseline + rate, RECOVER_MS)) - (overAt ?? performance.now());
    feeder.stop();
    await feeding;
    await feeder.run(closingEvents(plan, PARTITIONS), Number.POSITIVE_INFINITY);
    await watch.drained(DRAIN_MS);
    say(`${fault.name}: ${feeder.sent} records sent, drained; checking`);
    const { findings, further } = await judge(fault, strike, options);
    if (feeder.retries > 0) notes.push(`the producer tried again ${feeder.retries} times`);
    return {
      ...findings,
      ok: findings.ok && further.length === 0,
      examples: [...findings.examples, ...further],
      fault: fault.name,
      seed,
      kills: topology.kills + partKills(parts) - killsBefore,
      recoveredMs: Math.max(0, Math.round(recoveredMs)),
      seconds: Math.round((performance.now() - begun) / 1000),
      notes,
    };
  } finally {
    await topology.stop();
  }
}

/** By connections of its own: those of the run have been through the fault. */
async function judge(
  fault: Fault,
  strike: Strike,
  options: TopologyOptions,
): Promise<{ findings: Findings; further: string[] }> {
  const runtime = await openWatcher(options);
  try {
    const further = (await fault.inspect?.(strike, runtime)) ?? [];
    return { findings: await check(runtime, strike.topology.services), further };
  } finally {
    await runtime.close();
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

function partKills({ brokers, redis, registry }: Parts): number {
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
