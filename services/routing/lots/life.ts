const HOUR_MS = 3_600_000;

/** What is known of the life of a lot. */
export interface LotLife {
  /** The date on it, epoch ms. */
  expiresAt: number;
  /** Hours of life that its temperatures have cost, beyond the clock's own. */
  hoursLost: number;
  /** Hours that it loses in an hour, beyond the clock's own, as last told; 0 where that is not known. */
  lossPerHour: number;
  /** When the hours lost were told, epoch ms; null: never. */
  toldAt: number | null;
}

/** The life of a lot of which only the date was told. */
export const unknownLife: Omit<LotLife, 'expiresAt'> = { hoursLost: 0, lossPerHour: 0, toldAt: null };

/** When it is at the end of its life, epoch ms, if its temperatures cost no more. */
export function usableUntil({ expiresAt, hoursLost }: LotLife): number {
  return expiresAt - hoursLost * HOUR_MS;
}

/** Hours of life that it has at `then` when it goes on losing what it loses at `now` (both epoch ms). */
export function hoursLeftAt(life: LotLife, now: number, then: number): number {
  const ahead = Math.max(0, then - now) / HOUR_MS;
  return (usableUntil(life) - then) / HOUR_MS - life.lossPerHour * ahead;
}

/** The life after hours lost were told at `at`. Life that is lost does not come back: less than before says nothing. */
export function withLoss(life: LotLife, hoursLost: number, at: number): LotLife {
  const { toldAt } = life;
  const lost = Math.max(life.hoursLost, hoursLost);
  const hours = toldAt === null ? 0 : (at - toldAt) / HOUR_MS;
  const lossPerHour = hours > 0 ? (lost - life.hoursLost) / hours : life.lossPerHour;
  return { ...life, hoursLost: lost, lossPerHour, toldAt: Math.max(toldAt ?? at, at) };
}
