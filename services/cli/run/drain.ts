import type { RunningService } from '@detent/pipeline';

const POLL_MS = 20;

/** Until when a drain waits and what it watches. */
export interface DrainOptions {
  /** How long all must stay idle, ms: longer than a record needs from one service to the next. */
  settleMs: number;
  signal?: AbortSignal;
}

/**
 * Resolves when the services have processed everything that they and each other have produced, with the moment (epoch
 * ms) at which the last of them fell idle.
 */
export async function drain(services: readonly RunningService[], { settleMs, signal }: DrainOptions): Promise<number> {
  let idleSince: number | undefined;
  while (!signal?.aborted) {
    const now = Date.now();
    if (!services.every((service) => service.idle())) idleSince = undefined;
    else if (idleSince === undefined) idleSince = now;
    else if (now - idleSince >= settleMs) return idleSince;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return Date.now();
}

/**
 * Resolves when the services have nothing left to do, as `drain`, for services of one process over the embedded log:
 * there one hears of another's commit at once, so a few turns of the event loop tell.
 */
export async function drainHere(services: readonly RunningService[], signal: AbortSignal): Promise<void> {
  for (let turns = 0; turns < 3 && !signal.aborted; turns += 1) {
    if (!services.every((service) => service.idle())) turns = 0;
    await new Promise(setImmediate);
  }
}

/** How long services of a profile need to hear of each other's records, with room to spare. */
export function settleMs(profile: 'embedded' | 'cluster'): number {
  return profile === 'embedded' ? 100 : 3000;
}
