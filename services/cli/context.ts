import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { UsageError } from './errors.ts';

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

/**
 * How a command works with the data of the embedded profile: `beside` whoever has them, `alone` with the directory for itself,
 * or alone and beginning them where there are none (`create`).
 */
export type Access = 'beside' | 'alone' | 'create';

/** True where the embedded profile has data; the cluster's lie elsewhere. */
export function hasData({ profile, dataDir }: Config): boolean {
  return profile !== 'embedded' || existsSync(join(dataDir, 'detent.sqlite'));
}

/**
 * Opens the runtime, runs `work`, and closes the runtime whatever happens. Throws `UsageError` where there are no data and
 * the command is not one to begin some.
 */
export async function withRuntime<T>(
  config: Config,
  access: Access,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  if (access !== 'create' && !hasData(config))
    throw new UsageError(
      `there are no data in ${config.dataDir}: check --data-dir (DETENT_DATA_DIR); "detent up" begins some`,
    );
  const runtime = await openRuntime(config, { logger: createLogger(config.logLevel), write: access !== 'beside' });
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
