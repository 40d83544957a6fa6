import { type InputRecord, ModelInForce, type ProcessContext, type Processor } from '@detent/pipeline';
import type { OrderPlaced } from '@detent/schemas';
import { seeded, segmentChanged } from '@detent/testing/decisions';
import { simulateEvents } from '../../../../services/cli/simulate/simulate.ts';
import { createPickingProcessor } from '../../../../services/picking/index.ts';
import type { DecisionBench } from '../benches.ts';

const ORDERS = 20_000;
/** Changes a second of event time, as in `decisions`. */
const PER_SECOND = 1_000;
/** Records after which states are encoded, as a pipeline does before it commits. */
const COMMIT_EVERY = 10;
const HOUR_MS = 3_600_000;
const PLACED = { climate: 'ambient', handling: 'standard' } as const;
const URGENCIES = ['same-day', 'normal', 'normal', 'at-risk'] as const;

interface Figures {
  changes: number;
  /** CPU of a change with all that it sets off, and with the encoding of states, microseconds. */
  meanUs: number;
  /** Time of one call: a change with the timers that are due before it, microseconds. */
  p50Us: number;
  p99Us: number;
  p999Us: number;
  maxUs: number;
  /** Bytes of states written for a change. */
  stateBytes: number;
  actions: number;
}

/** CPU of picking alone, in process: the changes of `decisions`, one call each, with states encoded. */
export const benchPickingLoad: DecisionBench = async ({ json }) => {
  const figures = measure();
  if (json) return JSON.stringify(figures);
  const { changes, meanUs, p50Us, p99Us, p999Us, maxUs, stateBytes, actions } = figures;
  return `${changes} changes: ${meanUs} µs each; a call p50 ${p50Us}, p99 ${p99Us}, p99.9 ${p999Us}, max ${maxUs} µs; ${stateBytes} bytes of state; ${actions} actions`;
};

function measure(): Figures {
  const start = Date.UTC(2026, 2, 2);
  const { events } = simulateEvents({ seed: 1, start, days: 0.25, scale: 4, defects: 0 });
  const told = [...events];
  const placed = told
    .filter(({ name }) => name === 'detent.orders.OrderPlaced')
    .map(({ value }) => value as OrderPlaced);
  const driver = new Driver();
  for (const { name, value, eventTime } of told) {
    if (eventTime === start) driver.feed(name, value as { occurredAt: number }, eventTime);
  }
  const random = seeded(1);
  const at = start + 6 * HOUR_MS;
  const orderIds = Array.from({ length: ORDERS }, (_, i) => `order-${i}`);
  for (const [i, orderId] of orderIds.entries()) {
    const order = { ...placed[i % placed.length]!, orderId, eventId: orderId, occurredAt: at };
    const promisedAt = at + (12 + random() * 48) * HOUR_MS;
    const value: OrderPlaced = { ...order, promisedAt };
    driver.feed('detent.orders.OrderPlaced', value, at);
    for (const [dimension, to] of Object.entries(PLACED)) driver.change(orderId, dimension, to, at);
  }
  driver.begin();
  for (const [i, orderId] of orderIds.entries())
    driver.change(orderId, 'urgency', URGENCIES[i % URGENCIES.length]!, at + Math.floor((i * 1000) / PER_SECOND));
  return driver.figures(ORDERS);
}

/** Runs picking without a pipeline: one record a call, timers between them, each call timed by its CPU. */
class Driver {
  readonly #processor: Processor;
  readonly #states = new Map<string, unknown>();
  readonly #written = new Set<string>();
  readonly #context: ProcessContext;
  #calls: number[] = [];
  #begunUs = 0;
  #bytes = 0;
  #actions = 0;
  #fed = 0;
  #now = 0;

  constructor() {
    const dimensions = ['climate', 'handling', 'urgency'];
    const model = { playbookFor: () => undefined, dimensionsOf: () => dimensions };
    const never = () => {
      throw new Error('this model is never switched');
    };
    this.#processor = createPickingProcessor({ actions: 'live', model: new ModelInForce(model, never) });
    const states = this.#states;
    this.#context = {
      states: {
        get: (key) => states.get(key),
        has: () => true,
        put: (key, value) => {
          states.set(key, value);
          this.#written.add(key);
        },
        delete: (key) => {
          states.delete(key);
          this.#written.delete(key);
        },
        keys: (prefix) => [...states.keys()].filter((key) => key.startsWith(prefix)),
      },
      task: 0,
      partitions: 1,
      now: 0,
      reached: 0,
      replay: false,
      emit: () => {
        this.#actions += 1;
      },
      deadLetter: (_record, { message }) => {
        throw new Error(message);
      },
      recordOf: () => {
        throw new Error('decisions ask for no records');
      },
      gauge: () => {},
      count: () => {},
    };
    this.#processor.restore?.(this.#context.states);
  }

  change(entityId: string, dimension: string, to: string, occurredAt: number): void {
    const { name, value } = segmentChanged({ entityType: 'order', entityId, dimension, to, occurredAt });
    this.feed(name, value, occurredAt);
  }

  feed(name: string, value: { occurredAt: number }, eventTime: number): void {
    this.#now = Math.max(this.#now, eventTime);
    const raw = { topic: '', partition: 0, offset: 0, timestamp: 0, key: null, value: null, headers: {} };
    const record: InputRecord = { raw, topic: '', name, value, eventTime };
    this.#timed(() =>
      this.#processor.process([record], { ...this.#context, now: this.#now, reached: this.#now }, false),
    );
    this.#fed += 1;
    if (this.#fed % COMMIT_EVERY === 0) this.#commit();
  }

  /** Forgets what was measured so far. */
  begin(): void {
    this.#commit();
    this.#calls = [];
    this.#begunUs = cpuUs();
    this.#bytes = 0;
    this.#actions = 0;
  }

  figures(changes: number): Figures {
    const calls = [...this.#calls].sort((a, b) => a - b);
    const at = (share: number) => Math.round(calls[Math.min(calls.length - 1, Math.floor(share * calls.length))]!);
    const sum = cpuUs() - this.#begunUs;
    return {
      ...{
        changes,
        meanUs: Math.round(sum / changes),
        p50Us: at(0.5),
        p99Us: at(0.99),
        p999Us: at(0.999),
        maxUs: at(1),
      },
      ...{ stateBytes: Math.round(this.#bytes / changes), actions: this.#actions },
    };
  }

  #timed(run: () => Iterator<unknown>): void {
    const before = process.hrtime.bigint();
    for (const step = run(); !step.next().done; );
    this.#calls.push(Number(process.hrtime.bigint() - before) / 1000);
  }

  #commit(): void {
    for (const key of this.#written) {
      const value = this.#states.get(key);
      if (value !== undefined) this.#bytes += this.#processor.encodeState(key, value).length;
    }
    this.#written.clear();
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
