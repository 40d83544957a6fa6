import { type Config, createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';

/** Options that every command understands, as the command line gives them. */
export interface CommonOptions {
  config?: string;
  json?: boolean;
  [setting: string]: unknown;
}

/** Reads the configuration for a command. `defaults` are weaker than anything that the user said. */
export function configOf(options: CommonOptions, defaults: Readonly<Record<string, string>> = {}): Config {
  const file = options.config ?? process.env['DETENT_CONFIG'];
  const environment = { ...defaults, ...process.env };
  return readConfig({ flags: settingsOf(options), environment, ...(file && { file }) });
}

/** Opens the runtime, runs `work`, and closes the runtime whatever happens. */
export async function withRuntime<T>(
  config: Config,
  write: boolean,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await openRuntime(config, { logger: createLogger(config.logLevel), write });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** Result on standard output: JSON in one line for programs, else text. */
export function print(options: CommonOptions, result: object, text: () => string): void {
  process.stdout.write(`${options.json ? JSON.stringify(result) : text()}\n`);
}

const PROGRESS_MS = { terminal: 200, log: 10_000 };
let progressAt = 0;

/** A line of progress on standard error: overwritten by the next on a terminal, now and then elsewhere. */
export function progress(line: string): void {
  const { isTTY } = process.stderr;
  if (Date.now() - progressAt < (isTTY ? PROGRESS_MS.terminal : PROGRESS_MS.log)) return;
  progressAt = Date.now();
  process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}

/** Leaves no half line of progress behind. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

/** Flags that are settings; commander has already made them camelCase. */
function settingsOf(options: CommonOptions): Record<string, unknown> {
  const { profile, dataDir, model, actions, httpPort, topicPrefix, partitions, logLevel, time } = options;
  return { profile, dataDir, model, actions, httpPort, topicPrefix, partitions, logLevel, time };
}
