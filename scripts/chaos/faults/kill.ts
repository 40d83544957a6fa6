import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../services/cli/simulate/random.ts';
import { everyone, type Fault, type Strike } from '../fault.ts';
import type { Managed } from '../managed.ts';
import type { Service } from '../topology.ts';

const KILLS = 20;
const POLL_MS = 50;
const IDLE_MS = 15_000;

/** Members of all groups die at random instants while they work, and come back. */
export const kill: Fault = {
  name: 'kill',
  what: 'members of ingest, segmenter and picking killed (SIGKILL) at random instants of their work, restarted at once',
  members: everyone,
  async strike(strike) {
    const services = strike.topology.services;
    const total = Math.ceil(KILLS * strike.intensity);
    await Promise.all(
      services.map((service, i) => {
        const share = Math.floor(total / services.length) + (i < total % services.length ? 1 : 0);
        return killAll(service, share, strike, strike.random.fork(service));
      }),
    );
    return undefined;
  },
};

async function killAll(service: Service, times: number, { topology, watch, say, over }: Strike, random: Random) {
  const members = topology.of(service);
  const restarts = new Map<Managed, Promise<void>>();
  for (let i = 0; i < times; i += 1) {
    await working(service, watch);
    await sleep(random.between(0, 400));
    const victim = random.pick(members);
    await restarts.get(victim);
    await victim.kill();
    over();
    say(`kill ${i + 1} of ${times}: ${victim.name}`);
    const restart = victim.start();
    restart.catch(() => {});
    restarts.set(victim, restart);
  }
  await Promise.all(restarts.values());
}

/** Waits until the service commits, so that the next blow meets work; a group that is just forming may not for a while. */
async function working(service: Service, watch: Strike['watch']): Promise<void> {
  const deadline = performance.now() + IDLE_MS;
  const before = await watch.progress(service);
  while (performance.now() < deadline) {
    const now = await watch.progress(service);
    if (now !== undefined && before !== undefined && now > before) return;
    await sleep(POLL_MS);
  }
}
