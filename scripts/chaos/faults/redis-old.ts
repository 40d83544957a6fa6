import { copyFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Fault, pipeline } from '../fault.ts';
import { redisDump } from '../parts.ts';

const TURNS = 3;

/** Redis is set back in time: what it holds is right, but of a while ago. */
export const redisOld: Fault = {
  name: 'redis-old',
  what: 'Redis killed and restarted with a snapshot of seconds ago',
  members: pipeline,
  async strike({ parts, random, intensity, say, over }) {
    const { redis } = parts;
    const kept = `${redisDump(parts)}.kept`;
    for (let i = 0; i < Math.ceil(TURNS * intensity); i += 1) {
      const connection = new Redis(parts.direct.redis);
      await connection.save();
      connection.disconnect();
      copyFileSync(redisDump(parts), kept);
      const agoMs = random.between(1_500, 4_000);
      await sleep(agoMs);
      await redis.kill();
      copyFileSync(kept, redisDump(parts));
      over();
      await redis.start();
      say(`Redis is as it was ${(agoMs / 1000).toFixed(1)} s ago`);
      await sleep(random.between(500, 1_500));
    }
    return undefined;
  },
};
