import { type LotLife, type LotUnits, remainingHours } from './first-expired.ts';

/** Lots in the order in which they go, for people: with the hours of life left, where known. Nothing where none is told. */
export function describeLots(
  lots: readonly LotUnits[],
  lifeOf: (lotId: string) => LotLife | undefined,
  now: number,
): { lots?: string } {
  const told = lots.filter(({ lotId }) => lotId !== '');
  if (told.length === 0) return {};
  const words = told.map(({ lotId, units }) => {
    const life = lifeOf(lotId);
    const hours = life === undefined ? Number.POSITIVE_INFINITY : remainingHours(life, now);
    return `${units} of ${lotId}${Number.isFinite(hours) ? `, ${Math.round(hours)} h left` : ''}`;
  });
  return { lots: words.join('; ') };
}
