import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type Started } from './processes.ts';

/** The third-party parts of the stack. */
export type Part = 'kafka' | 'registry' | 'redis';
export const allParts: readonly Part[] = ['kafka', 'registry', 'redis'];

/** What `<dir>/stack.json` remembers, so that another process can find and stop what was started. */
export interface StackFile {
  /** By part or service: what its clients are configured with. */
  addresses: Record<string, string>;
  /** By part or service, in the order of starting. */
  pids: Record<string, Started>;
  /** The process that started them, when they are to end with it. */
  owner?: { pid: number; born: string };
}

function path(dir: string): string {
  return join(dir, 'stack.json');
}

/** What is remembered in this folder, or undefined when nothing was started there. */
export function readStack(dir: string): StackFile | undefined {
  return existsSync(path(dir)) ? (JSON.parse(readFileSync(path(dir), 'utf8')) as StackFile) : undefined;
}

export function writeStack(dir: string, file: StackFile): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(path(dir), `${JSON.stringify(file, null, 2)}\n`);
}

export function forgetStack(dir: string): void {
  rmSync(path(dir), { force: true });
}

/** Names of those that still run. */
export function running(file: StackFile): string[] {
  return Object.entries(file.pids)
    .filter(([, started]) => isAlive(started))
    .map(([name]) => name);
}
