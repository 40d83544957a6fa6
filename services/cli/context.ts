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

/** A line of progress on standard error, overwritten by the next where that is a terminal. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else process.stderr.write(`${line}\n`);
}

/** Flags that are settings; commander has already made them camelCase. */
function settingsOf(options: CommonOptions): Record<string, unknown> {
  const { profile, dataDir, model, actions, httpPort, topicPrefix, partitions, logLevel, time } = options;
  return { profile, dataDir, model, actions, httpPort, topicPrefix, partitions, logLevel, time };
}
