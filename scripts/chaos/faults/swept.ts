import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '@detent/adapters';
import { stateTopic } from '@detent/schemas';
import { type Fault, pipeline } from '../fault.ts';
import { redisDump } from '../parts.ts';

const BLOWS = 8;
const POLL_MS = 250;
const PATIENCE_MS = 120_000;

/** While what is true of a changelog's head is carried to its end, its owner dies, or Redis does and is made from it anew. */
export const swept: Fault = {
  name: 'swept',
  what: 'while changelogs are swept, members of ingest and segmenter killed (SIGKILL), and Redis killed and restarted empty, by turns',
  members: pipeline,
  changelogMib: 0.2,
  async strike({ parts, topology, random, intensity, say, over }) {
    const deadline = performance.now() + PATIENCE_MS;
    while ((await sweptOffsets(topology.runtime)) === 0) {
      if (performance.now() > deadline) throw new Error(`no changelog was swept in ${PATIENCE_MS / 1000} s`);
      await sleep(POLL_MS);
    }
    const before = await sweptOffsets(topology.runtime);
    const blows = Math.ceil(BLOWS * intensity);
    for (let i = 0; i < blows; i += 1) {
      await sleep(random.between(500, 2_500));
      if (i % 2 === 0) {
        const victim = random.pick(topology.members);
        await victim.kill();
        over();
        await victim.start();
        say(`${victim.name} was killed`);
      } else {
        await parts.redis.kill();
        rmSync(redisDump(parts), { force: true });
        over();
        await parts.redis.start();
        say('Redis was lost');
      }
    }
    return [`${blows} blows while ${(await sweptOffsets(topology.runtime)) - before} offsets were swept`];
  },
};

/** How many offsets the changelogs of the segmenter no longer hold. */
async function sweptOffsets(runtime: Runtime): Promise<number> {
  const bounds = await runtime.log.offsets(runtime.config.topicPrefix + stateTopic('segmenter'));
  return [...bounds.values()].reduce((sum, { start }) => sum + start, 0);
}
