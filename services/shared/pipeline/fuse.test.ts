import { createEmbeddedWorld, type EmbeddedWorld, eventually } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { fuse, murmur2Partition, type Processor, type RunningService } from './index.ts';

const OBSERVATION = 'detent.observations.Observation';
const VIA = 'observations.v1';
const PARTITIONS = 3;
const KEYS = ['a', 'b', 'c', 'd', 'e'];

const common = {
  partitioning: 'per-partition',
  encodeState: (_: string, value: unknown) => Buffer.from(String(value)),
  decodeState: (_: string, bytes: Buffer) => Number(bytes),
} as const;

/** Tells of each record's own key and of `other`, and remembers for 1000 ms when it last heard of a key. */
const first = (): Processor => ({
  ...common,
  service: 'first',
  sources: ['in'],
  outputs: [VIA],
  accept: ({ value }) => (value as { at: number }).at,
  keysOf: ({ raw }) => [`in.v1:${raw.key}`],
  *process(batch, context) {
    const { states } = context;
    for (const { raw, eventTime, keys } of batch) {
      const key = keys![0]!;
      states.put(key, eventTime, eventTime + 1000);
      for (const entityId of [String(raw.key), 'other'])
        context.emit({
          topic: VIA,
          name: OBSERVATION,
          key: entityId,
          value: { entityId, at: eventTime },
          eventTime,
          partition: 'key',
        });
    }
  },
  *onDue(due, until, { states }) {
    for (const { key } of due) {
      const at = states.get(key) as number;
      if (at + 1000 <= until) states.delete(key);
      else states.put(key, at, at + 1000);
    }
  },
});

/** Says how often it has heard of an entity, and refuses what is told of the instant 13. */
const second = (): Processor => ({
  ...common,
  service: 'second',
  sources: [VIA],
  outputs: ['out'],
  accept: ({ value }) => {
    const { at } = value as { at: number };
    return at === 13 ? { code: 'UNLUCKY', message: 'nothing happens at 13', step: 'accept' } : at;
  },
  keysOf: ({ value }) => [(value as { entityId: string }).entityId],
  *process(batch, context) {
    const { states } = context;
    for (const { value, keys, eventTime } of batch) {
      const { entityId } = value as { entityId: string };
      const heard = Number(states.get(keys![0]!) ?? 0) + 1;
      states.put(keys![0]!, heard, null);
      const say = { entityId, heard, at: eventTime };
      context.emit({ topic: 'out', name: 'Said', key: entityId, value: say, eventTime, partition: 'own' });
    }
  },
  *onDue() {},
});

const isFirsts = (key: string) => key.startsWith('in.v1:');
const fused = () => fuse(first(), second(), { via: VIA, isFirsts });

async function written(): Promise<EmbeddedWorld> {
  const world = await createEmbeddedWorld(['in', VIA, 'out'], PARTITIONS);
  for (let i = 0; i < 40; i += 1) await world.produce(['in', KEYS[i % KEYS.length]!, 'E', { at: i }]);
  return world;
}

async function run(world: EmbeddedWorld, ...services: (() => Processor)[]): Promise<void> {
  const running: RunningService[] = [];
  for (const make of services) running.push(await world.start(make, { maxBatch: 7 }));
  const settled = async () => running.every((service) => service.problem() === undefined && service.idle());
  await eventually(settled);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await eventually(settled);
  await Promise.all(running.map((service) => service.stop()));
}

/** What was said of each entity, in order. */
async function said(world: EmbeddedWorld) {
  const all = await world.all('out');
  return Object.fromEntries(
    [...KEYS, 'other'].map((id) => [id, all.filter(({ key }) => key === id).map(({ value }) => value)]),
  );
}

const isOwn = (key: string) => (id: string) =>
  murmur2Partition(Buffer.from(id), PARTITIONS) === murmur2Partition(Buffer.from(key), PARTITIONS);

describe('two services fused', () => {
  it('say of every entity what the two apart say, in the same order', async () => {
    const apart = await written();
    await run(apart, first, second);
    const together = await written();
    await run(together, fused);
    const [expected, found] = [await said(apart), await said(together)];
    for (const id of KEYS) expect(found[id]).toEqual(expected[id]);
    expect(found['a']).toHaveLength(8);
    // Told by several tasks, whose order among each other is open.
    expect(found['other']).toHaveLength(expected['other']!.length);
    expect(found['other']!.map((_, i) => i + 1)).toEqual(
      found['other']!.map((one) => (one as { heard: number }).heard),
    );
  });

  it('hand over by the topic only what another task keeps', async () => {
    const world = await written();
    await run(world, fused);
    const hops = await world.all(VIA);
    const foreign = KEYS.filter((key) => !isOwn(key)('other')).length;
    expect(foreign).toBeGreaterThan(0);
    expect(foreign).toBeLessThan(KEYS.length);
    expect(hops.map(({ key }) => key)).toEqual(new Array(foreign * 8).fill('other'));
    expect(world.metrics.total('detent_fused_observations_total', { path: 'hop' })).toBe(hops.length);
    expect(world.metrics.total('detent_fused_observations_total', { path: 'direct' })).toBe(
      80 - hops.length - 1 - Number(isOwn('d')('other')),
    );
  });

  it('put what the second refuses into the dead letters as the record that it would have been', async () => {
    const world = await written();
    await run(world, fused);
    const letters = (await world.all('dlq.v1')).map(({ key, name, value, headers }) => ({ key, name, value, headers }));
    expect(letters).toHaveLength(2);
    expect(letters).toContainEqual(
      expect.objectContaining({
        key: 'd',
        name: OBSERVATION,
        value: { entityId: 'd', at: 13 },
        headers: expect.objectContaining({ 'detent.error.code': 'UNLUCKY', 'detent.error.topic': VIA }),
      }),
    );
  });

  it('keep the states of both, each woken by its own', async () => {
    const world = await written();
    await run(world, fused);
    await world.produce(['in', 'a', 'E', { at: 5000 }]);
    await run(world, fused);
    const rows = world.store.db.prepare('SELECT key FROM state').all() as { key: string }[];
    const keys = rows.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining([...KEYS, 'in.v1:a']));
    for (const key of KEYS.filter(isOwn('a')).filter((key) => key !== 'a')) expect(keys).not.toContain(`in.v1:${key}`);
  });

  it('take over where the two apart had got to, and give back, with nothing lost or doubled', async () => {
    const world = await written();
    const more = async (at: number) => {
      for (const [i, key] of KEYS.entries()) await world.produce(['in', key, 'E', { at: at + i }]);
    };
    const back = () => ({ ...first(), relieves: 'second' });
    await run(world, back, second);
    await more(100);
    await run(world, fused);
    await more(200);
    await run(world, back, second);
    await more(300);
    await run(world, fused);
    const heard = (await said(world))['a']!.map((one) => (one as { at: number }).at);
    expect(heard).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 100, 200, 300]);
  });
});
