import { createEmbeddedWorld, type EmbeddedWorld, eventually } from '@detent/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { InputRecord, Processor, RunningService } from './index.ts';
import { murmur2Partition } from './index.ts';

const OBSERVATION = 'detent.observations.Observation';
const TOPIC = 'observations.v1';

interface Seen {
  entityId: string;
  at: number;
  note?: string;
}

const running: RunningService[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});

function plain(service: string, sources: string[], process: Processor['process']): Processor {
  return {
    service,
    sources,
    outputs: service === 'writer' ? [TOPIC] : [],
    partitioning: 'per-partition',
    accept: ({ value }) => {
      const { at } = value as Seen;
      return at < 0 ? { code: 'BEFORE_TIME', message: 'at is negative', step: 'accept' } : at;
    },
    keysOf: () => [],
    encodeState: () => Buffer.alloc(0),
    decodeState: () => undefined,
    process,
    *onDue() {},
  };
}

/** Writes what its records say, one observation for each, all in one batch. */
function writer(of: (record: InputRecord) => Seen[]): Processor {
  return plain('writer', ['in'], function* (batch, context) {
    for (const record of batch) {
      for (const seen of of(record)) {
        const { entityId, at } = seen;
        context.emit({ topic: TOPIC, name: OBSERVATION, key: entityId, value: seen, eventTime: at, partition: 'key' });
      }
    }
  });
}

/** Reads observations beside another topic; remembers each batch that was committed. */
function reader(batches: InputRecord[][], failures = { left: 0 }): Processor {
  return plain('reader', [TOPIC, 'other'], function* (batch) {
    if (failures.left-- > 0) throw new Error('power cut');
    if (batch.length > 0) batches.push([...batch]);
  });
}

async function run(world: EmbeddedWorld, make: () => Processor, maxBatch: number): Promise<void> {
  const service = await world.start(make, { maxBatch });
  running.push(service);
  await eventually(() => service.problem() === undefined && service.idle());
  await service.stop();
}

const many = (n: number): Seen[] => Array.from({ length: n }, (_, i) => ({ entityId: `e${i % 7}`, at: i }));

async function written(seen: Seen[], partitions = 1): Promise<EmbeddedWorld> {
  const world = await createEmbeddedWorld(['in', TOPIC, 'other'], partitions);
  await world.produce(['in', 'k', 'E', { at: 0 }]);
  await run(world, () => writer(() => seen), 100);
  return world;
}

async function records(world: EmbeddedWorld) {
  const found = [];
  for await (const page of world.client.read(TOPIC)) found.push(...page);
  return found;
}

describe('packs', () => {
  it('carry many items in few records, each to the partition of its key, and in order', async () => {
    const seen = many(1000);
    const world = await written(seen, 3);
    expect((await records(world)).length).toBeLessThan(12);
    const all = await world.all(TOPIC);
    for (const { key, partition } of all) expect(partition).toBe(murmur2Partition(Buffer.from(key), 3));
    for (const partition of [0, 1, 2]) {
      const mine = seen.filter(({ entityId }) => murmur2Partition(Buffer.from(entityId), 3) === partition);
      expect(all.filter((one) => one.partition === partition).map(({ value }) => value)).toEqual(mine);
    }
  });

  it('are not made of one item, which keeps its key', async () => {
    const world = await written([{ entityId: 'alone', at: 5 }]);
    expect((await records(world)).map(({ key }) => key?.toString())).toEqual(['alone']);
    expect((await world.all(TOPIC))[0]).toMatchObject({ name: OBSERVATION, value: { entityId: 'alone' } });
  });

  it('are parted when they grow large', async () => {
    const seen = many(200).map((one) => ({ ...one, note: 'x'.repeat(10_000) }));
    const world = await written(seen);
    const sizes = (await records(world)).map(({ value }) => value?.length ?? 0);
    expect(Math.max(...sizes)).toBeLessThan(300_000);
    expect((await world.all(TOPIC)).map(({ value }) => value)).toEqual(seen);
  });

  it.each([1, 3, 100])('are taken whole in batches of %i, beside another topic by event time', async (maxBatch) => {
    const world = await written(many(600));
    for (const at of [10, 20, 590]) await world.produce(['other', 'k', 'E', { at }]);
    const batches: InputRecord[][] = [];
    await run(world, () => reader(batches), maxBatch);
    const taken = batches.flat();
    expect(taken.filter(({ topic }) => topic === TOPIC).map(({ eventTime }) => eventTime)).toEqual(
      many(600).map(({ at }) => at),
    );
    expect(taken.filter(({ topic }) => topic === 'other').map(({ eventTime }) => eventTime)).toEqual([10, 20, 590]);
    for (const batch of batches) {
      const times = batch.map(({ eventTime }) => eventTime);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    for (const { offset } of await records(world)) {
      const holding = batches.filter((batch) =>
        batch.some(({ topic, raw }) => topic === TOPIC && raw.offset === offset),
      );
      expect(holding).toHaveLength(1);
    }
  });

  it('lose and repeat nothing when a batch fails and is done again', async () => {
    const world = await written(many(600));
    const batches: InputRecord[][] = [];
    const failures = { left: 2 };
    await run(world, () => reader(batches, failures), 50);
    expect(batches.flat().map(({ eventTime }) => eventTime)).toEqual(many(600).map(({ at }) => at));
  });

  it('send an item that cannot be used to the dead letters as a record of its own, once, and go on', async () => {
    const bad = { entityId: 'bad', at: -1 };
    const world = await written([...many(10), bad, ...many(10)]);
    const batches: InputRecord[][] = [];
    await run(world, () => reader(batches), 4);
    expect(batches.flat()).toHaveLength(20);
    expect(await world.all('dlq.v1')).toMatchObject([
      {
        key: 'bad',
        name: OBSERVATION,
        value: bad,
        headers: { 'detent.error.code': 'BEFORE_TIME', 'detent.error.offset': '0' },
      },
    ]);
  });

  it('of nothing that can be used are passed over', async () => {
    const world = await written([
      { entityId: 'a', at: -1 },
      { entityId: 'b', at: -2 },
    ]);
    await world.produce(['other', 'k', 'E', { at: 1 }]);
    const batches: InputRecord[][] = [];
    await run(world, () => reader(batches), 4);
    expect(batches.flat().map(({ topic }) => topic)).toEqual(['other']);
    expect((await world.all('dlq.v1')).map(({ key }) => key).sort()).toEqual(['a', 'b']);
  });
});
