import { createEmbeddedWorld, createJsonCodec, type EmbeddedWorld, eventually } from '@detent/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { InputRecord, ProcessContext, Processor, RunningService } from './index.ts';

interface Counted {
  n: number;
  at: number;
}

/** Counts records by key and says so after each; a key that is silent for 100 ms of event time says `quiet`. */
function counter(overrides: Partial<Processor> = {}): Processor {
  return {
    service: 'counter',
    sources: ['a', 'b'],
    outputs: ['out'],
    partitioning: 'per-partition',
    accept: ({ value }) => {
      const at = (value as { at?: number } | undefined)?.at;
      return at === undefined ? { code: 'NO_TIME', message: 'at is missing', step: 'accept' } : at;
    },
    keysOf: (record) => [keyOf(record)],
    encodeState: (_key, value) => Buffer.from(JSON.stringify(value)),
    decodeState: (_key, bytes) => JSON.parse(bytes.toString()),
    *process(batch, context) {
      for (const record of batch) {
        const key = keyOf(record);
        const state = (context.states.get(key) as Counted | undefined) ?? { n: 0, at: record.eventTime };
        if (state.at + 100 <= record.eventTime) quiet(context, key, state.at + 100);
        context.states.put(key, { n: state.n + 1, at: record.eventTime }, record.eventTime + 100);
        context.emit({
          topic: 'out',
          name: 'Counted',
          key,
          value: { n: state.n + 1, from: record.topic },
          eventTime: record.eventTime,
          partition: 'own',
        });
      }
    },
    *onDue(due, _until, context) {
      for (const { key, dueAt } of due) {
        const state = context.states.get(key) as Counted;
        if (state.at + 100 > dueAt) continue;
        context.states.put(key, state, null);
        quiet(context, key, dueAt);
      }
    },
    ...overrides,
  };
}

function quiet(context: ProcessContext, key: string, at: number): void {
  context.emit({ topic: 'out', name: 'Quiet', key, value: { since: at }, eventTime: at, partition: 'own' });
}

const keyOf = (record: InputRecord) => record.raw.key?.toString() ?? '';
const running: RunningService[] = [];

async function run(world: EmbeddedWorld, processor: Partial<Processor> = {}, options = {}): Promise<RunningService> {
  const service = await world.start(() => counter(processor), options);
  running.push(service);
  return service;
}

const idle = (service: RunningService) => eventually(() => service.idle());
const outputs = async (world: EmbeddedWorld) =>
  (await world.all('out')).map(({ key, name, value }) => [key, name, value]);

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});

describe('time-behind', () => {
  it('is the age of the oldest record that is not committed, grows while a task waits, and is 0 when all is done', async () => {
    let known = false;
    const codec = createJsonCodec({ unknown: new Set([1]), fetched: async () => known });
    const unreachable = {
      ...codec,
      fetch: async (id: number) => (known ? codec.fetch(id) : Promise.reject(new Error('away'))),
    };
    const world = await createEmbeddedWorld(['a', 'b', 'out'], 1, ':memory:', unreachable);
    const behind = () => world.metrics.total('detent_consumer_behind_seconds', { service: 'counter', task: '0' });
    await world.produce(['a', 'k', 'E', { at: 5 }]);
    const service = await run(world);
    world.clock.set(1_000_000 + 90_000);
    await eventually(() => behind() >= 90, 15_000);
    expect(service.problem()).toContain('away');
    known = true;
    await idle(service);
    expect(behind()).toBe(0);
    expect(world.metrics.total('detent_consumer_lag_records', { service: 'counter' })).toBe(0);
  }, 20_000);
});

describe('a task', () => {
  it('takes records across topics by event time, then topic, then offset', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(
      ['b', 'k', 'E', { at: 5 }],
      ['a', 'k', 'E', { at: 3 }],
      ['a', 'k', 'E', { at: 5 }],
      ['b', 'k', 'E', { at: 4 }],
    );
    await idle(await run(world));
    expect((await outputs(world)).map(([, , value]) => (value as { from: string }).from)).toEqual(['a', 'a', 'b', 'b']);
  });

  it.each([1, 2, 100])('gives the same outputs in batches of %i', async (maxBatch) => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    for (let at = 0; at < 400; at += 40)
      await world.produce(['a', `k${at % 3}`, 'E', { at }], ['b', 'k9', 'E', { at: at + 1 }]);
    // A state that memory has let go may become another's at once: nobody may look at it again.
    const recycleState = (_key: string, state: unknown) => void Object.assign(state as Counted, { n: 1e9, at: -1e9 });
    await idle(await run(world, { recycleState }, { maxBatch, cacheStates: 2 }));
    const all = (await outputs(world)).map((entry) => JSON.stringify(entry)).sort();
    expect(all.filter((entry) => entry.includes('Quiet'))).toEqual([
      '["k0","Quiet",{"since":100}]',
      '["k0","Quiet",{"since":220}]',
      '["k0","Quiet",{"since":340}]',
      '["k1","Quiet",{"since":140}]',
      '["k1","Quiet",{"since":260}]',
      '["k2","Quiet",{"since":180}]',
      '["k2","Quiet",{"since":300}]',
    ]);
    expect(all).toHaveLength(27);
  });

  it('goes on where the last commit ended after a restart, with its states', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1 }]);
    const first = await run(world);
    await idle(first);
    await first.stop();
    await world.produce(['a', 'k', 'E', { at: 2 }]);
    await idle(await run(world));
    expect(await outputs(world)).toEqual([
      ['k', 'Counted', { n: 1, from: 'a' }],
      ['k', 'Counted', { n: 2, from: 'a' }],
    ]);
  });

  it('publishes nothing and keeps nothing of a batch that fails, and repeats it whole', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1 }], ['a', 'k', 'E', { at: 2 }]);
    let failures = 2;
    const service = await run(world, {
      *process(batch, context) {
        yield* counter().process(batch, context, false);
        if (failures-- > 0) throw new Error('power cut');
      },
    });
    await eventually(() => service.problem() === undefined && service.idle());
    expect((await outputs(world)).map(([, , value]) => (value as { n: number }).n)).toEqual([1, 2]);
    expect(world.metrics.total('detent_task_closed_total', { reason: 'failed' })).toBe(2);
  });

  it('writes to a compacted topic only what the batch leaves of a key, tombstones included', async () => {
    const topic = 'memberships.order.v1';
    const world = await createEmbeddedWorld(['a', 'b', topic]);
    for (let at = 0; at < 6; at += 1) await world.produce(['a', at % 2 === 0 ? 'x' : 'y', 'E', { at }]);
    await idle(
      await run(world, {
        outputs: [topic],
        *process(batch, context) {
          for (const { raw, eventTime } of batch) {
            const isLast = eventTime === 5;
            const name = isLast ? null : 'Stands';
            const key = String(raw.key);
            context.emit({ topic, name, key, value: { at: eventTime }, eventTime, partition: 'own' });
          }
        },
      }),
    );
    const found = await world.all(topic);
    expect(found.map(({ key, name, value }) => [key, name, value])).toEqual([
      ['x', 'Stands', { at: 4 }],
      ['y', null, null],
    ]);
  });

  it('sends what it cannot read to the dead letters, bytes unchanged, and goes on', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    const broken = Buffer.from('{"half');
    await world.client.append([
      { topic: 'a', partition: 0, key: Buffer.from('k'), value: broken, timestamp: 1, headers: { ce_id: 'x' } },
    ]);
    await world.produce(['a', 'k', 'E', {}], ['a', 'k', 'E', { at: 7 }]);
    await idle(await run(world));
    const dead = [];
    for await (const page of world.client.read('dlq.v1')) dead.push(...page);
    expect(dead.map(({ value }) => value?.toString())).toEqual([broken.toString(), '{"id":1,"name":"E","value":{}}']);
    expect(dead.map(({ headers }) => headers['detent.error.code']?.toString())).toEqual(['TRUNCATED', 'NO_TIME']);
    expect(dead[0]?.headers['ce_id']?.toString()).toBe('x');
    expect(dead[1]?.headers['detent.error.offset']?.toString()).toBe('1');
    expect((await outputs(world)).length).toBe(1);
  });

  it('waits for a registry that does not answer, and refuses only what the registry does not know', async () => {
    let answers: (boolean | Error)[] = [new Error('connection refused'), true, false];
    const codec = createJsonCodec({
      unknown: new Set([7, 8]),
      fetched: async () => {
        const [answer, ...rest] = answers;
        answers = rest;
        if (answer instanceof Error) throw answer;
        return answer ?? false;
      },
    });
    const world = await createEmbeddedWorld(['a', 'b', 'out'], 1, ':memory:', codec);
    const raw = (id: number, at: number) => ({
      topic: 'a',
      partition: 0,
      key: Buffer.from('k'),
      value: Buffer.from(JSON.stringify({ id, name: 'E', value: { at } })),
      timestamp: 1,
    });
    await world.client.append([raw(7, 1), raw(8, 2), raw(1, 3)]);
    const service = await run(world);
    await eventually(() => service.problem()?.includes('connection refused') === true);
    await idle(service);
    expect((await outputs(world)).map(([, , value]) => (value as { n: number }).n)).toEqual([1, 2]);
    expect((await world.all('dlq.v1')).map(({ headers }) => headers['detent.error.code'])).toEqual(['UNKNOWN_SCHEMA']);
  });

  it('asks again, after a while, for a schema that the registry did not have', async () => {
    let asked = 0;
    const unknown = new Set([8]);
    const codec = createJsonCodec({
      unknown,
      fetched: async () => {
        asked += 1;
        return asked > 1;
      },
    });
    const world = await createEmbeddedWorld(['a', 'b', 'out'], 1, ':memory:', codec);
    const value = (at: number) => Buffer.from(JSON.stringify({ id: 8, name: 'E', value: { at } }));
    const append = (...at: number[]) =>
      world.client.append(
        at.map((each) => ({ topic: 'a', partition: 0, key: Buffer.from('k'), value: value(each), timestamp: 1 })),
      );
    const refused = async () => (await world.all('dlq.v1')).length;
    await append(1, 2);
    const service = await run(world);
    await eventually(async () => (await refused()) === 2);
    await append(3);
    await eventually(async () => (await refused()) === 3);
    expect(asked).toBe(1);
    world.clock.set(world.clock.now() + 10_000);
    await append(4);
    await eventually(async () => (await outputs(world)).length === 1);
    await idle(service);
    expect([asked, await refused()]).toEqual([2, 3]);
  });

  it('moves time by the wall clock only when told so, and only once it has caught up', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1000 }]);
    const still = await run(world, {}, { time: 'stream' });
    world.clock.set(50_000);
    await idle(still);
    await still.stop();
    expect(await outputs(world)).toHaveLength(1);
    await idle(await run(world, {}, { time: 'wall', graceMs: 10 }));
    await eventually(async () => (await outputs(world)).length === 2);
    expect((await outputs(world))[1]).toEqual(['k', 'Quiet', { since: 1100 }]);
  });

  it('skips facts that ingest refuses for running ahead of the wall clock, and nothing of our own topics', async () => {
    const world = await createEmbeddedWorld(['sensors.v1', 'b', 'out']);
    const ahead = 1_000_000 + 25 * 3_600_000;
    await world.produce(['sensors.v1', 'far', 'E', { at: ahead }], ['b', 'far', 'E', { at: ahead + 1 }]);
    await idle(await run(world, { sources: ['sensors.v1', 'b'], refusals: 'skip' }, { time: 'wall' }));
    expect((await outputs(world)).map(([, , value]) => (value as { from: string }).from)).toEqual(['b']);
    expect(await world.all('dlq.v1')).toEqual([]);
  });

  it('refuses events of a feed that run ahead of the wall clock', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1_000_000 + 25 * 3_600_000 }], ['a', 'k', 'E', { at: 999_000 }]);
    await idle(await run(world, { feeds: true }, { time: 'wall' }));
    expect((await world.all('dlq.v1')).map(({ headers }) => headers['detent.error.code'])).toEqual(['FUTURE_TIME']);
    expect((await outputs(world))[0]).toEqual(['k', 'Counted', { n: 1, from: 'a' }]);
  });

  it('looks for due states from the instant on that the processor names', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out'], 1);
    let next = Number.POSITIVE_INFINITY;
    const service = await run(world, { nextDue: () => next });
    const append = async (key: string, at: number) => {
      const before = (await outputs(world)).length;
      await world.produce(['a', key, 'E', { at }]);
      await eventually(async () => (await outputs(world)).length > before);
      await idle(service);
    };
    await append('k', 1000);
    await append('other', 1200);
    const quiet = async () => (await outputs(world)).filter(([, name]) => name === 'Quiet');
    expect(await quiet()).toEqual([]);
    next = 1100;
    await append('other', 1250);
    expect(await quiet()).toEqual([['k', 'Quiet', { since: 1100 }]]);
  });

  it('refuses a processor that leaves a due state as it was', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1 }], ['a', 'other', 'E', { at: 500 }]);
    const service = await run(world, { *onDue() {} });
    await eventually(() => service.problem()?.includes('left the due state k as it was') === true);
  });

  it('loads states that a step asks for half-way', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1 }], ['a', 'sum', 'E', { at: 2 }]);
    await idle(
      await run(world, {
        *process(batch, context) {
          for (const record of batch) {
            yield ['total'];
            const total = ((context.states.get('total') as Counted | undefined)?.n ?? 0) + 1;
            context.states.put('total', { n: total, at: 0 }, null);
            context.emit({
              topic: 'out',
              name: 'Total',
              key: 'total',
              value: total,
              eventTime: record.eventTime,
              partition: 'own',
            });
          }
        },
      }),
    );
    expect((await outputs(world)).map(([, , value]) => value)).toEqual([1, 2]);
  });

  it('gives a resident processor all its states before the first record', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'x', 'E', { at: 1 }], ['a', 'y', 'E', { at: 2 }]);
    const first = await run(world, { resident: true });
    await idle(first);
    await first.stop();
    let restored: string[] = [];
    await idle(
      await run(world, {
        resident: true,
        restore(states) {
          restored = [...states.keys('')].sort();
        },
      }),
    );
    expect(restored).toEqual(['x', 'y']);
  });

  it('refuses the older of two owners', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    const older = await run(world);
    await idle(older);
    await run(world);
    await world.produce(['a', 'k', 'E', { at: 1 }]);
    await eventually(async () => (await outputs(world)).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await outputs(world)).toEqual([['k', 'Counted', { n: 1, from: 'a' }]]);
  });

  it('tells the processor once when a replay has ended', async () => {
    const world = await createEmbeddedWorld(['a', 'b', 'out']);
    await world.produce(['a', 'k', 'E', { at: 1 }]);
    const finals: boolean[] = [];
    const service = await run(world, {
      *process(batch, context, final) {
        finals.push(final);
        yield* counter().process(batch, context, final);
      },
    });
    await idle(service);
    service.requestFinal();
    expect(service.idle()).toBe(false);
    await idle(service);
    expect(finals).toEqual([false, true]);
  });
});
