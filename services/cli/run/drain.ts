import type { RunningService } from '@detent/pipeline';

const POLL_MS = 20;

/** Until when a drain waits and what it watches. */
export interface DrainOptions {
  /** How long all must stay idle, ms: longer than a record needs from one service to the next. */
  settleMs: number;
  signal?: AbortSignal;
}

/** Resolves when the services have processed everything that they and each other have produced. */
export async function drain(services: readonly RunningService[], { settleMs, signal }: DrainOptions): Promise<void> {
  let idleSince: number | undefined;
  while (!signal?.aborted) {
    const now = Date.now();
    if (!services.every((service) => service.idle())) idleSince = undefined;
    else if (idleSince === undefined) idleSince = now;
    else if (now - idleSince >= settleMs) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
