import { join } from 'node:path';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { serviceByName } from '../../services/cli/composition.ts';
import { choosePort, loopback } from '../stack/ports.ts';
import { root } from '../stack/root.ts';
import { Managed } from './managed.ts';
import type { Parts } from './parts.ts';

export type Service = 'ingest' | 'segmenter' | 'picking' | 'storage' | 'routing';

/** What runs in a topology. */
export interface TopologyOptions {
  parts: Parts;
  prefix: string;
  members: Partial<Readonly<Record<Service, number>>>;
  model: string;
  partitions: number;
  /** `stream`: time is what the records say, so that a run can be compared. */
  time: 'stream' | 'wall';
  /** Size at which a task's changelog is swept; undefined: none is, so that all of it can be repeated. */
  changelogMib?: number | undefined;
  /** Kafka client of the services; undefined: the default one. */
  client?: string | undefined;
}

export const chaosModel = join(root, 'scripts/chaos/model.yaml');
const UNSWEPT_MIB = 4096;
let runs = 0;

/** A prefix that no other run on the same brokers has. */
export function prefixFor(name: string, seed: number): string {
  runs += 1;
  return `chaos-${name.replaceAll(/[^\w-]/g, '_')}-${seed}-${runs}.`;
}

/** The services of one run as processes of their own, under a prefix of their own. */
export class Topology {
  readonly options: TopologyOptions;
  readonly members: Managed[] = [];
  /** For who watches: past the proxies. */
  readonly runtime: Runtime;

  private constructor(options: TopologyOptions, runtime: Runtime) {
    this.options = options;
    this.runtime = runtime;
  }

  /** Makes the topics; nothing runs yet. */
  static async open(options: TopologyOptions): Promise<Topology> {
    const runtime = await openWatcher(options);
    const topology = new Topology(options, runtime);
    const topics = topology.services.flatMap((name) => serviceByName(name, runtime.config).topics);
    await runtime.ensureTopics([...new Set(topics)]);
    return topology;
  }

  get services(): Service[] {
    return Object.keys(this.options.members) as Service[];
  }

  /** Starts the members asked for, side by side, and returns when each is ready. */
  async start(): Promise<void> {
    const starting: Promise<unknown>[] = [];
    for (const service of this.services)
      for (let n = 0; n < (this.options.members[service] ?? 0); n += 1)
        starting.push((await this.add(service)).start());
    await Promise.all(starting);
  }

  /** A further member of a service, not yet started. */
  async add(service: Service): Promise<Managed> {
    const { parts } = this.options;
    const number = this.of(service).length + 1;
    const port = await choosePort('free', 0, `${service}'s HTTP endpoints`);
    const address = `http://${loopback}:${port}`;
    const member = new Managed(
      {
        name: `${this.options.prefix}${service}-${number}`,
        command: process.execPath,
        args: ['--no-warnings', join(root, 'services/cli/main.ts'), 'run', service],
        cwd: root,
        env: {
          ...environmentOf(this.options, parts.proxied),
          DETENT_HTTP_HOST: loopback,
          DETENT_HTTP_PORT: String(port),
        },
        address,
        ready: async () => (await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(1_000) })).ok,
      },
      parts.dir,
    );
    this.members.push(member);
    return member;
  }

  of(service: Service): Managed[] {
    return this.members.filter(({ name }) => name.startsWith(`${this.options.prefix}${service}-`));
  }

  get kills(): number {
    return this.members.reduce((sum, { kills }) => sum + kills, 0);
  }

  /** Environment of a `detent` command that watches this run. */
  get environment(): Record<string, string> {
    return environmentOf(this.options, this.options.parts.direct);
  }

  /** Starts what does not run, and lets go on what was stopped. */
  async revive(): Promise<void> {
    for (const member of this.members) member.thaw();
    await Promise.all(this.members.filter(({ alive }) => !alive).map((member) => member.start()));
  }

  /** Stops the members; who watches goes on. */
  async halt(): Promise<void> {
    for (const member of this.members) member.thaw();
    await Promise.all(this.members.map((member) => member.stop()));
  }

  async stop(): Promise<void> {
    await this.halt();
    await this.runtime.close().catch(() => {});
  }
}

/** A runtime that looks on: past the proxies, without tasks. */
export function openWatcher(options: TopologyOptions): Promise<Runtime> {
  const config = readConfig({ environment: environmentOf(options, options.parts.direct) });
  return openRuntime(config, { logger: createLogger('silent'), write: false });
}

function environmentOf(
  { parts, prefix, model, partitions, time, changelogMib = UNSWEPT_MIB, client }: TopologyOptions,
  addresses: { kafka: string; redis: string },
): Record<string, string> {
  return {
    DETENT_PROFILE: 'cluster',
    DETENT_KAFKA_BROKERS: addresses.kafka,
    DETENT_REDIS_URL: addresses.redis,
    DETENT_REGISTRY_URL: parts.direct.registry,
    DETENT_KAFKA_REPLICATION_FACTOR: String(Math.min(3, parts.brokers.length)),
    DETENT_TOPIC_PREFIX: prefix,
    DETENT_MODEL: model,
    DETENT_PARTITIONS: String(partitions),
    DETENT_TIME: time,
    DETENT_ACTIONS: 'live',
    DETENT_CHANGELOG_MIB: String(changelogMib),
    ...(client !== undefined && { DETENT_KAFKA_CLIENT: client }),
  };
}
