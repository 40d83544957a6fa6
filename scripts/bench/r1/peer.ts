import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Latency, Load } from './latency.ts';

const TIMEOUT_MS = 900_000;
const JOB_START_MS = 6000;

/** What the peer reached, as it says itself. */
export interface PeerResult {
  eps: number;
  /** Of the second half of the events, when its virtual machine has warmed up. */
  eps2ndHalf: number;
  cpuSeconds: number;
  brokerCpuSeconds: number;
  changes: number;
}

/**
 * A peer that runs R1 in Kafka Streams, exactly once: a folder with a `run.sh` that fills its own topics and measures
 * (`run.sh eos2`), and a Maven build whose jar has a job that serves and a probe of its latency. Built in a copy.
 */
export class Peer {
  readonly #work: string;
  readonly #kafka: string;
  readonly #brokerPid: number;

  /** Throws where `dir` holds no peer. */
  constructor(dir: string, kafka: string, brokerPid: number) {
    if (!existsSync(join(dir, 'run.sh')))
      throw new Error(`there is no peer in ${resolve(dir)}: --peer-dir takes a folder with its run.sh`);
    this.#work = mkdtempSync(join(tmpdir(), 'detent-peer-'));
    this.#kafka = kafka;
    this.#brokerPid = brokerPid;
    cpSync(dir, this.#work, { recursive: true });
  }

  /** Events a second, from the last of which the peer's own figures come. Throws with what it said last. */
  async throughput(events: number): Promise<PeerResult> {
    const results = join(this.#work, 'results.jsonl');
    const environment = {
      ...process.env,
      BS: this.#kafka,
      BROKER_PID: String(this.#brokerPid),
      OUT: results,
      REPEAT: '1',
      N: String(Math.ceil(events / 2)),
      NODE: process.execPath,
    };
    const said = await run('bash', ['run.sh', 'eos2'], this.#work, environment);
    const lines = existsSync(results) ? readFileSync(results, 'utf8').split('\n') : [];
    const found = figuresIn(lines, '"run":"kstreams"', said);
    return {
      eps: found['eps']!,
      eps2ndHalf: found['eps_2nd_half']!,
      cpuSeconds: found['cpu_s']!,
      brokerCpuSeconds: found['broker_cpu_s']!,
      changes: found['changes']!,
    };
  }

  /** What `measureLatency` measures, by the peer's own probe. Only after `throughput`, which builds it. */
  async latency({ perSecond, seconds, warmS }: Load): Promise<Latency> {
    const topics = ['--sensor=lat-s', '--order=lat-o', '--out=lat-out'];
    await this.#java('Topics', ['--create=lat-s,lat-o,lat-out']).done;
    const job = this.#java('StreamsJob', ['--mode=serve', '--app=lat', '--threads=2', ...topics]);
    try {
      await sleep(JOB_START_MS);
      const load = [`--rate=${perSecond}`, `--s=${seconds}`, `--warm=${warmS}`];
      const said = await this.#java('LatencyProbe', [...load, ...topics]).done;
      const found = figuresIn(said.split('\n'), '"run":"latency"', said);
      return { p50: found['visible_p50_ms']!, p99: found['visible_p99_ms']!, changes: found['changes_measured']! };
    } finally {
      job.child.kill('SIGTERM');
      await job.done;
    }
  }

  close(): void {
    rmSync(this.#work, { recursive: true, force: true });
  }

  #java(main: string, args: readonly string[]): Running {
    const classpath = ['-cp', 'target/r1.jar:target/libs/*'];
    return start('java', ['-Xmx1g', `-Dbs=${this.#kafka}`, ...classpath, `r1.${main}`, ...args], this.#work);
  }
}

function figuresIn(lines: readonly string[], mark: string, said: string): Record<string, number> {
  const line = lines.find((text) => text.startsWith('{') && text.includes(mark));
  if (line === undefined) throw new Error(`the peer gave no result:\n${said.slice(-2000)}`);
  return JSON.parse(line) as Record<string, number>;
}

interface Running {
  child: ChildProcess;
  /** What it said, both streams together, once it has ended. */
  done: Promise<string>;
}

function start(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Running {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
  const done = new Promise<string>((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        said += bytes;
      });
    child.once('error', reject);
    child.once('exit', () => resolve(said));
  });
  return { child, done };
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return start(command, args, cwd, env).done;
}
