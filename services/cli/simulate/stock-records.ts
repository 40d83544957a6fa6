import type { Holding, StockBook, StockPlace } from './stock-book.ts';

/** A change by `delta` units of what lies at a location. What is in lots tells the change alone; what stands at a dock may not be picked. */
export function stockMove(
  stock: StockBook,
  place: StockPlace,
  { location, lot }: Holding,
  delta: number,
  reason: string,
) {
  const { locationId, zone } = location;
  return {
    skuId: place.sku.skuId,
    siteId: place.site.siteId,
    locationId,
    ...(lot === undefined ? { onHand: stock.unitsAt(place, locationId) } : { lotId: lot.lotId }),
    delta,
    status: zone.kind === 'dock' ? 'receiving' : 'available',
    reason,
  };
}

/** A count of what lies at a location, of a lot where it lies in lots. */
export function stockCount(place: StockPlace, { location, quantity, lot }: Holding) {
  return {
    skuId: place.sku.skuId,
    siteId: place.site.siteId,
    locationId: location.locationId,
    ...(lot === undefined ? {} : { lotId: lot.lotId }),
    onHand: quantity,
    status: 'available',
    reason: 'count',
  };
}
