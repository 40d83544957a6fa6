import { silentLogger } from '@detent/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, paceKey, type RedisClient, RedisPaceBoard } from './index.ts';

const url = process.env['DETENT_TEST_REDIS_URL'];

(url ? describe : describe.skip)('the board of pace in Redis', () => {
  const key = paceKey(`pace-${process.pid}.`, 'service');
  let now = 1_000_000;
  const clock = { now: () => now };
  let redis: RedisClient;
  beforeAll(async () => {
    redis = await connectRedis({ url: url! }, silentLogger);
  });
  afterAll(async () => {
    await redis.connection.unlink(key);
    redis.close();
  });

  it('tells each process of the others, until they leave or fall silent', async () => {
    const one = new RedisPaceBoard(redis, key, clock);
    const two = new RedisPaceBoard(redis, key, clock);
    expect([...(await one.exchange(new Map([[0, 500]])))]).toEqual([]);
    expect([...(await two.exchange(new Map([[1, 300]])))]).toEqual([[0, 500]]);
    expect([...(await one.exchange(new Map([[0, 600]])))]).toEqual([[1, 300]]);
    await one.exchange(new Map());
    expect([...(await two.exchange(new Map([[1, 310]])))]).toEqual([]);
    now += 10_000;
    expect([...(await one.exchange(new Map([[0, 700]])))]).toEqual([]);
  });

  it('is of no task that has moved to the process that asks', async () => {
    const one = new RedisPaceBoard(redis, key, clock);
    const two = new RedisPaceBoard(redis, key, clock);
    await one.exchange(new Map([[2, 100]]));
    expect((await two.exchange(new Map([[2, 900]]))).has(2)).toBe(false);
  });
});
