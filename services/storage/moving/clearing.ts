import type { StockState } from '../book/index.ts';
import { type Desk, expectedPicks } from '../desk.ts';
import { hazardCheck, type Location, roomFor } from '../places/index.ts';

/** All of a slow mover that goes from its place to a denser one. Distances in metres. */
export interface Clearing {
  stock: StockState;
  to: Location;
  units: number;
  /** Labour of the move. */
  costM: number;
  /** What its own picks walk more in the horizon of the night. */
  fartherM: number;
}

/**
 * Where all that lies at a place would go, if that is a slow mover alone: the nearest place in dense storage with room for
 * it, or in reserve where the site has no dense zone. Undefined: it is not slow, or nothing has room, or it is under way.
 */
export function clearingOf(place: Location, at: number, desk: Desk): Clearing | undefined {
  const { book, config } = desk;
  const { locationId, siteId } = place;
  const [skuId, ...others] = book.occupancy(locationId).skuIds;
  if (skuId === undefined || others.length > 0 || book.transfers.at(locationId).length > 0) return undefined;
  const sku = book.skus.get(skuId);
  const stock = book.stocks.get(`${skuId}@${siteId}`);
  const velocity = stock?.standings['velocity']?.segment;
  if (sku?.volumeL == null || sku.weightG === null || stock === undefined || velocity === undefined) return undefined;
  if (!config.slowVelocities.includes(velocity)) return undefined;
  const units = book.unitsStaying(skuId, locationId);
  if (units <= 0 || place.travelM === null) return undefined;
  const lots = book.lotsAt(skuId, locationId);
  const hazardFault = hazardCheck(sku, (zone) => book.hazardsIn(zone), config);
  const to = slowPlaces(siteId, desk).find(
    (target) =>
      target.locationId !== locationId &&
      target.travelM !== null &&
      hazardFault(target) === undefined &&
      mayHoldLots(target, skuId, lots, desk) &&
      roomFor(target, sku, book.occupancy(target.locationId), config).units >= units,
  );
  if (to === undefined) return undefined;
  const trips = Math.ceil((units * sku.volumeL) / config.tripL);
  const costM = trips * (config.handlingM + (place.travelM + to.travelM!) / 2);
  const picks = Math.min(units, expectedPicks(stock, at, desk) * config.nightHorizonDays);
  return { stock, to, units, costM, fartherM: Math.max(0, picks * (to.travelM! - place.travelM)) };
}

/** Whether lots may come to a place: several of an article only where the zone may hold mixed ones. */
export function mayHoldLots(to: Location, skuId: string, lots: ReadonlySet<string>, { book, config }: Desk): boolean {
  if (book.sites.isIn(to, config.mixedLotZones)) return true;
  const all = new Set([...book.lotsAt(skuId, to.locationId), ...lots]);
  return all.size <= 1;
}

/** Places for slow movers, nearest first; never those that are picked from. */
function slowPlaces(siteId: string, { book, config }: Desk): Location[] {
  const of = (names: readonly string[]) =>
    (book.sites.places(siteId, names) ?? []).filter((place) => !book.sites.isIn(place, config.nightZoneKinds));
  const dense = of(config.denseZones);
  return (dense.length > 0 ? dense : of(config.reserveZones)).sort(
    (a, b) => (a.travelM ?? 0) - (b.travelM ?? 0) || (a.locationId < b.locationId ? -1 : 1),
  );
}
