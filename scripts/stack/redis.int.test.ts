import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis } from '../../services/shared/adapters/redis/index.ts';
import { silentLogger } from '../../services/shared/testing/recording-metrics.ts';
import { redisMissing } from './redis.ts';
import { startStack } from './stack.ts';

const missing = redisMissing();

/** On a Redis of its own: its settings are changed. */
(missing === undefined ? describe : describe.skip)(
  `a Redis that evicts${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it('is refused, with what to set', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'detent-redis-'));
      const stack = await startStack({ dir, ports: 'free', parts: ['redis'], owned: true });
      try {
        const redis = new Redis(stack.redis);
        await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
        await expect(connectRedis({ url: stack.redis }, silentLogger)).rejects.toMatchObject({
          code: 'DETENT_REDIS_EVICTS',
          message: expect.stringMatching(/allkeys-lru.*noeviction/),
        });
        await redis.config('SET', 'maxmemory-policy', 'noeviction');
        (await connectRedis({ url: stack.redis }, silentLogger)).close();
        redis.disconnect();
      } finally {
        await stack.stop({ deleteData: true });
      }
    }, 60_000);
  },
);
