import { type LotLife, remainingHours } from './first-expired.ts';

const HOURS_A_DAY = 24;

/** A lot with its units at a site. */
export interface LotAtSite {
  lotId: string;
  units: number;
}

/** What first-expired-first-out makes of a lot. */
export interface Outlook {
  /** Its place in the order in which the lots of the article go out, from 1. */
  rank: number;
  /** Units of lots that go before it. */
  unitsBefore: number;
  /** Units of it that the demand does not reach before its life ends; null where that is not known. */
  lostUnits: number | null;
}

/**
 * Where a lot stands in the order of going out, and what would be left of it at the end of its life if it were sold at the
 * usual rate: lots with less life go first, and use up demand before it.
 *
 * @param unitsPerDay undefined where the demand is not known.
 */
export function outlookOf(
  lot: LotAtSite,
  others: readonly LotAtSite[],
  lifeOf: (lotId: string) => LotLife | undefined,
  unitsPerDay: number | undefined,
  now: number,
): Outlook {
  const hoursOf = (lotId: string): number => {
    const life = lifeOf(lotId);
    return life === undefined ? Number.POSITIVE_INFINITY : remainingHours(life, now);
  };
  const hours = hoursOf(lot.lotId);
  const before = others.filter(({ lotId }) => {
    const other = hoursOf(lotId);
    return other < hours || (other === hours && lotId < lot.lotId);
  });
  const unitsBefore = before.reduce((sum, { units }) => sum + units, 0);
  if (unitsPerDay === undefined || !Number.isFinite(hours)) {
    return { rank: before.length + 1, unitsBefore, lostUnits: null };
  }
  const sold = Math.max(0, (unitsPerDay * Math.max(0, hours)) / HOURS_A_DAY - unitsBefore);
  return { rank: before.length + 1, unitsBefore, lostUnits: Math.max(0, Math.round(lot.units - sold)) };
}
