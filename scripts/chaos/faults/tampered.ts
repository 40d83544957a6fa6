import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Fault, pipeline } from '../fault.ts';

const CALM_MS = 3_000;

/** Nothing goes wrong, but what is left behind is altered: the checker must find just that. */
export const tampered: Fault = {
  name: 'tampered',
  what: 'nothing, but one change is written twice and one state taken from Redis: the checker must say so',
  members: pipeline,
  async strike() {
    await sleep(CALM_MS);
    return undefined;
  },
  async meddle({ topology }) {
    const { log, config } = topology.runtime;
    const topic = `${config.topicPrefix}segments.order.v1`;
    for await (const page of log.read(topic)) {
      await log.append(page.slice(0, 1).map(({ headers: _, ...record }) => record));
      break;
    }
    const redis = new Redis(config.redisUrl);
    const [, [key] = []] = await redis.scan(0, 'MATCH', `${config.topicPrefix}segmenter:*:order:*`, 'COUNT', 100_000);
    await redis.del(key ?? '');
    redis.disconnect();
  },
};
