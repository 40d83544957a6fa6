import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, createMetrics, systemClock } from '@detent/adapters';
import type { TaskHostSpec, TaskSession } from '@detent/pipeline';
import type { GroupConsumer, KafkaClientName } from '../../services/shared/adapters/kafka/client/client.ts';
import { connectKafka } from '../../services/shared/adapters/kafka/connect.ts';
import { createKafkaTaskHost } from '../../services/shared/adapters/kafka/tasks/host.ts';
import type { Figure } from './figures.ts';

const PARTITIONS = 4;
const PER_SECOND = 5000;
const TICK_MS = 10;
const WARM_UP_MS = 3000;
const MEASURED_MS = 8000;
const DRAIN_MS = 2000;
const TIMEOUT_MS = 60_000;

/**
 * Records that live tasks copy in transactions, from the moment they are handed to a producer until a read-committed
 * consumer has them; and how long a group takes to share its tasks with a process that joins, and to take over from one
 * that leaves. All of it in this process, at 5,000 records a second.
 */
export async function measureLive(client: KafkaClientName, kafka: string, redis: string, round: number) {
  const prefix = `live-${client}-${round}.`;
  const logger = createLogger('silent');
  const connection = { client, brokers: [kafka], clientId: 'bench', prefix, replicationFactor: 1, logger };
  const own = await connectKafka(connection);
  const [source, output] = [`${prefix}source.v1`, `${prefix}output.v1`];
  await own.createTopics([source, output].map((topic) => ({ topic, partitions: PARTITIONS, config: {} })));
  while (!((await own.topics()).get(source) && (await own.topics()).get(output))) await sleep(50);
  const spec: TaskHostSpec = { service: 'copier', sources: [source], partitioning: 'per-partition' };
  const clock = systemClock;
  const options = {
    ...connection,
    redis: { url: redis },
    sweepMinBytes: Number.POSITIVE_INFINITY,
    clock,
    metrics: createMetrics(clock),
  };
  const first = await createKafkaTaskHost(options).start(spec, (session) => copy(session, output));
  await until(() => first.tasks.size === PARTITIONS);
  const latencies: number[] = [];
  let measuring = false;
  let reader: GroupConsumer | undefined;
  reader = own.consumer(
    {
      groupId: `${prefix}reader`,
      topics: [output],
      partitioning: 'single',
      owned: () => [],
    },
    {
      joined() {
        for (let partition = 0; partition < PARTITIONS; partition += 1) {
          reader?.seek(output, partition, 0);
          reader?.resume(output, partition);
        }
      },
      arrived(_topic, _partition, { records }) {
        const now = Date.now();
        if (measuring) for (const { value } of records) latencies.push(now - Number(value));
      },
      arrivedEmpty() {},
      fetched() {},
      overtaken() {},
      failed() {},
    },
  );
  await reader.join();
  const appender = await own.appender();
  const start = Date.now();
  let sent = 0;
  while (Date.now() - start < WARM_UP_MS + MEASURED_MS) {
    measuring = Date.now() - start > WARM_UP_MS;
    const due = Math.min(PER_SECOND / 10, Math.floor(((Date.now() - start) / 1000) * PER_SECOND) - sent);
    const now = String(Date.now());
    const message = (n: number) => ({ partition: n % PARTITIONS, key: null, value: Buffer.from(now), timestamp: now });
    if (due > 0)
      await appender.append([[{ topic: source, messages: Array.from({ length: due }, (_, n) => message(n)) }]]);
    sent += due;
    await sleep(TICK_MS);
  }
  await sleep(DRAIN_MS);
  await appender.close();
  await reader.leave();
  const joined = performance.now();
  const second = await createKafkaTaskHost(options).start(spec, (session) => copy(session, output));
  await until(() => first.tasks.size === 2 && second.tasks.size === 2);
  const left = performance.now();
  await first.stop();
  await until(() => second.tasks.size === PARTITIONS);
  const taken = performance.now();
  await second.stop();
  await own.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const figure = (name: string, value: number): Figure => ({ name, value, unit: 'ms', better: 'less' });
  return [
    figure(`latency through a task at ${PER_SECOND}/s, p50`, at(0.5)),
    figure(`latency through a task at ${PER_SECOND}/s, p99`, at(0.99)),
    figure('a second process joins and has its share', left - joined),
    figure('one leaves and the other has all', taken - left),
  ];
}

async function copy(session: TaskSession, topic: string): Promise<void> {
  while (!session.signal.aborted) {
    const outputs = [];
    for (const input of session.inputs)
      for (let record = input.shift(); record; record = input.shift())
        outputs.push({ topic, partition: session.task, key: null, value: record.value, timestamp: record.timestamp });
    const positions = session.inputs.map(({ topic, partition, position }) => ({ topic, partition, next: position }));
    if (outputs.length > 0) await session.commit({ outputs, states: [], positions });
    else await session.wait(50);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not reached in ${TIMEOUT_MS / 1000} s: ${condition}`);
    await sleep(5);
  }
}
