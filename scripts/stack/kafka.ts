import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { StackError } from './error.ts';
import { findJava, javaAdvice, quickCompiler } from './java.ts';
import type { Launch } from './launch.ts';
import { type Artifact, artifactMissing, fetchArtifact } from './maven.ts';
import { choosePort, loopback, type PortChoice } from './ports.ts';

const java = 17;
/** 4.3.0, 4.3.1 and 4.4.0 lose the end of a transaction whose partition has no leader just then (KAFKA-20734). */
const version = process.env['STACK_KAFKA_VERSION'] ?? '4.2.2';
const artifact: Artifact = {
  name: 'kafka',
  version,
  how: 'classpath',
  coordinates: [
    `org.apache.kafka:kafka_2.13:${version}`,
    `org.apache.kafka:kafka-tools:${version}`,
    // Without a binding the broker's own words are lost.
    'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4',
  ],
};

/** Any constant will do: the cluster is on this machine alone. */
const clusterId = 'ZGV0ZW50LWxhcHRvcC0wMQ';

/** Why Kafka cannot be started here, or undefined. */
export function kafkaMissing(): string | undefined {
  return findJava(java) === undefined ? javaAdvice(java, 'Kafka') : artifactMissing(artifact);
}

/** One broker of a cluster on loopback. */
export interface Broker {
  /** From 1. Its folder is `kafka` for the first, `kafka-2` for the second. */
  id: number;
  port: number;
  controllerPort: number;
  /** A second listener whose clients are sent to another port, where a proxy stands before it. */
  proxied?: { port: number; advertised: number };
}

/** The brokers' configuration: all nodes the same, loopback, and the waits taken out that only help a real cluster. */
function properties(
  dataDir: string,
  broker: Broker,
  brokers: readonly Broker[],
  settings: Readonly<Record<string, string | number | boolean>>,
): string {
  const { id, port, controllerPort, proxied } = broker;
  const copies = Math.min(3, brokers.length);
  const listeners = [`PLAINTEXT://${loopback}:${port}`];
  if (proxied) listeners.push(`PROXIED://${loopback}:${proxied.port}`);
  const advertised = [`PLAINTEXT://${loopback}:${port}`];
  if (proxied) advertised.push(`PROXIED://${loopback}:${proxied.advertised}`);
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': brokers.map((one) => `${one.id}@${loopback}:${one.controllerPort}`).join(','),
    listeners: `${listeners.join(',')},CONTROLLER://${loopback}:${controllerPort}`,
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataDir.replaceAll('\\', '/'),
    'auto.create.topics.enable': false,
    'min.insync.replicas': Math.max(1, copies - 1),
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': Math.max(1, copies - 1),
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': Math.max(1, copies - 1),
    'group.initial.rebalance.delay.ms': 0,
    'log.segment.bytes': 16 * 1024 * 1024,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    ...settings,
  })
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** Fetches Kafka if needed, formats its folder at the first start, and says how to run it. */
export async function planKafka(dir: string, ports: PortChoice, say: (line: string) => void): Promise<Launch> {
  const port = await choosePort(ports, 9092, 'Kafka');
  const controllerPort = await choosePort(ports, 9093, "Kafka's controller");
  const broker = { id: 1, port, controllerPort };
  return planBroker(dir, broker, [broker], say);
}

/**
 * As `planKafka`, for one broker of a cluster of these; topics of the broker's own are kept as often as there are
 * brokers, up to three times. `settings` are broker properties that win over those here.
 */
export async function planBroker(
  dir: string,
  broker: Broker,
  brokers: readonly Broker[],
  say: (line: string) => void,
  settings: Readonly<Record<string, string | number | boolean>> = {},
): Promise<Launch> {
  const missing = kafkaMissing();
  const command = findJava(java);
  if (missing !== undefined || command === undefined) {
    throw new StackError('DETENT_STACK_KAFKA_MISSING', missing ?? javaAdvice(java, 'Kafka'));
  }
  const libs = await fetchArtifact(artifact, say);
  const name = broker.id === 1 ? 'kafka' : `kafka-${broker.id}`;
  const home = join(dir, name);
  const dataDir = join(home, 'data');
  mkdirSync(home, { recursive: true });
  const file = join(home, 'server.properties');
  writeFileSync(file, properties(dataDir, broker, brokers, settings));
  const jvm = ['-cp', join(libs, '*'), '-Dlog4j2.level=WARN'];
  if (!existsSync(join(dataDir, 'meta.properties'))) {
    const args = ['-Xshare:auto', quickCompiler, ...jvm];
    const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file];
    const run = spawnSync(command, [...args, ...tool], { cwd: home, encoding: 'utf8' });
    if (run.status !== 0) {
      const words = `${run.stdout}${run.stderr}`.trim();
      throw new StackError('DETENT_STACK_KAFKA_FORMAT', `Kafka could not format ${dataDir}:\n${words}`);
    }
  }
  const address = `${loopback}:${broker.port}`;
  return {
    name,
    command,
    args: ['-Xms512m', '-Xmx1g', quickCompiler, ...jvm, 'kafka.Kafka', file],
    cwd: home,
    address,
    ready: () => answers(address, broker.id),
  };
}

/** True when a broker is registered and unfenced: only then does metadata name it. */
async function answers(address: string, id: number): Promise<boolean> {
  const kafka = new Kafka({
    brokers: [address],
    clientId: 'detent-stack',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return brokers.some(({ nodeId }) => nodeId === id) && controller !== null;
  } finally {
    await admin.disconnect();
  }
}
