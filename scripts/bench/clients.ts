import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@detent/adapters';
import { toRequests } from '../../services/shared/adapters/kafka/client/batches.ts';
import type { KafkaClient, KafkaClientName } from '../../services/shared/adapters/kafka/client/client.ts';
import { connectKafka } from '../../services/shared/adapters/kafka/connect.ts';
import { startStack } from '../stack/stack.ts';
import { readStack } from '../stack/state.ts';
import { measureLive } from './clients-live.ts';
import { type BenchReport, type Figure, median, report } from './figures.ts';
import { cpuFigures } from './processes.ts';
import { runDetent } from './r1/detent.ts';

const CLIENTS: readonly KafkaClientName[] = ['kafkajs', 'platformatic'];
/** Each in turn, so that a machine that slows down slows both. */
const ROUNDS = 3;
const BATCH = 1000;
const SMALL_COMMITS = 100;
const VALUE_BYTES = 200;
const SEGMENTERS = 2;

/** The Kafka clients side by side: their own cost, latency and rebalances, and R1 with each, on one broker in one run. */
export async function benchClients(events: number, say: (line: string) => void): Promise<BenchReport> {
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  try {
    const { kafka, redis } = readStack(dir)!.pids;
    const rounds = new Map<KafkaClientName, Figure[][]>(CLIENTS.map((client) => [client, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const client of CLIENTS) {
        say(`round ${round + 1} of ${ROUNDS}: ${client}`);
        const own = await measureClient(client, stack.kafka, round, events);
        own.push(...(await measureLive(client, stack.kafka, stack.redis, round)));
        const chosen = { DETENT_KAFKA_CLIENT: client, DETENT_TOPIC_PREFIX: `${client}-${round}.` };
        const pids = { broker: kafka!.pid, redis: redis!.pid };
        const r1 = await runDetent(stack, events, SEGMENTERS, pids, say, chosen);
        const perSecond: Figure = { name: 'R1 events/s', value: events / r1.seconds, unit: '1/s', better: 'more' };
        const figures = [...own, perSecond, ...cpuFigures(r1, events)];
        say(figures.map(({ name, value, unit }) => `${name} ${value.toPrecision(3)} ${unit}`).join('; '));
        rounds.get(client)!.push(figures);
      }
    }
    return report(
      'clients',
      CLIENTS.flatMap((client) => best(rounds.get(client)!).map((one) => ({ ...one, name: `${client}: ${one.name}` }))),
    );
  } finally {
    await stack.stop({ deleteData: true });
  }
}

/** What a client itself costs: transactions of many records and of few, and reading them again. */
async function measureClient(name: KafkaClientName, broker: string, round: number, records: number): Promise<Figure[]> {
  const prefix = `own-${name}-${round}.`;
  const client = await connectKafka({
    client: name,
    brokers: [broker],
    clientId: 'bench',
    prefix,
    replicationFactor: 1,
    logger: createLogger('error'),
  });
  try {
    const [input, output] = [`${prefix}input`, `${prefix}output`];
    await client.createTopics([input, output].map((topic) => ({ topic, partitions: 1, config: {} })));
    while (!((await client.topics()).get(output) && (await client.topics()).get(input))) await sleep(50);
    // A new cluster makes the topic of offsets when it is first asked for one.
    await client.committedOffsets(`${prefix}group`);
    const large = await commits(client, prefix, Math.ceil(records / BATCH), BATCH);
    const small = await commits(client, prefix, SMALL_COMMITS, 1);
    const read = await cpuPer(async () => {
      let count = 0;
      const end = (await client.highWatermarks(output)).get(0) ?? 0;
      for await (const page of client.read(output, 0, 0, end)) count += page.length;
      return count;
    });
    return [
      { name: `commit of ${BATCH} records, median`, value: large.medianMs, unit: 'ms', better: 'less' },
      { name: 'commit of 1 record, median', value: small.medianMs, unit: 'ms', better: 'less' },
      { name: 'CPU per commit of 1 record', value: small.cpuUs, unit: 'µs', better: 'less' },
      { name: 'CPU per record written', value: large.cpuUs / BATCH, unit: 'µs', better: 'less' },
      { name: 'CPU per record read', value: read, unit: 'µs', better: 'less' },
    ];
  } finally {
    await client.close();
  }
}

async function commits(client: KafkaClient, prefix: string, count: number, size: number) {
  const writer = await client.fence(`${prefix}writer`);
  const topic = `${prefix}output`;
  const headers = { ce_id: '0123456789abcdef', ce_type: 'bench', ce_source: '/bench', ce_time: '2026-01-01T00:00:00Z' };
  const now = String(Date.now());
  const times: number[] = [];
  const cpuUs = await cpuPer(async () => {
    for (let i = 1; i <= count; i += 1) {
      const messages = Array.from({ length: size }, (_, n) => ({
        topic,
        message: {
          partition: 0,
          key: Buffer.from(`key-${n}`),
          value: Buffer.alloc(VALUE_BYTES, n),
          timestamp: now,
          headers,
        },
      }));
      const offsets = {
        consumerGroupId: `${prefix}group`,
        topics: [{ topic: `${prefix}input`, partitions: [{ partition: 0, offset: String(i) }] }],
      };
      const start = performance.now();
      await writer.commit(
        toRequests(messages, () => 1_000_000),
        offsets,
        topic,
      );
      times.push(performance.now() - start);
    }
    return count;
  });
  await writer.close();
  return { medianMs: median(times), cpuUs };
}

/** CPU of this process per unit of work, in µs. */
async function cpuPer(work: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const count = await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Of each figure the best of the rounds: what others do on the machine only ever makes it worse. */
function best(rounds: readonly Figure[][]): Figure[] {
  return rounds[0]!.map((figure, i) => {
    const values = rounds.map((round) => round[i]!.value);
    return { ...figure, value: figure.better === 'more' ? Math.max(...values) : Math.min(...values) };
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
