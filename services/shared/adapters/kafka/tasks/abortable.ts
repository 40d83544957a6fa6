/**
 * Waits for `work`, but not beyond `graceMs` after the signal aborts: then throws `reason()`. For calls to Redis, which
 * wait for a lost connection as long as it takes.
 */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
  reason: () => unknown,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(reason()), graceMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
