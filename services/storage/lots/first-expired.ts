const HOUR_MS = 3_600_000;

/** What is known of the life of a lot. */
export interface LotLife {
  lotId: string;
  /** The date on it, epoch ms; null: it does not expire. */
  expiresAt: number | null;
  /** Hours of life that its temperatures have cost, beyond the clock's own. */
  hoursLost: number;
}

/** Units of a lot; the lot `''` is what was never told by lot. */
export interface LotUnits {
  lotId: string;
  units: number;
}

/** Hours of life left at `now` (epoch ms) under the temperatures so far; Infinity for what does not expire. */
export function remainingHours({ expiresAt, hoursLost }: LotLife, now: number): number {
  return expiresAt === null ? Number.POSITIVE_INFINITY : (expiresAt - now) / HOUR_MS - hoursLost;
}

/**
 * Takes `units` of what lies at a place, the lot with the least life left first: not the earliest date, where a lot has
 * been warm. Lots of which nothing is known come after those that are, what was never told by lot comes last; equals go
 * by id. Takes no more than there is.
 */
export function takeFirstExpired(
  onHand: Readonly<Record<string, number>>,
  units: number,
  lifeOf: (lotId: string) => LotLife | undefined,
  now: number,
): LotUnits[] {
  const hoursOf = (lotId: string): number => {
    const life = lotId === '' ? undefined : lifeOf(lotId);
    return life === undefined ? Number.POSITIVE_INFINITY : remainingHours(life, now);
  };
  const lots = Object.keys(onHand)
    .filter((lotId) => onHand[lotId]! > 0)
    .map((lotId) => ({ lotId, hours: hoursOf(lotId) }))
    .sort((a, b) => (a.hours === b.hours ? compareIds(a.lotId, b.lotId) : a.hours - b.hours));
  const taken: LotUnits[] = [];
  let left = units;
  for (const { lotId } of lots) {
    const of = Math.min(left, onHand[lotId]!);
    if (of <= 0) break;
    taken.push({ lotId, units: of });
    left -= of;
  }
  return taken;
}

function compareIds(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
