import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { readConfig } from '@detent/adapters';
import type { InputRecord, ProcessContext, Processor } from '@detent/pipeline';
import type { OrderPlaced } from '@detent/schemas';
import { segmentChanged } from '@detent/testing/decisions';
import { simulateEvents } from '../../../services/cli/simulate/simulate.ts';
import type { DecisionBench } from './benches.ts';

const ORDERS = 20_000;
const PER_SECOND = 1_000;
/** The first changes warm the program up and are not counted. */
const WARM = 5_000;
/** The same changes are decided so often; the least time of each call counts, for others use the machine too. */
const PASSES = 3;
/** Records that one commit holds: states that changed are encoded once for all of them. */
const COMMIT = 20;
const HOUR_MS = 3_600_000;
/** Said of each order beforehand; its urgency, which comes last, is the change that is answered. */
const PLACED = { climate: 'ambient', transport: 'parcel', care: 'regular', handling: 'standard' };
const URGENCIES = ['same-day', 'normal', 'normal', 'at-risk'] as const;

interface Figures {
  /** Processor time of an answer, encoded states included, µs. */
  cpuMeanUs: number;
  encodeMeanUs: number;
  /** Least time of one call by the clock, states not included, µs: the clock of a thread's processor time is too coarse. */
  p50Us: number;
  p99Us: number;
  maxUs: number;
  stateBytes: number;
  actions: Record<string, number>;
}

/**
 * `npm run bench -- routing-step [checkout]`: what an answer of routing costs by itself: the changes of `decisions`, all in
 * this process, without Kafka. Beside it, in the same run, that of another checkout.
 */
export const benchRoutingStep: DecisionBench = async ({ files, json, say }) => {
  const rows: [string, Figures][] = [];
  for (const root of [...files, '.']) {
    say(`routing of ${root}`);
    const passes: Pass[] = [];
    for (let i = 0; i < PASSES; i += 1) passes.push(await measure(await processorOf(root)));
    rows.push([root, figuresOf(passes)]);
  }
  if (json) return JSON.stringify(Object.fromEntries(rows));
  return rows
    .map(([root, of]) => {
      const { cpuMeanUs, encodeMeanUs, p50Us, p99Us, maxUs, stateBytes, actions } = of;
      const times = `CPU ${cpuMeanUs} µs an answer, of it states ${encodeMeanUs}; a call p50 ${p50Us}, p99 ${p99Us}, max ${maxUs} µs`;
      return `${root}: ${times}; ${stateBytes} B of states an answer; ${JSON.stringify(actions)}`;
    })
    .join('\n');
};

async function processorOf(root: string): Promise<Processor> {
  const { allServices } = (await import(
    pathToFileURL(join(root, 'services/cli/composition.ts')).href
  )) as typeof import('../../../services/cli/composition.ts');
  const config = readConfig({ environment: { DETENT_ACTIONS: 'live' } });
  return allServices(config)
    .find(({ name }) => name === 'routing')!
    .make();
}

/** The task of a resident processor with nothing around it. */
class Host {
  readonly #processor: Processor;
  readonly #states = new Map<string, unknown>();
  readonly #dirty = new Set<string>();
  readonly actions: Record<string, number> = {};
  bytes = 0;

  constructor(processor: Processor) {
    this.#processor = processor;
    processor.restore?.(this.#context(0).states);
  }

  take(name: string, key: string, value: object): void {
    const raw = { topic: '', partition: 0, offset: 0, timestamp: 0, key: Buffer.from(key), value: null, headers: {} };
    const input = { raw, topic: '', name, value };
    const eventTime = this.#processor.accept(input);
    if (typeof eventTime !== 'number') throw new Error(eventTime.message);
    const batch: InputRecord[] = [{ ...input, eventTime }];
    for (const _ of this.#processor.process(batch, this.#context(eventTime), false));
  }

  commit(): void {
    for (const key of this.#dirty) {
      const value = this.#states.get(key);
      if (value !== undefined) this.bytes += this.#processor.encodeState(key, value).length;
    }
    this.#dirty.clear();
  }

  #context(now: number): ProcessContext {
    return {
      states: {
        get: (key) => this.#states.get(key),
        has: () => true,
        put: (key, value) => {
          this.#states.set(key, value);
          this.#dirty.add(key);
        },
        delete: (key) => {
          this.#states.delete(key);
          this.#dirty.add(key);
        },
        keys: () => [],
      },
      ...{ task: 0, partitions: 1, now, reached: now, replay: false },
      emit: ({ value }) => {
        const { type } = value as { type: string };
        this.actions[type] = (this.actions[type] ?? 0) + 1;
      },
      deadLetter(_record, { message }) {
        throw new Error(message);
      },
      recordOf() {
        throw new Error('decisions ask for no records');
      },
      gauge: () => {},
      count: (_metric, labels = {}) => {
        const outcome = labels['outcome'];
        if (outcome) this.actions[`~${outcome}`] = (this.actions[`~${outcome}`] ?? 0) + 1;
      },
    };
  }
}

async function measure(processor: Processor): Promise<Pass> {
  const host = new Host(processor);
  const start = Date.UTC(2026, 2, 2);
  const events = [...simulateEvents({ seed: 1, start, days: 0.25, scale: 4, defects: 0 }).events];
  for (const { name, value, key, eventTime } of events) {
    if (eventTime === start && processor.sources.some((topic) => topicOf(name) === topic)) host.take(name, key, value);
  }
  const placed = events.filter(({ name }) => name === 'detent.orders.OrderPlaced').map(({ value }) => value);
  const at = start + 6 * HOUR_MS;
  const epoch = (i: number) => `orders.v1-0-${i}`;
  for (let i = 0; i < ORDERS; i += 1) {
    const order = placed[i % placed.length] as OrderPlaced;
    const orderId = `${order.orderId}-${i}`;
    host.take('detent.orders.OrderPlaced', orderId, { ...order, orderId });
    for (const [dimension, to] of Object.entries(PLACED)) {
      const of = { entityType: 'order', entityId: orderId, dimension, to, epoch: epoch(i) };
      host.take('detent.segments.SegmentChanged', orderId, segmentChanged({ ...of, occurredAt: at }).value);
    }
    if (i % COMMIT === 0) host.commit();
  }
  const calls: number[] = [];
  let encode = 0;
  let begun = cpuUs();
  let bytes = 0;
  for (let i = 0; i < ORDERS; i += 1) {
    if (i === WARM) {
      begun = cpuUs();
      bytes = host.bytes;
      encode = 0;
    }
    const entityId = `${(placed[i % placed.length] as OrderPlaced).orderId}-${i}`;
    const to = URGENCIES[i % URGENCIES.length]!;
    const occurredAt = at + (i * 1000) / PER_SECOND;
    const of = { entityType: 'order', entityId, dimension: 'urgency', to, occurredAt, epoch: epoch(i) };
    const { name, value } = segmentChanged(of);
    const before = performance.now();
    host.take(name, entityId, value);
    const after = performance.now();
    if (i >= WARM) calls.push((after - before) * 1000);
    if (i % COMMIT !== 0) continue;
    host.commit();
    encode += (performance.now() - after) * 1000;
  }
  const spent = cpuUs() - begun;
  const counted = ORDERS - WARM;
  const stateBytes = (host.bytes - bytes) / counted;
  return { calls, cpuUs: spent / counted, encodeUs: encode / counted, stateBytes, actions: host.actions };
}

/** One pass over all changes: of each call its time, the rest as means, µs. */
interface Pass {
  calls: number[];
  cpuUs: number;
  encodeUs: number;
  stateBytes: number;
  actions: Record<string, number>;
}

function figuresOf(passes: readonly Pass[]): Figures {
  const least = (of: (pass: Pass) => number) => Math.round(Math.min(...passes.map(of)));
  const calls = passes[0]!.calls.map((_, i) => Math.min(...passes.map((pass) => pass.calls[i]!)));
  calls.sort((a, b) => a - b);
  const share = (of: number) => Math.round(calls[Math.min(calls.length - 1, Math.floor(of * calls.length))]!);
  return {
    cpuMeanUs: least(({ cpuUs }) => cpuUs),
    encodeMeanUs: least(({ encodeUs }) => encodeUs),
    ...{ p50Us: share(0.5), p99Us: share(0.99), maxUs: share(1) },
    stateBytes: least(({ stateBytes }) => stateBytes),
    actions: passes[0]!.actions,
  };
}

/** Processor time of this thread, µs: others on the machine do not count. */
function cpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** `detent.orders.OrderPlaced` is on `orders.v1`. */
function topicOf(name: string): string {
  return `${name.split('.')[1]}.v1`;
}
