import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that was started here. `born` tells it from a later one with the same pid. */
export interface Started {
  pid: number;
  born: string;
  log: string;
}

/** What the system knows of when a process began; undefined when there is none (or only its remains). */
function bornAt(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold spaces: fields are counted from its end (state is field 3, start time field 22).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.status === 0 ? ps.stdout.trim() || undefined : undefined;
}

/** This process, in the same terms. */
export function self(): { pid: number; born: string } {
  return { pid: process.pid, born: bornAt(process.pid) ?? '' };
}

/** True while the very process that was started still runs. */
export function isAlive(started: { pid: number; born: string }): boolean {
  return bornAt(started.pid) === started.born;
}

/** Starts a process of its own, which outlives this one, with both outputs in `log`. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: { log: string; cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Started> {
  const out = openSync(options.log, 'a');
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  const pid = child.pid ?? 0;
  return { pid, born: bornAt(pid) ?? '', log: options.log };
}

/** Asks the process to end, waits, and ends it if it does not. Leaves alone a stranger that now has its pid. */
export async function stopProcess(started: Started, graceMs = 20_000): Promise<void> {
  if (!isAlive(started)) return;
  signal(started.pid, 'SIGTERM');
  const until = Date.now() + graceMs;
  while (isAlive(started)) {
    if (Date.now() > until) signal(started.pid, 'SIGKILL');
    await sleep(50);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in between.
  }
}

/** The last lines of a log, for an error message. */
export function logTail(path: string, lines = 15): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}
