import { rmSync } from 'node:fs';
import { expireOffsets } from '../expire-offsets.ts';
import { Feeder } from '../feeder.ts';
import { judge } from '../judge.ts';
import { redisDump } from '../parts.ts';
import { lettersByReason } from '../poison.ts';
import type { RunOptions, RunReport, Scenario } from '../scenario.ts';
import { simulatedEvents } from '../simulated.ts';
import { prefixFor, Topology } from '../topology.ts';
import { Watch } from '../watch.ts';
import { partKills } from '../while-feeding.ts';

const BEFORE_HOURS = 0.5;
const DOWN_HOURS = 2;
const SCALE = 2;
const PARTITIONS = 4;
const DRAIN_MS = 240_000;
const FAST = Number.POSITIVE_INFINITY;

/** Everything is down while two hours of the whole warehouse pile up in every topic. */
export const outage: Scenario = {
  name: 'outage',
  what: 'every service, the broker, Redis (emptied) and the registry killed, the groups’ offsets expired; then two hours of every topic waiting (simulated warehouse, all services, wall clock)',
  run,
};

async function run({ parts: partsFor, seed, intensity, client, say }: RunOptions): Promise<RunReport> {
  const parts = await partsFor({ brokers: 1 });
  const begun = performance.now();
  const killsBefore = partKills(parts);
  const topology = await Topology.open({
    ...{ parts, client, model: 'fulfilment', partitions: PARTITIONS, time: 'wall', prefix: prefixFor('outage', seed) },
    members: { ingest: 2, segmenter: 2, picking: 1, storage: 1, routing: 1 },
  });
  try {
    const watch = new Watch(topology.runtime, topology.services);
    const feeder = new Feeder(topology.runtime);
    const events = simulatedEvents({ seed, scale: SCALE * intensity, hours: BEFORE_HOURS + DOWN_HOURS });
    await Promise.all([topology.start(), feeder.prepare()]);
    await feeder.run(events.until(BEFORE_HOURS), FAST);
    await watch.drained(DRAIN_MS);
    say(`outage: ${feeder.sent} records before; everything goes down`);

    await Promise.all(topology.members.map((member) => member.kill()));
    await Promise.all([...parts.brokers, parts.redis, parts.registry].map((part) => part.kill()));
    rmSync(redisDump(parts), { force: true });
    await Promise.all([...parts.brokers, parts.redis, parts.registry].map((part) => part.start()));
    const sentBefore = feeder.sent;
    await feeder.run(events.until(BEFORE_HOURS + DOWN_HOURS), FAST);
    await expireOffsets(topology);
    say(`outage: ${feeder.sent - sentBefore} records of two hours wait, no offsets are left; the services come back`);
    const back = performance.now();
    await topology.revive();
    await watch.drained(DRAIN_MS);
    const recoveredMs = Math.round(performance.now() - back);
    say(`outage: caught up after ${(recoveredMs / 1000).toFixed(1)} s; checking`);
    await topology.halt();
    const findings = await judge(topology, { inspect: nothingRefused, exact: false });
    return {
      ...findings,
      ...{ fault: 'outage', seed, recoveredMs },
      kills: topology.kills + partKills(parts) - killsBefore,
      seconds: Math.round((performance.now() - begun) / 1000),
    };
  } finally {
    await topology.stop();
  }
}

/** Nothing was wrong with any record, so none may be refused, as too late least of all. */
async function nothingRefused(runtime: Topology['runtime']): Promise<string[]> {
  const letters = await lettersByReason(runtime);
  return Object.entries(letters).map(([code, count]) => `${count} dead letters of ${code}, and there should be none`);
}
