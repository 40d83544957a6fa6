import type { Consignment } from './consignment.ts';

/** Pieces that are alike. */
export interface Pieces {
  count: number;
  /** Of one of them. */
  weightG: number;
  volumeL: number;
  longestMm: number;
}

/**
 * The pieces that goods go in: the parcels that were packed, or as many equal ones as the largest weight of a piece asks for.
 * `isTogether`: whoever takes them puts parcels together, so that only the whole counts.
 */
export function piecesOf(goods: Consignment, maxWeightG: number, isTogether: boolean): readonly Pieces[] {
  const { parcels, weightG, volumeL, longestMm } = goods;
  if (parcels !== null && !isTogether) return parcels.map((parcel) => ({ count: 1, ...parcel }));
  const count = Math.max(1, Math.ceil(weightG / maxWeightG));
  return [{ count, weightG: weightG / count, volumeL: volumeL / count, longestMm }];
}

export function countOf(pieces: readonly Pieces[]): number {
  return pieces.reduce((sum, { count }) => sum + count, 0);
}
