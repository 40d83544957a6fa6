import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const TIMEOUT_MS = 900_000;

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
 * Runs the peer in `dir`: a folder with a `run.sh` that fills its own topics and runs R1 in Kafka Streams, exactly once
 * (`run.sh eos2`), a JSON line a run in the file `OUT`. It is built in a copy. Throws with what it said last.
 */
export async function runPeer(dir: string, kafka: string, brokerPid: number, events: number): Promise<PeerResult> {
  if (!existsSync(join(dir, 'run.sh')))
    throw new Error(`there is no peer in ${resolve(dir)}: --peer takes a folder with its run.sh`);
  const work = mkdtempSync(join(tmpdir(), 'detent-peer-'));
  try {
    cpSync(dir, work, { recursive: true });
    const results = join(work, 'results.jsonl');
    const environment = {
      ...process.env,
      BS: kafka,
      BROKER_PID: String(brokerPid),
      OUT: results,
      REPEAT: '1',
      N: String(Math.ceil(events / 2)),
      NODE: process.execPath,
    };
    const said = await run('bash', ['run.sh', 'eos2'], work, environment);
    const line = existsSync(results)
      ? readFileSync(results, 'utf8')
          .split('\n')
          .find((text) => text.includes('"run":"kstreams"'))
      : undefined;
    if (line === undefined) throw new Error(`the peer gave no result:\n${said.slice(-2000)}`);
    const found = JSON.parse(line) as Record<string, number>;
    return {
      eps: found['eps']!,
      eps2ndHalf: found['eps_2nd_half']!,
      cpuSeconds: found['cpu_s']!,
      brokerCpuSeconds: found['broker_cpu_s']!,
      changes: found['changes']!,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What the command said, both streams together. */
function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        said += bytes;
      });
    child.once('error', fail);
    child.once('exit', () => done(said));
  });
}
