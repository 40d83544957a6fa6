import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Runtime } from '@detent/adapters';
import { choosePort } from '../../stack/ports.ts';
import { cpuSeconds, position } from '../processes.ts';

const POLL_MS = 200;
const SETTLE_MS = 3_000;
const TIMEOUT_MS = 900_000;
const TOPICS = ['observations.v1'];

/** One segmenter process under measurement. */
export class Segmenter {
  readonly #child: ChildProcess;
  readonly #runtime: Runtime;
  readonly #port: number;
  readonly #others: Readonly<Record<string, number>>;

  private constructor(child: ChildProcess, runtime: Runtime, port: number, others: Readonly<Record<string, number>>) {
    this.#child = child;
    this.#runtime = runtime;
    this.#port = port;
    this.#others = others;
  }

  /** `others`: processes that serve it (name → pid), whose CPU counts as well. */
  static async start(
    runtime: Runtime,
    environment: Readonly<Record<string, string>>,
    others: Readonly<Record<string, number>>,
  ): Promise<Segmenter> {
    const port = await choosePort('free', 0, 'the segmenter');
    const child = spawn(process.execPath, ['--no-warnings', 'services/cli/main.ts', 'run', 'segmenter'], {
      env: { ...process.env, ...environment, DETENT_HTTP_PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new Segmenter(child, runtime, port, others);
  }

  /** Waits until it has committed so many records, and has done what it does after a commit. */
  async reach(records: number): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    for (;;) {
      const at = await position(this.#runtime, 'segmenter', TOPICS);
      if (at >= records) {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        return;
      }
      if (this.#child.exitCode !== null) throw new Error(`the segmenter ended with ${this.#child.exitCode}`);
      if (Date.now() > deadline)
        throw new Error(`the segmenter is at ${at} of ${records} after ${TIMEOUT_MS / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** CPU seconds so far, by process. */
  cpu(): Record<string, number> {
    const all = Object.entries({ segmenter: this.#child.pid, ...this.#others });
    return Object.fromEntries(all.map(([name, pid]) => [name, cpuSeconds(pid)]));
  }

  /** Bytes now and at most. */
  memory(): { rss: number; peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const kib = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    return { rss: kib('VmRSS'), peak: kib('VmHWM') };
  }

  /** What it has counted so far. */
  async counters(): Promise<{ storeReads: number; changes: number }> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const sum = (name: string, label = '') =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
    return {
      storeReads: sum('detent_state_reads_total', 'source="store"'),
      changes: sum('detent_segment_transitions_total'),
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await new Promise((resolve) => this.#child.once('exit', resolve).kill('SIGTERM'));
  }
}
