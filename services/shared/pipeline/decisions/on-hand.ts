import type { StockChanged } from '@detent/schemas';

/** Units of one SKU at one location by lot; the empty key holds what is not told by lot. */
export type OnHand = Record<string, number>;

/** What of a change of stock says how many units there are. */
export type StockUnits = Pick<StockChanged, 'lotId' | 'onHand' | 'delta'>;

/**
 * Takes a change of stock. `onHand` wins over `delta`: of the lot where one is named, else of all that lies there.
 * Lots that are used up are forgotten. What leaves of a lot beyond what is known of it is of the units without a lot: a
 * count may tell them together, and a pick of which lot.
 */
export function takeStockChange(onHand: OnHand, { lotId, onHand: counted, delta }: StockUnits): void {
  const lot = lotId ?? '';
  if (counted != null && lot === '') for (const other in onHand) delete onHand[other];
  const units = counted ?? (onHand[lot] ?? 0) + (delta ?? 0);
  const loose = onHand[''] ?? 0;
  if (lot !== '' && units < 0 && loose > 0) {
    if (loose + units > 0) onHand[''] = loose + units;
    else delete onHand[''];
  }
  // A shortfall without a lot is kept: it stands against the lots, until a count sets it right.
  if (units > 0 || (lot === '' && units < 0)) onHand[lot] = units;
  else delete onHand[lot];
}

/** All units of the SKU at the location; never negative. */
export function unitsOf(onHand: OnHand): number {
  let units = 0;
  for (const lot in onHand) units += onHand[lot]!;
  return Math.max(0, units);
}
