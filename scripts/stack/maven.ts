import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StackError } from './error.ts';

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** Something of Maven Central, kept under its name and version. */
export interface Artifact {
  name: string;
  version: string;
  /** `classpath`: these coordinates with all that they need, as jars. `unpacked`: the content of the first one. */
  how: 'classpath' | 'unpacked';
  /** group:artifact:version[:type[:classifier]] */
  coordinates: readonly string[];
}

/** Where downloads are kept: `DETENT_CACHE_DIR`, else `~/.cache/detent`. */
export function cacheDir(): string {
  return process.env['DETENT_CACHE_DIR'] ?? join(homedir(), '.cache', 'detent');
}

/** Where an artifact is, or will be. */
export function artifactDir(artifact: Artifact): string {
  return join(cacheDir(), `${artifact.name}-${artifact.version}`);
}

/** Why this artifact cannot be had, or undefined when it is in the cache or Maven is there to fetch it. */
export function artifactMissing(artifact: Artifact): string | undefined {
  if (existsSync(artifactDir(artifact))) return undefined;
  const maven = spawnSync('mvn', ['--version'], { shell: process.platform === 'win32', stdio: 'ignore' });
  if (maven.status === 0) return undefined;
  return `${artifact.name} ${artifact.version} comes from Maven Central, and "mvn" was not found on the PATH. Install Apache Maven 3.8 or newer (it needs a JDK).`;
}

function pom(artifact: Artifact): string {
  const dependencies = artifact.coordinates.map((coordinates) => {
    const [group, id, version] = coordinates.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`;
  });
  const wanted = artifact.how === 'classpath' ? dependencies.join('') : '';
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>detent</groupId><artifactId>stack-${artifact.name}</artifactId><version>1</version><packaging>pom</packaging><dependencies>${wanted}</dependencies></project>\n`;
}

/**
 * The folder that holds the artifact, fetched once by Maven and moved into the cache when whole.
 * Throws `DETENT_STACK_FETCH_FAILED` with Maven's own last words.
 */
export async function fetchArtifact(artifact: Artifact, say: (line: string) => void): Promise<string> {
  const target = artifactDir(artifact);
  if (existsSync(target)) return target;
  const missing = artifactMissing(artifact);
  if (missing !== undefined) throw new StackError('DETENT_STACK_MAVEN_MISSING', missing);
  say(`fetching ${artifact.name} ${artifact.version} by Maven (once) …`);
  const work = `${target}.${process.pid}`;
  const out = join(work, 'out');
  mkdirSync(out, { recursive: true });
  try {
    writeFileSync(join(work, 'pom.xml'), pom(artifact));
    const goal =
      artifact.how === 'classpath'
        ? [`${plugin}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${out}`]
        : [`${plugin}:unpack`, `-Dartifact=${artifact.coordinates[0]}`, `-DoutputDirectory=${out}`];
    await maven(['-B', '-q', '-f', join(work, 'pom.xml'), ...goal], artifact);
    try {
      renameSync(out, target);
    } catch (cause) {
      // Another process was faster: what it left is the same.
      if (!existsSync(target)) throw cause;
    }
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function maven(args: readonly string[], artifact: Artifact): Promise<void> {
  const child = spawn('mvn', [...args], {
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new StackError(
    'DETENT_STACK_FETCH_FAILED',
    `Maven could not fetch ${artifact.coordinates.join(', ')} (exit ${code}). Is Maven Central, or the mirror in your settings.xml, reachable? Maven said:\n${output.trim()}`,
  );
}
