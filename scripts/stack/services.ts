import { join } from 'node:path';
import type { Launch } from './launch.ts';
import { choosePort, loopback, type PortChoice } from './ports.ts';
import { root } from './root.ts';
import { clusterOf, launchAll } from './stack.ts';
import { readStack } from './state.ts';

/** The deployables, in the order of the data's path, with the HTTP port that each has by default. */
const services = {
  ...{ ingest: 8101, segmenter: 8102, picking: 8103, storage: 8104, routing: 8105 },
  // Needs endpoints to deliver to.
  ...(process.env['DETENT_WEBHOOKS'] && { webhooks: 8106 }),
};

/** The settings that point a Detent process at these parts. */
export function environment(addresses: Readonly<Record<string, string>>): Record<string, string> {
  return {
    DETENT_PROFILE: 'cluster',
    ...(addresses['kafka'] && { DETENT_KAFKA_BROKERS: addresses['kafka'] }),
    ...(addresses['registry'] && { DETENT_REGISTRY_URL: addresses['registry'] }),
    ...(addresses['redis'] && { DETENT_REDIS_URL: addresses['redis'] }),
    ...(clusterOf(addresses) && { DETENT_REDIS_CLUSTER: clusterOf(addresses) }),
  };
}

/** Starts every Detent service against the parts that run from `dir`; returns when each says that it is ready. */
export async function startServices(dir: string, ports: PortChoice, say: (line: string) => void): Promise<void> {
  const file = readStack(dir) ?? { addresses: {}, pids: {} };
  const launches: Launch[] = [];
  for (const [name, usual] of Object.entries(services)) {
    const port = await choosePort(ports, usual, `${name}'s HTTP endpoints`);
    const address = `http://${loopback}:${port}`;
    launches.push({
      name,
      command: process.execPath,
      args: ['--no-warnings', join(root, 'services/cli/main.ts'), 'run', name],
      cwd: root,
      env: { ...environment(file.addresses), DETENT_HTTP_HOST: loopback, DETENT_HTTP_PORT: String(port) },
      address,
      ready: async () => (await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(1_000) })).ok,
    });
  }
  await launchAll(dir, file, launches, say);
}
