import { encodeJournal, type LogClient, type TaskHostSpec, type TaskSession } from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kafkaClients, testKafka, testOptions, testRedis } from '../../../testing/cluster.ts';
import { kept } from '../../../testing/kept.ts';
import { connectKafka } from '../connect.ts';
import { createKafkaLogClient, createKafkaTaskHost } from '../index.ts';

/** Skips without DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REDIS_URL. */
const onCluster = testKafka && testRedis ? describe.each(kafkaClients) : describe.skip.each(kafkaClients);

onCluster('a group whose offsets have expired, with %s', (name) => {
  let options: ReturnType<typeof testOptions>;
  let log: LogClient;
  let spec: TaskHostSpec;
  let source: string;

  beforeEach(async () => {
    options = testOptions(name);
    log = await createKafkaLogClient(options);
    source = `${options.prefix}source.v1`;
    spec = { service: 'worker', sources: [source], partitioning: 'per-partition' };
    await log.ensureTopics([{ topic: source, partitions: 1, config: kept }]);
    const record = { topic: source, partition: 0, key: null, timestamp: 1 };
    await log.append(Array.from({ length: 10 }, (_, i) => ({ ...record, value: Buffer.from(String(i)) })));
  });
  afterEach(() => log.close());

  /** Runs the task once, from its start to what `work` resolves to. */
  async function once<T>(work: (session: TaskSession) => Promise<T>): Promise<T> {
    let finish: (result: T) => void = () => {};
    const result = new Promise<T>((resolve) => {
      finish = resolve;
    });
    const host = await createKafkaTaskHost(options).start(spec, async (session) => {
      finish(await work(session));
      while (!session.signal.aborted) await session.wait(50);
    });
    try {
      return await result;
    } finally {
      await host.stop();
    }
  }

  /** What the broker does to a group that has had no members for `offsets.retention.minutes`. */
  async function expire(): Promise<void> {
    const client = await connectKafka(options);
    await client.deleteGroups([`${options.prefix}worker`]);
    await client.close();
    expect((await log.committed('worker')).size).toBe(0);
  }

  const commit = (session: TaskSession, next: number, begins: boolean) =>
    session.commit({
      outputs: [],
      states: [],
      positions: [{ topic: source, partition: 0, next }],
      journal: encodeJournal({
        ...{ now: 1, states: 0, to: { 'source.v1': [[0, next]] } },
        ...(begins && { begin: { at: { 'source.v1': [[0, 0]] }, basis: '', replay: false } }),
      }),
    });

  it('goes on where its changelog says that it was, and does nothing twice', async () => {
    await once(async (session) => {
      await commit(session, 4, true);
      await commit(session, 7, false);
    });
    await expire();
    expect(await once(async (session) => session.inputs[0]?.position)).toBe(7);
  });

  it('begins at the beginning where nothing was ever committed', async () => {
    expect(await once(async (session) => session.inputs[0]?.position)).toBe(0);
  });
});
