const HOUR_MS = 3_600_000;

/** What attributes of a lot's change tell of its life. */
export interface LifeTold {
  /** Beyond the clock's own. */
  hoursLost?: unknown;
  /** Share of its whole life, 0..1. */
  lifeLeft?: unknown;
}

/**
 * Hours that the temperatures have cost as a change at `at` (epoch ms) tells it: by itself, or by the share of life that is
 * left, for which the whole life and the date (epoch ms) must be known; undefined where it
 * tells neither. Never below 0: cold puts off no date.
 */
export function hoursLostAs(
  { hoursLost, lifeLeft }: LifeTold,
  shelfLifeHours: number | null,
  expiresAt: number | null,
  at: number,
): number | undefined {
  if (typeof hoursLost === 'number') return Math.max(0, hoursLost);
  if (typeof lifeLeft !== 'number' || shelfLifeHours === null || expiresAt === null) return undefined;
  return Math.max(0, (expiresAt - at) / HOUR_MS - lifeLeft * shelfLifeHours);
}
