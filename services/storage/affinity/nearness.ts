/** A place, as far as it matters for what lies beside it. */
export interface Spot {
  zoneId: string;
  aisle: string | null;
  /** Way there and back, metres. */
  travelM: number;
}

/** A partner, with the places where it lies. */
export interface PlacedPartner {
  skuId: string;
  share: number;
  spots: readonly Spot[];
}

/**
 * Metres that a pick at a place saves on average because a partner lies in the same aisle of the same zone: who fetches
 * both walks the way into the aisle once, so the shorter of the two ways is saved, in the share of the orders that have
 * both. An estimate: orders are taken to be picked one at a time, and of several partners only the one that saves most
 * counts, for which of them come together is not known. 0 where the aisle is not told.
 */
export function savedBeside(spot: Spot, partners: readonly PlacedPartner[]): { metres: number; skuId: string | null } {
  let best: { metres: number; skuId: string | null } = { metres: 0, skuId: null };
  if (spot.aisle === null) return best;
  for (const { skuId, share, spots } of partners) {
    for (const other of spots) {
      if (other.zoneId !== spot.zoneId || other.aisle !== spot.aisle) continue;
      const metres = share * Math.min(spot.travelM, other.travelM);
      if (metres > best.metres) best = { metres, skuId };
    }
  }
  return best;
}
