/** What the process ends with. */
export const exitCode = {
  /** Done. */
  ok: 0,
  /** Something failed while working: the message says what and what to do. */
  failed: 1,
  /** The call or the configuration is wrong: nothing was begun. */
  usage: 2,
  /** A check ran to its end and found problems. */
  findings: 3,
  /** A check found nothing wrong, but could not see everything: it says what. */
  partial: 4,
} as const;

/** Thrown by commands for what the caller has to mend. */
export class UsageError extends Error {
  readonly code = 'DETENT_CLI_USAGE';
  readonly retriable = false;
}

const USAGE_CODES = new Set([
  'DETENT_CLI_USAGE',
  'DETENT_CONFIG_INVALID',
  'DETENT_MODEL_FILE',
  'DETENT_MODEL_INVALID',
  'DETENT_EXPLAIN_DIMENSION',
  'DETENT_INPUT_OPTIONS',
  'DETENT_INPUT_MAP',
  'DETENT_INPUT_FILE',
  'DETENT_INPUT_COLUMNS',
]);

/** The exit code for an error that ended a command. */
export function exitCodeFor(error: unknown): number {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && USAGE_CODES.has(code) ? exitCode.usage : exitCode.failed;
}

/** An error for a person: its message, without a stack unless it is one that nobody foresaw. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('DETENT_')) return `${error.message} [${code}]`;
  return error.stack ?? error.message;
}
