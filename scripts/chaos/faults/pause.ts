import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline, type Strike } from '../fault.ts';
import { metric } from '../metrics.ts';
import type { Service } from '../topology.ts';

/** The groups' session timeout is 10 s: by then another member has the tasks. */
const PAUSE_MS = 13_000;
const AFTER_MS = 3_000;

/** A member stands still until the group has given its tasks away, then goes on as if nothing had been. */
export const pause: Fault = {
  name: 'pause',
  what: 'a member stopped (SIGSTOP) past its session timeout, then resumed: its late writes are refused',
  members: pipeline,
  async strike(strike) {
    const refused: string[] = [];
    const rounds = Math.ceil(strike.intensity);
    for (let i = 0; i < rounds; i += 1) {
      // Both at once in the short set: the groups do not know of each other.
      const counts = await Promise.all((['ingest', 'segmenter'] as const).map((service) => pauseOne(service, strike)));
      refused.push(
        ...counts.map((count, n) => `${n === 0 ? 'ingest' : 'segmenter'}: ${count} tasks refused as fenced`),
      );
    }
    return refused;
  },
};

async function pauseOne(service: Service, { topology, random, say, over }: Strike): Promise<number> {
  const member = random.fork(service).pick(topology.of(service));
  member.freeze();
  say(`${member.name} stands still`);
  await sleep(PAUSE_MS);
  member.thaw();
  over();
  await sleep(AFTER_MS);
  return metric(member.plan.address, 'detent_task_closed_total', { reason: 'fenced' });
}
