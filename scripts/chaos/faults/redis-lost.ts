import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline } from '../fault.ts';
import { redisDump } from '../parts.ts';

const LOSSES = 6;
/** A batch that misses nothing in memory does not ask Redis. */
const READ_MS = 5_000;

/** Redis dies and comes back with nothing, every other time as it has just answered a batch's reads. */
export const redisLost: Fault = {
  name: 'redis-lost',
  what: 'Redis killed (SIGKILL) and restarted empty, half of the times between the reads of a batch and its commit',
  members: pipeline,
  async strike({ parts, random, intensity, say, over }) {
    const { redis, reads } = parts;
    let betweenReads = 0;
    const losses = Math.ceil(LOSSES * intensity);
    for (let i = 0; i < losses; i += 1) {
      await sleep(random.between(300, 1_500));
      const hit = i % 2 === 0 && (await Promise.race([reads.next().then(() => true), sleep(READ_MS, false)]));
      if (hit) betweenReads += 1;
      await redis.kill();
      rmSync(redisDump(parts), { force: true });
      await sleep(random.between(0, 1_000));
      over();
      await redis.start();
      say(`Redis was lost${hit ? ' just after a read' : ''}`);
    }
    return [`${losses} losses, ${betweenReads} between reads and commit`];
  },
};
