import { randomUUID } from 'node:crypto';
import type { StateWrite } from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { testRedisCluster } from '../../testing/cluster.ts';
import { createRecordingMetrics, silentLogger } from '../../testing/recording-metrics.ts';
import { reconcile } from '../kafka/changelog/reconcile.ts';
import { connectRedis, type RedisClient, RedisStateStore, taskKeys } from './index.ts';

const needed = testRedisCluster === undefined ? describe.skip : describe;

/** What a cluster does to a task that one server cannot: its slot moves. Skips without DETENT_TEST_REDIS_CLUSTER. */
needed('states in a Redis Cluster', () => {
  const prefix = `t${randomUUID().slice(0, 8)}.`;
  const clients: RedisClient[] = [];
  let client: RedisClient;

  const connect = async () => {
    const connected = await connectRedis({ url: '', cluster: testRedisCluster }, silentLogger);
    clients.push(connected);
    return connected;
  };
  const storeOf = (of: RedisClient, task: number) =>
    new RedisStateStore(of, taskKeys(prefix, 'worker', task), createRecordingMetrics());
  const write = (key: string, value: string | null, dueAt: number | null = null): StateWrite => ({
    key,
    value: value === null ? null : Buffer.from(value),
    dueAt,
  });
  const text = (values: readonly (Buffer | null)[]) => values.map((value) => value?.toString() ?? null);

  beforeEach(async () => {
    client = await connect();
  });
  afterEach(() => {
    for (const each of clients.splice(0)) each.close();
  });

  it('lie in one slot for each task, spread over the masters', async () => {
    expect(client.nodes()).toHaveLength(3);
    const slots = new Map<number, number>();
    for (let task = 0; task < 24; task += 1) {
      const { mark, due, state } = taskKeys(prefix, 'worker', task);
      const of = await Promise.all(
        [mark, due, state('order:1'), state('~ref:sku:{x}:3')].map((key) => client.connection.cluster('KEYSLOT', key)),
      );
      expect(new Set(of).size).toBe(1);
      slots.set(task, Math.floor((Number(of[0]) * 3) / 16_384));
      await storeOf(client, task).apply(null, 'm:1', [write('order:1', `of ${task}`, task), write('gone', null)]);
    }
    expect(new Set(slots.values()).size).toBe(3);
    for (let task = 0; task < 24; task += 1) {
      const store = storeOf(client, task);
      expect(text((await store.read(['order:1', 'other'])).values)).toEqual([`of ${task}`, null]);
      expect((await store.due(100, 10)).due).toEqual([{ key: 'order:1', dueAt: task }]);
      const found = [];
      for await (const { page } of store.scan()) found.push(...page.map(({ key }) => key));
      expect(found).toEqual(['order:1']);
      expect(await store.drop('m:1')).toBe(true);
      expect(text((await store.read(['order:1'])).values)).toEqual([null]);
    }
  });

  it('are read and written as ever while their slot moves to another master and back', async () => {
    const store = storeOf(client, 100);
    const late = storeOf(await connect(), 100);
    const count = 300;
    const all = Array.from({ length: count }, (_, i) => write(`k:${i}`, '0', i));
    expect(await store.apply(null, 'm:0', all)).toBe(true);
    // Now both know where the slot is, and neither will be told that it moves.
    expect((await late.read([])).mark).toBe('m:0');
    let moving = true;
    let round = 0;
    const work = (async () => {
      do {
        const writes = Array.from({ length: 40 }, (_, i) => write(`k:${(round * 40 + i) % count}`, `${round + 1}`, i));
        expect(await store.apply(`m:${round}`, `m:${round + 1}`, writes)).toBe(true);
        round += 1;
        const { values, mark } = await store.read(writes.map(({ key }) => key));
        expect(mark).toBe(`m:${round}`);
        expect(new Set(text(values))).toEqual(new Set([`${round}`]));
        expect((await store.due(count, 5)).due).toHaveLength(5);
        // Some rounds at least, however quickly the slot has moved.
      } while (moving || round <= 3);
    })();
    const slot = Number(await client.connection.cluster('KEYSLOT', taskKeys(prefix, 'worker', 100).mark));
    await moveSlot(client, slot);
    expect((await late.read([])).mark).toMatch(/^m:\d+$/);
    await moveSlot(client, slot);
    moving = false;
    await work;
    expect((await late.read([])).mark).toBe(`m:${round}`);
    // The late one writes with a mark that is no more: refused, wherever the slot is.
    expect(await late.apply('m:0', 'm:x', [write('k:0', 'late')])).toBe(false);
    expect(await store.drop(`m:${round}`)).toBe(true);
  }, 60_000);

  it('are rebuilt from the changelog while their slot moves', async () => {
    const store = storeOf(client, 101);
    const pages = Array.from({ length: 40 }, (_, page) => ({
      writes: Array.from({ length: 25 }, (_, i) => write(`k:${page * 25 + i}`, `v${page}`, page)),
      next: page + 1,
    }));
    const truth = {
      topicId: 'topic',
      markAt: (next: number) => `topic:${next}`,
      async *read() {
        for (const [i, page] of pages.entries()) {
          if (i === 5)
            moved = moveSlot(
              client,
              Number(await client.connection.cluster('KEYSLOT', taskKeys(prefix, 'worker', 101).mark)),
            );
          yield page;
        }
      },
    };
    let moved: Promise<void> | undefined;
    const reasons: string[] = [];
    const mark = await reconcile(store, truth, { start: 0, end: 40 }, (reason) => reasons.push(reason));
    await moved;
    expect([mark, reasons]).toEqual(['topic:40', ['absent']]);
    const { values } = await store.read(Array.from({ length: 1000 }, (_, i) => `k:${i}`));
    expect(text(values)).toEqual(Array.from({ length: 1000 }, (_, i) => `v${Math.floor(i / 25)}`));
    expect(await store.drop('topic:40')).toBe(true);
  }, 60_000);
});

/** Moves a slot with its keys to the next master, as `redis-cli --cluster reshard` does. */
async function moveSlot(client: RedisClient, slot: number): Promise<void> {
  const nodes = client.nodes();
  const ids = await Promise.all(nodes.map((node) => node.cluster('MYID') as Promise<string>));
  const from = await ownerOf(nodes, slot);
  const to = (from + 1) % nodes.length;
  await nodes[to]!.cluster('SETSLOT', slot, 'IMPORTING', ids[from]!);
  await nodes[from]!.cluster('SETSLOT', slot, 'MIGRATING', ids[to]!);
  const { host, port } = nodes[to]!.options;
  for (;;) {
    const keys = (await nodes[from]!.cluster('GETKEYSINSLOT', slot, 20)) as string[];
    if (keys.length === 0) break;
    await nodes[from]!.migrate(host!, port!, '', 0, 5000, 'KEYS', ...keys);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The new owner first: a slot must never be without one.
  for (const node of [nodes[to]!, nodes[from]!]) await node.cluster('SETSLOT', slot, 'NODE', ids[to]!);
}

async function ownerOf(nodes: readonly Redis[], slot: number): Promise<number> {
  for (const [i, node] of nodes.entries()) {
    const lines = ((await node.cluster('NODES')) as string).split('\n');
    const [, , , , , , , , ...ranges] = lines
      .find((line) => line.includes('myself'))!
      .trim()
      .split(' ');
    const owns = ranges.some((range) => {
      const [from, to = from] = range.split('-').map(Number);
      return from! <= slot && slot <= to!;
    });
    if (owns) return i;
  }
  throw new Error(`no master has slot ${slot}`);
}
