import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { topicsOfKind } from '@detent/schemas';
import type { Digest } from '../../services/cli/report/digest.ts';
import { detent, type Ended, type Running, startDetent } from '../../services/cli/test/detent.ts';
import { root } from '../stack/root.ts';

const SCALE = '0.4';
/** Files may grow to this, in blocks of 1024 bytes: less than a simulated day needs. */
const LITTLE_ROOM = 3_000;
const PATIENCE_MS = 90_000;
/** What is said of a batch that cannot be written. */
export const NOT_WRITTEN = 'the data file was not written';

/** A simulated day on the embedded profile, in a data directory of its own. */
export class Embedded {
  readonly environment: Record<string, string>;
  readonly #dir: string;
  readonly #args: string[];
  kills = 0;
  /** The day is over: to begin again would begin the next one. */
  #finished = false;

  constructor(dir: string, seed: number) {
    this.#dir = dir;
    this.#args = ['up', '--exit', '--json', '--seed', String(seed), '--scale', SCALE];
    this.environment = { DETENT_DATA_DIR: dir, DETENT_HTTP_PORT: '0' };
  }

  /** Goes on with the day, and returns once it writes. */
  async start(): Promise<Running> {
    const running = startDetent(this.#args, this.environment);
    await running.says('Simulating day');
    void running.ended.then((ended) => this.#note(ended));
    return running;
  }

  async kill(running: Running): Promise<void> {
    running.kill('SIGKILL');
    this.kills += 1;
    await running.ended;
  }

  #note({ code }: Ended): void {
    if (code === 0) this.#finished = true;
  }

  /** Goes on with the day to its end, if it has not come to it yet. Throws what the command said when it fails. */
  async finish(): Promise<void> {
    if (this.#finished) return;
    const { code, stderr } = await detent(this.#args, this.environment);
    if (code !== 0) throw new Error(`detent up ended with ${code}: ${stderr.slice(-2000)}`);
  }

  /**
   * Goes on with the day where files may not grow any more, which to programs is what a full disk is; once it says that
   * it cannot write, waits `ms`, makes room, and returns how the process ended.
   */
  async runOutOfRoom(ms: number): Promise<Ended> {
    // Node ends at SIGXFSZ unless it is ignored when it starts; then writes fail, as they do on a full disk.
    const script = `trap '' XFSZ; ulimit -S -f ${LITTLE_ROOM}; exec "$@"`;
    const command = [process.execPath, '--no-warnings', join(root, 'services/cli/main.ts'), ...this.#args];
    const child = spawn('bash', ['-c', script, 'bash', ...command], {
      env: { PATH: process.env['PATH'], ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (bytes) => {
      stdout += bytes;
    });
    const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
    const told = new Promise<void>((resolve) =>
      child.stderr.on('data', (bytes) => {
        stderr += bytes;
        if (stderr.includes(NOT_WRITTEN)) resolve();
      }),
    );
    await Promise.race([told, ended]);
    await new Promise((resolve) => setTimeout(resolve, ms));
    spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    this.#note(await ended);
    return ended;
  }

  /** Holds the file as another writer does. Returns the way to let go. */
  lock(): () => void {
    const db = new DatabaseSync(join(this.#dir, 'detent.sqlite'));
    db.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    return () => {
      db.exec('ROLLBACK');
      db.close();
    };
  }

  async digest(): Promise<Digest> {
    const { stdout, stderr } = await detent(['changes', 'digest', '--json'], this.environment);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Digest;
  }

  async sourceRecords(): Promise<number> {
    const config = readConfig({ environment: this.environment });
    const runtime = await openRuntime(config, { logger: createLogger('silent'), write: false });
    try {
      let count = 0;
      for (const name of topicsOfKind('source'))
        for (const { end } of (await runtime.log.offsets(config.topicPrefix + name)).values()) count += end;
      return count;
    } finally {
      await runtime.close();
    }
  }
}
