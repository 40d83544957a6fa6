import { randomUUID } from 'node:crypto';
import type { StateWrite } from '@detent/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testRedis } from '../../testing/cluster.ts';
import { createRecordingMetrics, silentLogger } from '../../testing/index.ts';
import { connectRedis, type RedisClient, RedisStateStore, taskKeys } from './index.ts';

/** Skips without DETENT_TEST_REDIS_URL. */
(testRedis ? describe : describe.skip)('states of a task in Redis', () => {
  let client: RedisClient;
  let store: RedisStateStore;
  const write = (key: string, value: string | null, dueAt: number | null = null): StateWrite => ({
    key,
    value: value === null ? null : Buffer.from(value),
    dueAt,
  });
  const textOf = async (keys: string[]) => (await store.read(keys)).values.map((value) => value?.toString() ?? null);

  beforeAll(async () => {
    client = await connectRedis({ url: testRedis! }, silentLogger);
  });
  beforeEach(() => {
    const keys = taskKeys(`t${randomUUID().slice(0, 8)}.`, 'worker', 0);
    store = new RedisStateStore(client, keys, createRecordingMetrics());
  });
  afterAll(() => client.close());

  it('are applied by a server that has just forgotten the script', async () => {
    for (const [from, to] of [
      [null, 'm:1'],
      ['m:1', 'm:2'],
    ] as const) {
      await client.connection.script('FLUSH');
      expect(await store.apply(from, to, [write('order:1', to, 7)])).toBe(true);
      expect(await textOf(['order:1'])).toEqual([to]);
    }
    expect(await store.drop('m:2')).toBe(true);
  });

  it('are applied whole however many there are, the last write of a key last, and only beside the expected mark', async () => {
    const count = 2500;
    const keys = Array.from({ length: count }, (_, i) => `größe:${i}`);
    const first = keys.map((key, i) => write(key, 'x'.repeat(i % 900), i));
    // Written again and deleted far behind where they stand first: in another call, were they not taken together.
    const again = keys.slice(0, 40).map((key, i) => (i < 20 ? write(key, `again ${i}`) : write(key, null)));
    expect(await store.apply(null, 'm:1', [...first, ...again])).toBe(true);
    const expected = keys.map((_, i) => (i < 20 ? `again ${i}` : i < 40 ? null : 'x'.repeat(i % 900)));
    expect(await textOf(keys)).toEqual(expected);
    expect((await store.due(41, 10)).due).toEqual([
      { key: 'größe:40', dueAt: 40 },
      { key: 'größe:41', dueAt: 41 },
    ]);
    expect(await store.apply('m:0', 'm:9', [write('größe:0', 'late')])).toBe(false);
    expect(await textOf(['größe:0'])).toEqual(['again 0']);
    expect(await store.drop('m:1')).toBe(true);
    expect(await textOf(['größe:50'])).toEqual([null]);
  });
});
