import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const shelves = [
  '/usr/lib/jvm',
  '/Library/Java/JavaVirtualMachines',
  join(homedir(), '.sdkman', 'candidates', 'java'),
  join(homedir(), '.jdks'),
];

/**
 * The quick compiler only: in its first minutes, which for tests is all of them, a server otherwise spends more CPU on
 * compiling itself than on its work; what it gains by that shows after millions of records.
 */
export const quickCompiler = '-XX:TieredStopAtLevel=1';

function candidates(): string[] {
  const homes = shelves
    .filter((shelf) => existsSync(shelf))
    .flatMap((shelf) => readdirSync(shelf).map((name) => join(shelf, name)));
  if (process.env['JAVA_HOME']) homes.unshift(process.env['JAVA_HOME']);
  const found = homes
    .flatMap((home) => [join(home, 'bin', 'java'), join(home, 'Contents', 'Home', 'bin', 'java')])
    .filter((path) => existsSync(path));
  return [...found.slice(0, process.env['JAVA_HOME'] ? 1 : 0), 'java', ...found];
}

/** The major version in what `java -version` prints (`"17.0.15"`, `"1.8.0_402"`, `"25"`), or undefined. */
export function majorVersion(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** The first Java of at least this major version: JAVA_HOME, then the PATH, then the usual folders. */
export function findJava(atLeast: number): string | undefined {
  return candidates().find((java) => {
    const run = spawnSync(java, ['-version'], { encoding: 'utf8' });
    return run.status === 0 && (majorVersion(run.stderr + run.stdout) ?? 0) >= atLeast;
  });
}

/** What to tell a person who has no such Java. */
export function javaAdvice(atLeast: number, what: string): string {
  return `${what} needs Java ${atLeast} or newer, and none was found in JAVA_HOME, on the PATH or in ${shelves[0]}. Install a JDK ${atLeast}+ (for example Eclipse Temurin) or set JAVA_HOME to one.`;
}
