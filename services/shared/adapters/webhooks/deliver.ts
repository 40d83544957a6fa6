import {
  type Clock,
  type Logger,
  type LogRecord,
  type Metrics,
  type OutRecord,
  type RecordCodec,
  type Refusal,
  type TaskInput,
  type TaskSession,
  toDeadLetter,
} from '@detent/pipeline';
import type { Action } from '@detent/schemas';
import type { Share } from './backlog.ts';
import type { Endpoint } from './endpoints.ts';
import { send } from './send.ts';
import type { Standing } from './standing.ts';

export const WEBHOOKS = 'webhooks';

/** What deliveries need around them. */
export interface DeliverEnv {
  endpoints: readonly Endpoint[];
  /** Where the task tells what it has on its way. */
  share: Share;
  /** How an action stands when it is its turn. */
  standingOf(action: Action): Promise<Standing>;
  codec: RecordCodec;
  metrics: Metrics;
  logger: Logger;
  clock: Clock;
  /** First part of topic names. */
  prefix: string;
  /** Between the first two tries, ms; twice as long each time, up to a minute. */
  firstRetryMs?: number;
}

/** Records taken of a service whose delivery is not settled; more are not taken, so that a restart repeats at most so many. */
const MAX_PENDING = 500;
const WAIT_MS = 250;
const LONGEST_RETRY_MS = 60_000;
/** How soon the end of a pause is noticed. */
const LOOK_AGAIN_MS = 1000;

/** A record on its way. */
interface Item {
  record: LogRecord;
  settled: boolean;
  letters: OutRecord[];
}

/** An input with what was taken from it, in order. */
interface Lane {
  input: TaskInput;
  items: Item[];
  next: number;
}

/**
 * Delivers the actions of one task until it is revoked. In order for each entity and endpoint; a position is committed once
 * everything before it is delivered or lies in the dead letters, so that nothing is lost and some may come twice.
 */
export async function deliver(session: TaskSession, env: DeliverEnv): Promise<void> {
  const lanes = session.inputs.map((input): Lane => ({ input, items: [], next: input.position }));
  const queues = new Map<string, Promise<void>>();
  let wake = () => {};
  let moved = false;

  const settle = (item: Item): void => {
    item.settled = true;
    moved = true;
    wake();
  };

  /** Puts a delivery behind those of the same entity to the same endpoint. */
  const enqueue = (endpoint: Endpoint, action: Action, item: Item): Promise<void> => {
    const lane = `${endpoint.name}|${action.target.entityType}|${action.target.entityId}`;
    const leave = env.share.add(endpoint.name, item.record.timestamp);
    const done = (queues.get(lane) ?? Promise.resolve()).then(async () => {
      const refusal = await insist(endpoint, action, session.signal, env);
      leave();
      if (refusal === undefined) return;
      item.letters.push(toDeadLetter(item.record, refusal, WEBHOOKS, `${env.prefix}dlq.v1`, env.clock.now()));
      env.metrics.count('detent_pipeline_dead_letters_total', 1, { service: WEBHOOKS, code: refusal.code });
      env.logger.error({ actionId: action.actionId, ...refusal }, 'an action was not delivered');
    });
    queues.set(lane, done);
    return done.then(() => {
      if (queues.get(lane) === done) queues.delete(lane);
    });
  };

  while (!session.signal.aborted) {
    let took = false;
    for (const lane of lanes) {
      while (lane.items.length < MAX_PENDING) {
        const record = lane.input.shift();
        if (record === undefined) break;
        took = true;
        const item: Item = { record, settled: false, letters: [] };
        lane.items.push(item);
        const action = await readAction(record, item, env);
        const wanted = action === undefined ? [] : env.endpoints.filter((endpoint) => wants(endpoint, action));
        void Promise.all(wanted.map((endpoint) => enqueue(endpoint, action!, item))).then(
          () => settle(item),
          // Only the end of the session stops a delivery half-way: it is taken anew.
          () => {},
        );
      }
    }
    env.share.tell(env.metrics, env.clock.now());
    if (moved) {
      moved = false;
      await commit(session, lanes);
    }
    if (took || moved) {
      // What is settled at once, for nobody wants it, is committed with the rest.
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    await Promise.race([session.wait(WAIT_MS), new Promise<void>((resolve) => (wake = resolve))]);
  }
}

function wants({ services, types, dryRun }: Endpoint, { service, type, details }: Action): boolean {
  return (
    (services === undefined || services.includes(service)) &&
    (types === undefined || types.includes(type)) &&
    (dryRun || details['mode'] !== 'dry-run')
  );
}

/**
 * Tries until it is delivered, over, refused for good, or given up; waits while its service is paused. Returns why it was not
 * delivered; throws where the session ends meanwhile.
 */
async function insist(
  endpoint: Endpoint,
  action: Action,
  signal: AbortSignal,
  { clock, metrics, logger, standingOf, firstRetryMs = 250 }: DeliverEnv,
): Promise<Refusal | undefined> {
  let giveUpAt = Number.POSITIVE_INFINITY;
  for (let attempt = 1; ; attempt += 1) {
    let standing = await standingOf(action);
    for (; standing === 'wait'; standing = await standingOf(action)) await pause(LOOK_AGAIN_MS, signal);
    if (standing !== 'send') {
      metrics.count('detent_webhook_skipped_total', 1, { endpoint: endpoint.name, reason: standing.skip });
      logger.info({ actionId: action.actionId, endpoint: endpoint.name, reason: standing.skip }, 'an action was over');
      return undefined;
    }
    if (attempt === 1) giveUpAt = clock.now() + endpoint.giveUpAfterMs;
    const sent = await send(endpoint, action, attempt, clock.now(), signal);
    signal.throwIfAborted();
    const count = (result: string) =>
      metrics.count('detent_webhook_deliveries_total', 1, { endpoint: endpoint.name, result });
    if (sent.ok) {
      count('delivered');
      return undefined;
    }
    const left = giveUpAt - clock.now();
    if (!sent.retry || left <= 0 || sent.afterMs > left) {
      count(sent.retry ? 'given-up' : 'refused');
      const message = `action ${action.actionId} was not delivered in ${attempt} tries: ${sent.reason}. Mend the endpoint, then redrive`;
      return { code: 'WEBHOOK_UNDELIVERED', message, step: 'deliver' };
    }
    metrics.count('detent_webhook_retries_total', 1, { endpoint: endpoint.name });
    const backoff = firstRetryMs * 2 ** Math.min(attempt - 1, 20);
    await pause(Math.min(Math.max(backoff, sent.afterMs), LONGEST_RETRY_MS, left), signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The action that a record holds; what cannot be read becomes a dead letter. */
async function readAction(record: LogRecord, item: Item, env: DeliverEnv): Promise<Action | undefined> {
  if (record.value === null) return undefined;
  let decoded = env.codec.decode(record.value);
  if (!decoded.ok && 'unknownSchema' in decoded && (await env.codec.fetch(decoded.unknownSchema)))
    decoded = env.codec.decode(record.value);
  if (decoded.ok) return decoded.record.value as Action;
  const refusal =
    'code' in decoded
      ? { code: decoded.code, message: decoded.message, step: 'decode' }
      : {
          code: 'UNKNOWN_SCHEMA',
          message: `schema id ${decoded.unknownSchema} is not in the registry`,
          step: 'decode',
        };
  item.letters.push(toDeadLetter(record, refusal, WEBHOOKS, `${env.prefix}dlq.v1`, env.clock.now()));
  return undefined;
}

/** Commits what is settled without a gap, with its dead letters. */
async function commit(session: TaskSession, lanes: readonly Lane[]): Promise<void> {
  const outputs: OutRecord[] = [];
  for (const lane of lanes) {
    let settled = 0;
    while (lane.items[settled]?.settled) {
      const { record, letters } = lane.items[settled]!;
      outputs.push(...letters);
      lane.next = record.offset + 1;
      settled += 1;
    }
    lane.items.splice(0, settled);
  }
  const positions = lanes.map(({ input, next }) => ({ topic: input.topic, partition: input.partition, next }));
  await session.commit({ outputs, states: [], positions });
}
