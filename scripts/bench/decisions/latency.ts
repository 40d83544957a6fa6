import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import type { OutRecord } from '@detent/pipeline';
import type { Action, OrderPlaced, SegmentChanged } from '@detent/schemas';
import { allServices } from '../../../services/cli/composition.ts';
import { type SourceEvent, toSourceEvent } from '../../../services/cli/inputs/source-event.ts';
import { feed } from '../../../services/cli/run/feed.ts';
import { simulateEvents } from '../../../services/cli/simulate/simulate.ts';
import { choosePort } from '../../stack/ports.ts';
import { type Stack, startStack } from '../../stack/stack.ts';
import { readStack } from '../../stack/state.ts';
import { cpuSeconds, stackEnvironment } from '../processes.ts';
import { tailOf, watchTopics } from '../watch-topics.ts';
import type { DecisionBench } from './benches.ts';

const SERVICES = ['picking', 'storage', 'routing'] as const;
/** Changes a second, where nobody says otherwise. */
const USUAL = 1_000;
const SECONDS = 40;
/** What comes within it is not counted. */
const WARM_S = 15;
/** As a segmenter publishes: some tens of transactions a second. */
const TICK_MS = 20;
const HOUR_MS = 3_600_000;
const TOPIC = 'segments.order.v1';
const ANSWERS = ['actions.picking.v1', 'actions.routing.v1'];
/** Said of each order beforehand; its urgency, which comes last, is the change that services answer. */
const PLACED: Readonly<Record<string, string>> = {
  climate: 'ambient',
  transport: 'parcel',
  care: 'regular',
  handling: 'standard',
};
const URGENCIES = ['same-day', 'normal', 'normal', 'at-risk'] as const;

/**
 * `npm run bench -- decisions [changes a second]`: from a change's timestamp until an action that answers it is in
 * the hands of a reader of committed records, on a real Kafka; and what a change costs each process.
 */
export const benchDecisionLatency: DecisionBench = async ({ files, json, say }) => {
  const perSecond = Number(files[0] ?? USUAL);
  const dir = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const stack = await startStack({ dir, ports: 'free', owned: true, say });
  try {
    const figures = await measure(stack, pidsOf(dir), perSecond, say);
    if (json) return JSON.stringify(figures);
    const { answers, cpuUs } = figures;
    return [
      ...Object.entries(answers).map(
        ([name, { p50, p99, answered }]) => `${name.padEnd(8)} p50 ${p50} ms, p99 ${p99} ms, ${answered} answers`,
      ),
      `CPU µs a change: ${Object.entries(cpuUs)
        .map(([name, us]) => `${name} ${us}`)
        .join(', ')}`,
    ].join('\n');
  } finally {
    await stack.stop({ deleteData: true });
  }
};

interface Answers {
  p50: number;
  p99: number;
  answered: number;
}

interface Figures {
  /** By service. */
  answers: Record<string, Answers>;
  /** Processor time that a process spent for each change, µs, by its name. */
  cpuUs: Record<string, number>;
}

/** The processes of the stack in `dir`, by name. */
function pidsOf(dir: string): [string, number][] {
  return Object.entries(readStack(dir)?.pids ?? {}).map(([name, { pid }]) => [name, pid]);
}

async function measure(
  stack: Stack,
  parts: readonly [string, number][],
  perSecond: number,
  say: (line: string) => void,
): Promise<Figures> {
  const environment = {
    ...stackEnvironment(stack),
    DETENT_TOPIC_PREFIX: 'lat.',
    DETENT_ACTIONS: 'live',
    DETENT_LOG_LEVEL: 'error',
  };
  const config = readConfig({ environment });
  const runtime = await openRuntime(config, { logger: createLogger('error'), write: true });
  const children: ChildProcess[] = [];
  try {
    await runtime.ensureTopics([...new Set(allServices(config).flatMap(({ topics }) => topics))]);
    const start = Date.now() - 6 * HOUR_MS;
    const { events } = simulateEvents({ seed: 1, start, days: 0.25, scale: 4, defects: 0 });
    const told = [...events];
    const orders = manyOrders(
      told.filter(({ name }) => name === 'detent.orders.OrderPlaced'),
      perSecond * SECONDS,
    );
    const described = told.filter(({ eventTime }) => eventTime === start);
    await feed(runtime, [...described, ...orders], { source: '/detent/bench' });
    const orderIds = orders.map(({ value }) => (value as OrderPlaced).orderId);
    await runtime.codec.prepare([`lat.${TOPIC}`]);
    const changes = new Changes(runtime, orderIds, start);
    for (const [dimension, segment] of Object.entries(PLACED))
      await runtime.log.append(orderIds.map((orderId) => changes.next(orderId, dimension, segment)));
    for (const service of SERVICES) children.push(await startProcess(service, environment));
    const sent = new Map<string, number>();
    const seen: { service: string; at: number; ms: number }[] = [];
    const stop = await watchTopics(runtime, stack.kafka, ANSWERS, ({ name, value, now }) => {
      if (name !== 'detent.actions.Action') return;
      const { service, changeId } = value as Action;
      const at = sent.get(changeId);
      if (at !== undefined) seen.push({ service, at, ms: now - at });
    });
    say(`${orderIds.length} orders are known; waiting until the services have caught up`);
    while ((await lag(runtime)) > 0) await sleep(200);
    say(`${perSecond} changes a second for ${SECONDS} s`);
    const processes = [...parts, ...children.map(({ pid }, i): [string, number] => [SERVICES[i]!, pid!])];
    const atStart = processes.map(([, pid]) => cpuSeconds(pid));
    const begun = await press(runtime, changes, orderIds, perSecond, sent);
    while ((await lag(runtime)) > 0) await sleep(200);
    const perChange = 1e6 / orderIds.length;
    const cpuUs = processes.map(([name, pid], i): [string, number] => {
      return [name, Math.round((cpuSeconds(pid) - atStart[i]!) * perChange)];
    });
    await sleep(3_000);
    await stop();
    const answers = figuresOf(seen.filter(({ at }) => at >= begun + WARM_S * 1000));
    return { answers, cpuUs: Object.fromEntries(cpuUs) };
  } finally {
    for (const child of children) await new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'));
    await runtime.close();
  }
}

/** As many orders as there will be changes: those of the simulation again and again, under other ids. */
function manyOrders(placed: readonly SourceEvent[], count: number): SourceEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const order = placed[i % placed.length]!.value as OrderPlaced;
    const orderId = `${order.orderId}-${i}`;
    return toSourceEvent('detent.orders.OrderPlaced', { ...order, orderId, eventId: `placed-${orderId}` });
  });
}

/** Makes changes as the segmenter would, numbered for each order and dimension. */
class Changes {
  readonly #runtime: Runtime;
  readonly #start: number;
  readonly #sequences = new Map<string, number>();
  readonly #numbers: ReadonlyMap<string, number>;
  lastId = '';

  constructor(runtime: Runtime, orderIds: readonly string[], start: number) {
    this.#runtime = runtime;
    this.#start = start;
    this.#numbers = new Map(orderIds.map((orderId, i) => [orderId, i]));
  }

  next(orderId: string, dimension: string, to: string): OutRecord {
    const at = `${orderId}/${dimension}`;
    const sequence = (this.#sequences.get(at) ?? 0) + 1;
    this.#sequences.set(at, sequence);
    const epoch = `orders.v1-0-${this.#numbers.get(orderId)}`;
    this.lastId = `order/${at}/${epoch}/${sequence}`;
    const occurredAt = Math.max(this.#start, Date.now());
    const value: SegmentChanged = {
      changeId: this.lastId,
      entityType: 'order',
      entityId: orderId,
      dimension,
      from: null,
      to,
      microSegment: '',
      evaluationId: this.lastId,
      sequence,
      epoch,
      modelVersion: 'bench@1',
      occurredAt,
      detectedAt: occurredAt,
      origin: 'live',
      because: { text: `${dimension} is ${to}`, clause: '', values: [], failed: null },
      hysteresis: { kind: 'gate', heldFlips: 0 },
      attributes: {},
    };
    const topic = this.#runtime.config.topicPrefix + TOPIC;
    const bytes = this.#runtime.codec.encode(topic, 'detent.segments.SegmentChanged', value);
    return { topic, partition: null, key: Buffer.from(orderId), value: bytes, timestamp: occurredAt };
  }
}

/** Returns when it began, epoch ms. */
async function press(
  runtime: Runtime,
  changes: Changes,
  orderIds: readonly string[],
  perSecond: number,
  sent: Map<string, number>,
): Promise<number> {
  const begun = Date.now();
  let under: Promise<void> = Promise.resolve();
  for (let count = 0; count < orderIds.length; ) {
    const now = Date.now();
    const due = Math.min(orderIds.length, Math.floor(((now - begun) / 1000) * perSecond));
    const chunk: OutRecord[] = [];
    for (; count < due; count += 1) {
      chunk.push(changes.next(orderIds[count]!, 'urgency', URGENCIES[count % URGENCIES.length]!));
      sent.set(changes.lastId, now);
    }
    if (chunk.length > 0) under = runtime.log.append(chunk);
    await sleep(TICK_MS);
  }
  await under;
  return begun;
}

async function startProcess(service: string, environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const port = await choosePort('free', 0, service);
  const child = spawn(process.execPath, ['--no-warnings', 'services/cli/main.ts', 'run', service], {
    env: { ...process.env, ...environment, DETENT_HTTP_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return child;
    if (child.exitCode !== null) throw new Error(`${service} ended with ${child.exitCode}`);
    await sleep(100);
  }
}

/** Changes of orders that a service has not read yet. */
async function lag(runtime: Runtime): Promise<number> {
  const topic = runtime.config.topicPrefix + TOPIC;
  const ends = await runtime.log.offsets(topic);
  let sum = 0;
  for (const service of ['picking', 'routing']) {
    const committed = (await runtime.log.committed(service)).get(topic);
    for (const [partition, { start, end }] of ends) sum += Math.max(0, end - (committed?.get(partition) ?? start));
  }
  return sum;
}

function figuresOf(seen: readonly { service: string; ms: number }[]): Record<string, Answers> {
  const figures: Record<string, Answers> = {};
  for (const [service, of] of Map.groupBy(seen, (one) => one.service)) {
    figures[service] = { ...tailOf(of.map(({ ms }) => ms)), answered: of.length };
  }
  return figures;
}
