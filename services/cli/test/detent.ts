import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** How a run of the command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The `detent` command as a real process, as a user starts it. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves once standard error holds the text; rejects when the process ends without it. */
  says(text: string): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

/** Starts `detent ARGS` with this environment instead of any `DETENT_` settings of the caller. */
export function startDetent(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('DETENT_') && name !== 'NODE_OPTIONS'),
  );
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
    for (const check of waiting) check();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!stderr.includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        void ended.then(({ code }) => reject(new Error(`ended with ${code} without saying "${text}":\n${stderr}`)));
      }),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  };
}

/** Runs `detent ARGS` to its end. */
export function detent(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return startDetent(args, environment).ended;
}
