import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './error.ts';
import { findJava, javaAdvice, quickCompiler } from './java.ts';
import type { Launch } from './launch.ts';
import { type Artifact, artifactMissing, fetchArtifact } from './maven.ts';
import { choosePort, loopback, type PortChoice } from './ports.ts';

const java = 21;
const version = '3.3.3';
const artifact: Artifact = {
  name: 'apicurio-registry',
  version,
  how: 'unpacked',
  coordinates: [`io.apicurio:apicurio-registry-app:${version}:tar.gz:all`],
};

/** Why the schema registry cannot be started here, or undefined. */
export function registryMissing(): string | undefined {
  return findJava(java) === undefined ? javaAdvice(java, 'The schema registry') : artifactMissing(artifact);
}

/** Fetches Apicurio Registry if needed and says how to run it, its schemas in a file: ids must outlive a restart. */
export async function planRegistry(dir: string, ports: PortChoice, say: (line: string) => void): Promise<Launch> {
  const missing = registryMissing();
  const command = findJava(java);
  if (missing !== undefined || command === undefined) {
    throw new StackError('DETENT_STACK_REGISTRY_MISSING', missing ?? javaAdvice(java, 'The schema registry'));
  }
  const port = await choosePort(ports, 8081, 'the schema registry');
  const management = await choosePort('free', 0, "the schema registry's health");
  const app = await fetchArtifact(artifact, say);
  const home = join(dir, 'registry');
  mkdirSync(home, { recursive: true });
  const address = `http://${loopback}:${port}/apis/ccompat/v7`;
  return {
    name: 'registry',
    command,
    args: ['-Xmx512m', quickCompiler, '-jar', join(app, 'quarkus-run.jar')],
    cwd: home,
    env: {
      QUARKUS_HTTP_HOST: loopback,
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_MANAGEMENT_HOST: loopback,
      QUARKUS_MANAGEMENT_PORT: String(management),
      QUARKUS_LOG_LEVEL: 'WARN',
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      // As Confluent's own registry does by default; Apicurio's default is to accept anything.
      APICURIO_RULES_GLOBAL_COMPATIBILITY: 'BACKWARD',
      APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(home, 'schemas')}`,
    },
    address,
    ready: async () => (await fetch(`${address}/subjects`, { signal: AbortSignal.timeout(1_000) })).ok,
  };
}
