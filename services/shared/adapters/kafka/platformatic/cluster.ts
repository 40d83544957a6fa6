import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admin,
  type Broker,
  type Connection,
  ConnectionPool,
  FindCoordinatorKeyTypes,
  findCoordinatorV4,
  ProtocolError,
  type Reader,
  UserError,
  type Writer,
} from '@platformatic/kafka';
import type { KafkaConnection } from '../client/client.ts';
import { protocolErrorOf } from '../errors.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Asked for anew when a broker says that it has changed, so its age matters little. */
const METADATA_AGE_MS = 300_000;
const RETRIES = 5;
const RETRY_MS = 50;

/** A broker that answers so may give another answer soon, or another broker will. */
const PASSING = new Set([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
]);

/** True for what ends by itself: a connection lost, a leader moved, a transaction that is just being settled. */
export function isPassing(error: unknown): boolean {
  const name = protocolErrorOf(error);
  return name === undefined ? isNetwork(error) : PASSING.has(name);
}

function isNetwork(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'PLT_KFK_NETWORK' || error.code === 'PLT_KFK_TIMEOUT'))
    return !('closed' in error && error.closed);
  return 'errors' in error && Array.isArray(error.errors) && error.errors.some(isNetwork);
}

/** Does it again while it fails of something passing, for `patienceMs`. */
export async function untilDone<T>(patienceMs: number, pauseMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

/** The brokers: who leads what, and connections to them. Those who wait long for answers take a pool of their own. */
export class Cluster {
  readonly admin: Admin;
  readonly #connection: KafkaConnection;
  readonly #options: object;
  readonly #leaders = new Map<string, Leaders>();

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
    const { ssl, sasl } = connection;
    this.#options = {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      ...(ssl && { tls: {}, tlsServerName: true }),
      ...(sasl && { sasl: { ...sasl, mechanism: sasl.mechanism.toUpperCase() } }),
    };
    this.admin = new Admin({
      ...this.#options,
      clientId: connection.clientId,
      bootstrapBrokers: [...connection.brokers],
      retries: RETRIES,
      retryDelay: RETRY_MS,
      metadataMaxAge: METADATA_AGE_MS,
    });
    quiet(this.admin.connections);
  }

  pool(requestTimeout: number = REQUEST_TIMEOUT_MS): ConnectionPool {
    return quiet(new ConnectionPool(this.#connection.clientId, { ...this.#options, requestTimeout }));
  }

  /** Leaders of a topic's partitions, where they have one. `fresh`: what is known of them has proved wrong. */
  async leaders(topic: string, fresh = false): Promise<Leaders> {
    const cached = this.#leaders.get(topic);
    if (cached !== undefined && !fresh) return cached;
    const { topics, brokers } = await this.admin.metadata({ topics: [topic], forceUpdate: fresh }).catch(named);
    const leaders = (topics.get(topic)?.partitions ?? []).map(({ leader }) => brokers.get(leader));
    if (leaders.includes(undefined)) this.#leaders.delete(topic);
    else this.#leaders.set(topic, leaders);
    return leaders;
  }

  async leader(topic: string, partition: number, fresh = false): Promise<Broker> {
    return leaderOf(await this.leaders(topic, fresh), topic, partition);
  }

  async controller(): Promise<Broker> {
    const { brokers, controllerId } = await this.admin.metadata({ topics: [], forceUpdate: true });
    return brokers.get(controllerId) ?? fail('the cluster has no controller');
  }

  /** Any broker. When none that is known answers, those named in the settings are asked who is there now. */
  async any(): Promise<Connection> {
    const { brokers } = await this.admin.metadata({ topics: [] });
    try {
      return await this.admin.connections.getFirstAvailable([...brokers.values()]);
    } catch {
      const { brokers: now } = await this.admin.metadata({ topics: [], forceUpdate: true });
      return this.admin.connections.getFirstAvailable([...now.values()]);
    }
  }

  /** The broker that keeps a group's offsets, or a transactional id's state. */
  async coordinator(of: 'group' | 'transaction', key: string): Promise<Broker> {
    const type = of === 'group' ? FindCoordinatorKeyTypes.GROUP : FindCoordinatorKeyTypes.TRANSACTION;
    const { coordinators } = await findCoordinatorV4.api.async(await this.any(), type, [key]);
    return { host: coordinators[0]!.host, port: coordinators[0]!.port };
  }

  close(): Promise<void> {
    return this.admin.close();
  }
}

/** A call that the library has no words for, or too slow ones. */
export function send<T>(
  connection: Connection,
  api: { key: number; version: number },
  request: () => Writer,
  read: (correlationId: number, key: number, version: number, reader: Reader) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    connection.send<T>(api.key, api.version, request, read, true, true, (error, answer) =>
      error ? reject(error) : resolve(answer as T),
    );
  });
}

/** By partition; undefined where there is none just now. */
export type Leaders = readonly (Broker | undefined)[];

/** Throws what passes when a leader is elected. */
export function leaderOf(leaders: Leaders, topic: string, partition: number): Broker {
  return leaders[partition] ?? fail(`${topic}-${partition} has no leader`);
}

/** The library says of a topic that the broker does not know (yet) what it says of a wrong call. */
function named(error: unknown): never {
  if (error instanceof UserError && error.message.startsWith('Unknown topic'))
    throw new ProtocolError('UNKNOWN_TOPIC_OR_PARTITION', error.message);
  throw error;
}

function fail(what: string): never {
  throw new ProtocolError('LEADER_NOT_AVAILABLE', `${what} now: is a broker down?`);
}

/** A connection tells of an error each call that waits; as an event that nobody hears it would end the process. */
function quiet(pool: ConnectionPool): ConnectionPool {
  pool.on('connecting', ({ connection }) => connection.on('error', () => {}));
  return pool;
}
