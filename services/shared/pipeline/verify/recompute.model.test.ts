import { createEmbeddedWorld, createJsonCodec, type EmbeddedWorld, eventually } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../core/testing/seeded.ts';
import { changelogBatches, type LogRecord, type OutRecord, type Processor, Recompute } from '../index.ts';

const OBSERVATION = 'detent.observations.Observation';
const PACK = 'detent.observations.ObservationPack';
const HOUR = 3_600_000;
const UNKNOWN = 7;

interface Event {
  entityId: string;
  at: number;
}

/**
 * Sums what it sees by entity, forgets an entity after three hours of silence, and numbers its outputs within its session:
 * so it matters which records a batch held, in which order, what was due, and where a session began.
 */
function summing(): Processor {
  let n = 0;
  return {
    service: 'summing',
    sources: ['a', 'observations.v1'],
    outputs: ['out'],
    partitioning: 'per-partition',
    feeds: true,
    basis: 'test',
    accept: ({ value }) => {
      const { at } = value as Event;
      return at < 0 ? { code: 'NEGATIVE', message: `at is ${at}`, step: 'accept' } : at;
    },
    keysOf: () => [],
    encodeState: (_key, value) => Buffer.from(JSON.stringify(value)),
    decodeState: (_key, bytes) => JSON.parse(bytes.toString()),
    *process(batch, context) {
      for (const { value, topic, eventTime } of batch) {
        const { entityId } = value as Event;
        yield [entityId];
        const sum = ((context.states.get(entityId) as number | undefined) ?? 0) * 31 + (eventTime % 97) + topic.length;
        context.states.put(entityId, sum % 1_000_003, eventTime + 3 * HOUR + 0.5);
        n += 1;
        const said = { entityId, sum, n, of: batch.length, now: context.now };
        context.emit({ topic: 'out', name: 'E', key: entityId, value: said, eventTime, partition: 'own', id: `${n}` });
      }
    },
    *onDue(due, until, context) {
      for (const { key } of due) {
        context.states.delete(key);
        n += 1;
        const said = { gone: key, n, until };
        context.emit({ topic: 'out', name: 'E', key, value: said, eventTime: until, partition: 'own' });
      }
    },
  };
}

const raw = (topic: string, key: string | null, body: object, timestamp: number): OutRecord => ({
  topic,
  partition: null,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(JSON.stringify(body)),
  timestamp,
});

/** Appends a few records of every kind: early, late, from the future, unreadable, in packs. */
async function traffic(world: EmbeddedWorld, random: () => number, from: number): Promise<void> {
  const records: OutRecord[] = [];
  const event = (): Event => ({
    entityId: `e${Math.floor(random() * 12)}`,
    at: from + Math.floor((random() - 0.2) * 2 * HOUR),
  });
  for (let i = 0; i < 5 + random() * 20; i += 1) {
    const value = event();
    const kind = random();
    if (kind < 0.05) value.at = -1;
    if (kind > 0.95) value.at += 1000 * 24 * HOUR;
    const id = random() < 0.08 ? UNKNOWN : 1;
    if (random() < 0.3) {
      const items = Array.from({ length: 2 + Math.floor(random() * 4) }, event);
      records.push(raw('observations.v1', null, { id: 1, name: PACK, value: { items } }, from));
    } else if (random() < 0.5) records.push(raw('observations.v1', 'k', { id, name: OBSERVATION, value }, from));
    else records.push(raw('a', value.entityId, { id, name: 'E', value }, from));
  }
  await world.client.append(records);
}

async function contents(world: EmbeddedWorld, topic: string): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for await (const page of world.client.read(topic)) found.push(...page);
  return found;
}

const told = ({ key, value, headers = {} }: Pick<OutRecord, 'key' | 'value' | 'headers'>) =>
  [key, value, ...Object.entries(headers).flat()].map(String);

describe('batches repeated by their journal', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'come to the same outputs and states, whatever happened (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const codec = createJsonCodec({ unknown: new Set([UNKNOWN]), fetched: async () => false });
      const world = await createEmbeddedWorld(['a', 'observations.v1', 'out'], 1, ':memory:', codec);
      let now = 1_700_000_000_000;
      for (let session = 0; session < 5; session += 1) {
        const options = {
          maxBatch: 1 + Math.floor(random() * 12),
          maxDue: 1 + Math.floor(random() * 4),
          cacheStates: 2 + Math.floor(random() * 20),
          time: random() < 0.5 ? ('wall' as const) : ('stream' as const),
        };
        world.clock.set(now);
        const service = await world.start(summing, options);
        for (let round = 0; round < 4; round += 1) {
          now += Math.floor(random() * HOUR);
          world.clock.set(now);
          await traffic(world, random, now);
          await eventually(() => service.idle());
        }
        await service.stop();
      }

      const recompute = new Recompute({
        make: summing,
        prefix: '',
        task: 0,
        partitions: 1,
        codec,
        cacheStates: 3,
        read: (topic, _partition, from) => world.client.read(topic, new Map([[0, from]]))[Symbol.asyncIterator](),
      });
      const outputs: OutRecord[] = [];
      let batches = 0;
      for await (const { entry } of changelogBatches(world.client.read('state.summing.v1'))) {
        outputs.push(...(await recompute.batch(entry!)).outputs);
        batches += 1;
      }
      expect(batches).toBeGreaterThan(40);
      for (const topic of ['out', 'dlq.v1']) {
        const expected = outputs.filter((output) => output.topic === topic).map(told);
        expect((await contents(world, topic)).map(told)).toEqual(expected);
        expect(expected.length).toBeGreaterThan(10);
      }
      const kept = world.store.db.prepare('SELECT key, value, due FROM state ORDER BY key').all() as {
        key: string;
        value: Uint8Array;
        due: number;
      }[];
      expect(
        [...recompute.states.entries()]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => [key, String(value)]),
      ).toEqual(kept.map(({ key, value }) => [key, Buffer.from(value).toString()]));
      for (const { key, due } of kept) expect(recompute.states.dueAt(key)).toBe(due);
    },
  );
});
