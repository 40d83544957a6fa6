import type { LogClient, LogRecord, RunningHost, StateWrite, TaskHostSpec, TaskSession } from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { kafkaClients, takeOver, testKafka, testOptions, testRedis } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import { taskKeys } from '../../redis/index.ts';
import { connectKafka } from '../connect.ts';
import { createKafkaLogClient, createKafkaTaskHost } from '../index.ts';
import { createKafka } from '../kafkajs/connect.ts';

const there = testKafka !== undefined && testRedis !== undefined;
const needed = there ? describe : describe.skip;

/** What Kafka and Redis do to a task that the embedded log cannot. Skips without DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REDIS_URL. */
needed.each(kafkaClients)('delivery on Kafka and Redis, by %s', (client) => {
  let options: ReturnType<typeof testOptions>;
  let log: LogClient;
  let redis: Redis;
  let source: string;
  let output: string;
  let spec: TaskHostSpec;
  const running: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    options = testOptions(client);
    log = await createKafkaLogClient(options);
    redis = new Redis(testRedis ?? '');
    source = `${options.prefix}source.v1`;
    output = `${options.prefix}output.v1`;
    spec = { service: 'worker', sources: [source], partitioning: 'per-partition' };
    await topics(1, source, output);
  });

  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
    await log.close();
    redis.disconnect();
  });

  const topics = (partitions: number, ...names: string[]) =>
    log.ensureTopics(names.map((topic) => ({ topic, partitions, config: kept })));
  const state = (key: string, value: string | null): StateWrite => ({
    key,
    value: value === null ? null : Buffer.from(value),
    dueAt: null,
  });
  const out = (value: string | Buffer, partition = 0, topic = output) => ({
    topic,
    partition,
    key: null,
    value: Buffer.from(value),
    timestamp: 1,
  });
  const states = (...writes: StateWrite[]) => ({ outputs: [], states: writes, positions: [] });
  const text = (values: (Buffer | null)[]) => values.map((value) => value?.toString() ?? null);
  const keys = (task = 0) => taskKeys(options.prefix, 'worker', task);

  async function contents(topic = output): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    for await (const page of log.read(topic)) found.push(...page);
    return found;
  }

  /** As retention would. */
  async function deleteBefore(offset: number): Promise<void> {
    const client = await connectKafka(options);
    await client.deleteRecords(source, 0, offset);
    await client.close();
  }

  async function idle(session: TaskSession): Promise<void> {
    while (!session.signal.aborted) await session.wait(50);
  }

  async function start(run: (session: TaskSession) => Promise<void>, of: TaskHostSpec = spec): Promise<RunningHost> {
    const host = await createKafkaTaskHost(options).start(of, run);
    running.push(host);
    return host;
  }

  /** A session of task 0 under a host, kept alive until the test ends. */
  function opened(): Promise<TaskSession> {
    return new Promise((resolve, reject) => {
      start(async (session) => {
        if (session.task === 0) resolve(session);
        await idle(session);
      }).catch(reject);
    });
  }

  async function until(condition: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`not reached in ${ms} ms: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Copies every record of the source to the output, one for one, and remembers each in a state. */
  const copying =
    (delayMs = 0) =>
    async (session: TaskSession) => {
      while (!session.signal.aborted) {
        const taken: LogRecord[] = [];
        for (const input of session.inputs) {
          while (taken.length < 50 && input.peek()) taken.push(input.shift()!);
        }
        if (taken.length === 0) {
          await session.wait(50);
          continue;
        }
        if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
        await session.commit({
          outputs: taken.map((one) => out(one.value ?? Buffer.alloc(0), session.task)),
          states: taken.map((one) => state(`seen:${one.offset}`, String(one.value))),
          positions: session.inputs.map(({ topic, partition, position }) => ({ topic, partition, next: position })),
        });
      }
    };

  it('puts a large batch into one transaction, parted below the limit of a record batch', async () => {
    const session = await opened();
    const outputs = Array.from({ length: 8000 }, (_, i) => out(Buffer.alloc(400, i % 256)));
    const large = Array.from({ length: 40 }, (_, i) => ({ ...state(`k:${i}`, ''), value: Buffer.alloc(300_000, i) }));
    await session.commit({ outputs, states: large, positions: [] });
    const found = await contents();
    expect(found).toHaveLength(8000);
    expect(found.every(({ value }, i) => value?.[0] === i % 256)).toBe(true);
    expect((await session.load(['k:39']))[0]?.every((byte) => byte === 39)).toBe(true);
    await redis.del(keys().mark);
    expect((await session.load(['k:0', 'k:39'])).map((value) => value?.length)).toEqual([300_000, 300_000]);
    const many = Array.from({ length: 12_000 }, (_, i) => ({ ...state(`many:${i}`, String(i)), dueAt: i }));
    await session.commit(states(...many));
    expect(text(await session.load(['many:0', 'many:11999']))).toEqual(['0', '11999']);
    expect(await session.due(1e9, 20_000)).toHaveLength(12_000);
    await session.commit(states(...many.map(({ key }) => state(key, null))));
    expect(await session.due(1e9, 10)).toEqual([]);
  });

  it('says which state has grown too large, and goes on from the last commit', async () => {
    const session = await opened();
    await session.commit(states(state('a', 'kept')));
    const grown = { ...state('order:fat', ''), value: Buffer.alloc(9 * 1024 * 1024) };
    await expect(session.commit(states(state('a', 'lost'), grown))).rejects.toMatchObject({
      code: 'DETENT_KAFKA_RECORD_TOO_LARGE',
      message: expect.stringContaining('order:fat'),
    });
    const next = await takeOver(options, spec, 0);
    running.push({ stop: next.end });
    expect(text(await next.session.load(['a']))).toEqual(['kept']);
  });

  it('commits positions alone, one transaction after another', async () => {
    await log.append(Array.from({ length: 20 }, () => out('x', 0, source)));
    const session = await opened();
    for (let next = 1; next <= 20; next += 1)
      await session.commit({ outputs: [], states: [], positions: [{ topic: source, partition: 0, next }] });
    await until(async () => (await log.committed('worker')).get(source)?.get(0) === 20);
  });

  it('rebuilds Redis when it is emptied under a running task, before anything stale is read', async () => {
    const session = await opened();
    for (let i = 0; i < 30; i += 1)
      await session.commit(states(state(`k:${i % 7}`, `v${i}`), state('gone', i < 29 ? 'x' : null)));
    const held = await redis.keys(`${keys().prefix}*`);
    await redis.del(...held, keys().mark, keys().due);
    expect(text(await session.load(['k:0', 'k:1', 'k:6', 'gone']))).toEqual(['v28', 'v29', 'v27', null]);
    await redis.del(keys().mark);
    await session.commit(states(state('k:0', 'after')));
    expect(text(await session.load(['k:0', 'k:1']))).toEqual(['after', 'v29']);
    expect(options.metrics.total('detent_state_rebuilds_total', { reason: 'absent' })).toBeGreaterThanOrEqual(3);
  });

  it('applies what Redis misses after a crash between the commit and Redis, and a Redis set back in time', async () => {
    const first = await takeOverFirst();
    await first.session.commit(states(state('a', '1')));
    const before = { mark: await redis.get(keys().mark), a: await redis.get(keys().state('a')) };
    await first.session.commit(states(state('a', '2'), state('b', '2')));
    await redis.mset(keys().mark, before.mark ?? '', keys().state('a'), before.a ?? '');
    await redis.del(keys().state('b'));
    const second = await takeOver(options, spec, 0);
    running.push({ stop: second.end });
    expect(text(await second.session.load(['a', 'b']))).toEqual(['2', '2']);
    expect(options.metrics.total('detent_state_rebuilds_total', { reason: 'behind' })).toBe(1);
  });

  async function takeOverFirst() {
    const host = await start(idle);
    await host.stop();
    const owner = await takeOver(options, spec, 0);
    running.push({ stop: owner.end });
    return owner;
  }

  it('keeps the changelog short, and rebuilds every state from what is left of it', async () => {
    options = { ...options, sweepMinBytes: 100_000 };
    const session = await opened();
    const cold = Array.from({ length: 20 }, (_, i) => ({ ...state(`cold:${i}`, `value ${i}`), dueAt: i }));
    await session.commit(states(...cold));
    for (let i = 0; i < 60; i += 1)
      await session.commit(states({ ...state(`hot:${i % 3}`, ''), value: Buffer.alloc(50_000, i) }));
    const changelog = `${options.prefix}state.worker.v1`;
    const { start: first } = (await log.offsets(changelog)).get(0)!;
    expect(first).toBeGreaterThan(60);
    await redis.del(keys().mark);
    expect(text(await session.load(cold.map(({ key }) => key)))).toEqual(cold.map(({ value }) => String(value)));
    expect((await session.load(['hot:0', 'hot:1', 'hot:2'])).map((value) => value?.[0])).toEqual([57, 58, 59]);
    expect(await session.due(1000, 100)).toEqual(cold.map(({ key, dueAt }) => ({ key, dueAt })));
  });

  it('keeps a former owner that wakes late from writing to Redis or reading beside the new one', async () => {
    const old = await takeOverFirst();
    await old.session.commit(states(state('a', 'old')));
    const owner = await takeOver(options, spec, 0);
    running.push({ stop: owner.end });
    await owner.session.commit(states(state('a', 'new')));
    await expect(old.session.load(['a'])).rejects.toMatchObject({ code: 'DETENT_TASK_CLOSED' });
    expect(old.session.signal.aborted).toBe(true);
    expect(text(await owner.session.load(['a']))).toEqual(['new']);
  });

  it('reports input that was deleted before it was processed, and skips nothing', async () => {
    await log.append(Array.from({ length: 20 }, (_, i) => out(String(i), 0, source)));
    const first = await opened();
    await first.commit({ outputs: [], states: [], positions: [{ topic: source, partition: 0, next: 5 }] });
    for (const one of running.splice(0)) await one.stop();
    await deleteBefore(10);
    let sessions = 0;
    const host = await start(async (session) => {
      sessions += 1;
      await idle(session);
    });
    await until(() => host.problem() !== undefined);
    expect(host.problem()).toMatch(/records 5 to 9 were deleted before they were processed/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(sessions).toBe(0);
    expect((await log.committed('worker')).get(source)?.get(0)).toBe(5);
  });

  it('says when records were deleted while a topic was read, and passes over no gap', async () => {
    await log.append(Array.from({ length: 20 }, (_, i) => out(String(i), 0, source)));
    await deleteBefore(10);
    const client = await connectKafka(options);
    running.push({ stop: () => client.close() });
    await expect(client.read(source, 0, 5, 20)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'DETENT_KAFKA_READ_OVERTAKEN',
      message: expect.stringContaining('record 5 was deleted'),
    });
  });

  it('delivers no record of an aborted transaction where several producers share a partition', async () => {
    const [a, b] = await Promise.all(
      ['a', 'b'].map(async (id) => {
        const producer = createKafka(options).producer({
          transactionalId: options.prefix + id,
          idempotent: true,
          maxInFlightRequests: 1,
        });
        await producer.connect();
        return producer;
      }),
    );
    const settled = () => new Promise((resolve) => setTimeout(resolve, 150));
    const send = (...values: string[]) => ({
      topic: source,
      messages: values.map((value) => ({ value, key: Buffer.alloc(4) })),
    });
    const first = await a!.transaction();
    await first.send(send('A0', 'A1'));
    const second = await b!.transaction();
    await second.send(send('B2', 'B3'));
    await first.send(send('A4'));
    await second.send(send('B5'));
    await second.abort();
    await settled();
    await first.abort();
    const third = await a!.transaction();
    await third.send(send('committed'));
    await third.commit();
    await a!.disconnect();
    await b!.disconnect();
    expect((await contents(source)).map(({ value }) => String(value))).toEqual(['committed']);
    await start(copying());
    await until(async () => (await contents()).length > 0);
    expect((await contents()).map(({ value }) => String(value))).toEqual(['committed']);
  });

  it('shares tasks with a process that joins, and takes them over from one that leaves: every record once, in order', async () => {
    const perPartition = 1500;
    await topics(4, `${options.prefix}wide.v1`, `${options.prefix}copies.v1`);
    const wide: TaskHostSpec = {
      service: 'copier',
      sources: [`${options.prefix}wide.v1`],
      partitioning: 'per-partition',
    };
    output = `${options.prefix}copies.v1`;
    const all = [0, 1, 2, 3].flatMap((partition) =>
      Array.from({ length: perPartition }, (_, i) => out(String(i), partition, `${options.prefix}wide.v1`)),
    );
    await log.append(all.slice(0, 5000));
    const first = await start(copying(10), wide);
    await until(async () => (await contents()).length > 500);
    const second = await start(copying(10), wide);
    await until(() => first.tasks.size === 2 && second.tasks.size === 2);
    await log.append(all.slice(5000));
    await until(async () => (await contents()).length > 4000, 60_000);
    await first.stop();
    await until(() => second.tasks.size === 4);
    await until(async () => (await contents()).length >= all.length, 60_000);
    const copies = await contents();
    for (const partition of [0, 1, 2, 3]) {
      const values = copies.filter((one) => one.partition === partition).map(({ value }) => Number(value));
      expect(values).toEqual(Array.from({ length: perPartition }, (_, i) => i));
    }
    const scanned = new Set<string>();
    const owner = await takeOver(options, wide, 3);
    running.push({ stop: owner.end });
    for await (const page of owner.session.scan()) for (const { key } of page) scanned.add(key);
    expect(scanned.size).toBe(perPartition);
  }, 90_000);

  it('takes a task anew when its transaction fails, and loses and repeats nothing', async () => {
    await log.append(Array.from({ length: 1000 }, (_, i) => out(String(i), 0, source)));
    const host = await start(copying(5));
    await until(async () => (await contents()).length > 100);
    const thief = await takeOver(options, spec, 0);
    await thief.end();
    await until(async () => (await contents()).length >= 1000, 60_000);
    await until(() => host.problem() === undefined);
    expect((await contents()).map(({ value }) => Number(value))).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  }, 60_000);

  it('lets one member have a single task while another stands by, and takes it over when that one leaves', async () => {
    const single: TaskHostSpec = { ...spec, partitioning: 'single' };
    const first = await start(idle, single);
    const second = await start(idle, single);
    await until(() => first.tasks.size + second.tasks.size === 1);
    const [owner, standby] = first.tasks.size === 1 ? [first, second] : [second, first];
    await owner.stop();
    await until(() => standby.tasks.has(0));
  }, 60_000);
});
