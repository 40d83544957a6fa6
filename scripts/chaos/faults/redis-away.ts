import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline } from '../fault.ts';

const SLOW_MS = 5_000;
const AWAY_MS = 6_000;

/** Redis is there, but the way to it is slow, then closed, then swallows what is said. */
export const redisAway: Fault = {
  name: 'redis-away',
  what: 'Redis slow (200 ms more each way), then unreachable, then silent on connections that stay open',
  members: pipeline,
  async strike({ parts, random, intensity, say, over }) {
    const { redisProxy: proxy } = parts;
    for (let i = 0; i < Math.ceil(intensity); i += 1) {
      say('Redis is slow');
      proxy.mode = { kind: 'delay', ms: 200 };
      await sleep(SLOW_MS + random.between(0, 1_000));
      say('Redis cannot be reached');
      proxy.mode = { kind: 'refuse' };
      proxy.cutAll();
      await sleep(AWAY_MS + random.between(0, 1_000));
      proxy.mode = { kind: 'pass' };
      await sleep(random.between(1_000, 2_000));
      say('Redis is silent');
      proxy.mode = { kind: 'mute' };
      await sleep(AWAY_MS + random.between(0, 1_000));
      proxy.mode = { kind: 'pass' };
      over();
    }
    return undefined;
  },
};
