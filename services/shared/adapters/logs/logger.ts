import type { Logger } from '@detent/pipeline';
import { pino } from 'pino';

/** Values of these fields never reach a log line, at any depth up to two. */
const SECRET = ['password', 'sasl', 'authorization', 'token', 'secret'];

/** Structured logs as JSON lines on standard error, so that standard output stays a command's own. `level`: pino's levels. */
export function createLogger(level: string, bindings: object = {}): Logger {
  const redact = SECRET.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    { level, base: bindings, redact, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}
