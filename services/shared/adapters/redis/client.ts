import type { Logger } from '@detent/pipeline';
import { Cluster, Redis } from 'ioredis';

/** Where Redis is. `cluster` (host:port,… or redis[s]://[user:password@]host:port,…) wins over `url`. */
export interface RedisOptions {
  url: string;
  cluster?: string | undefined;
  /** A connection that leaves a command unanswered for so long is given up, ms; default 10,000. */
  silenceMs?: number;
}

/** Thrown at start when Redis cannot be reached or may throw keys away. */
export class RedisError extends Error {
  readonly code: 'DETENT_REDIS_UNREACHABLE' | 'DETENT_REDIS_EVICTS';
  readonly retriable: boolean;
  constructor(code: RedisError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RedisError';
    this.code = code;
    this.retriable = code === 'DETENT_REDIS_UNREACHABLE';
  }
}

export type RedisConnection = Redis | Cluster;

/** A connection that is shared by all tasks of a service. */
export interface RedisClient {
  readonly connection: RedisConnection;
  /** Nodes that hold keys: SCAN asks each. */
  nodes(): Redis[];
  /** Why Redis cannot be used at the moment; undefined when it can. */
  problem(): string | undefined;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Far longer than the largest batch takes, far shorter than TCP takes to notice that nobody is there. */
const SILENCE_MS = 10_000;
const MAX_RETRY_DELAY_MS = 2_000;
/** Tries of a command while its slot has no master or is being moved, each after 100 ms. Then its task begins anew. */
const CLUSTER_PATIENCE = 300;

/**
 * Connects and checks that Redis keeps what it is given. Later losses of the connection are ridden out: commands wait,
 * and so do their tasks. Throws `DETENT_REDIS_UNREACHABLE` or `DETENT_REDIS_EVICTS`.
 */
export async function connectRedis(options: RedisOptions, logger: Logger): Promise<RedisClient> {
  const where = withoutPassword(options.cluster ?? options.url);
  const { silenceMs = SILENCE_MS } = options;
  /** Why there is no connection, while there is none. */
  let cause: string | undefined;
  const connection: RedisConnection =
    options.cluster === undefined ? single(options.url, silenceMs) : cluster(options.cluster, silenceMs);
  connection.on('error', (error: Error) => {
    if (cause === undefined) logger.warn({ redis: where, err: error }, 'Redis cannot be reached; tasks wait for it');
    cause = error.message;
  });
  connection.on('ready', () => {
    if (cause !== undefined) logger.info({ redis: where }, 'Redis is back');
    cause = undefined;
  });
  const nodes = () => (connection instanceof Cluster ? connection.nodes('master') : [connection as Redis]);
  try {
    await withTimeout(connection.connect(), CONNECT_TIMEOUT_MS);
  } catch (error) {
    connection.disconnect();
    throw new RedisError(
      'DETENT_REDIS_UNREACHABLE',
      `Redis at ${where} cannot be reached (${cause ?? (error as Error).message}): is it running, and is ${options.cluster === undefined ? 'DETENT_REDIS_URL' : 'DETENT_REDIS_CLUSTER'} right?`,
      { cause: error },
    );
  }
  try {
    for (const node of nodes()) await checkPolicy(node, logger);
  } catch (error) {
    connection.disconnect();
    throw error;
  }
  return {
    connection,
    nodes,
    problem: () => (cause === undefined ? undefined : `Redis at ${where} cannot be reached (${cause})`),
    close: () => connection.disconnect(),
  };
}

const common = {
  lazyConnect: true,
  /** Commands wait for the connection; who must not wait races them with its own signal. */
  maxRetriesPerRequest: null,
  connectTimeout: CONNECT_TIMEOUT_MS,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), MAX_RETRY_DELAY_MS),
};

function single(url: string, silenceMs: number): Redis {
  return new Redis(url, { ...common, socketTimeout: silenceMs });
}

/** Nodes are found from any of the addresses; user, password and TLS are those of the first. */
function cluster(addresses: string, silenceMs: number): Cluster {
  const urls = addresses.split(',').map((address) => {
    const text = address.trim();
    return new URL(text.includes('://') ? text : `redis://${text}`);
  });
  const { username, password, protocol } = urls[0]!;
  return new Cluster(
    urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) })),
    {
      lazyConnect: true,
      clusterRetryStrategy: common.retryStrategy,
      maxRedirections: CLUSTER_PATIENCE,
      redisOptions: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: silenceMs,
        ...(username && { username: decodeURIComponent(username) }),
        ...(password && { password: decodeURIComponent(password) }),
        ...(protocol === 'rediss:' && { tls: {} }),
      },
    },
  );
}

/** A state that Redis evicts would be taken for one that never was. */
async function checkPolicy(node: Redis, logger: Logger): Promise<void> {
  const where = `${node.options.host}:${node.options.port}`;
  let policy: string | undefined;
  try {
    const answer = (await node.config('GET', 'maxmemory-policy')) as string[];
    policy = answer[1];
  } catch (error) {
    logger.warn({ redis: where, err: error }, 'CONFIG is not allowed: make sure that maxmemory-policy is noeviction');
    return;
  }
  if (policy === 'noeviction') return;
  throw new RedisError(
    'DETENT_REDIS_EVICTS',
    `Redis at ${where} has maxmemory-policy ${policy}, so states would vanish: run "CONFIG SET maxmemory-policy noeviction" and write it into redis.conf`,
  );
}

async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/g, '//');
}
