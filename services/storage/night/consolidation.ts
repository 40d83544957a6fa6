import { type Desk, expectedPicks } from '../desk.ts';
import { mayHoldLots } from '../moving/index.ts';
import { hazardCheck, type Location, roomFor } from '../places/index.ts';
import { areScarce, type Tidying } from './tidying.ts';

/**
 * Nearly empty places of reserve and the fuller place of the same article that takes all of them: where what the empty
 * place is worth exceeds the labour and the way that its picks walk more. Lots are not mixed where the zone forbids it. The
 * smaller rest goes to the larger; a place that takes is not emptied in the same night.
 */
export function consolidations(siteId: string, at: number, desk: Desk): Tidying[] {
  const { book, config } = desk;
  const found: Tidying[] = [];
  const taking = new Map<string, number>();
  const emptied = new Set<string>();
  const places = reservePlaces(siteId, desk);
  if (!areScarce(places, desk)) return [];
  const rests = places
    .flatMap((place) => restAt(place, desk))
    .sort((a, b) => a.usedL - b.usedL || (a.place.locationId < b.place.locationId ? -1 : 1));
  for (const { place, skuId, units, usedL } of rests) {
    const stock = book.stocks.get(`${skuId}@${siteId}`);
    const isNearlyEmpty = usedL < config.nearlyEmpty * place.capacityL && !taking.has(place.locationId);
    const sku = book.skus.get(skuId)!;
    if (!isNearlyEmpty || stock === undefined || (stock.cause ?? stock.placed) == null) continue;
    const hazardFault = hazardCheck(sku, (zone) => book.hazardsIn(zone), config);
    const lots = book.lotsAt(skuId, place.locationId);
    const target = rests
      .filter((other) => other.skuId === skuId && other.place !== place && !emptied.has(other.place.locationId))
      .filter(({ place: to }) => mayHoldLots(to, skuId, lots, desk) && hazardFault(to) === undefined)
      .filter(({ place: to }) => {
        const room = roomFor(to, sku, book.occupancy(to.locationId), config).units - (taking.get(to.locationId) ?? 0);
        return room >= units;
      })
      .sort((a, b) => b.usedL - a.usedL || a.place.travelM! - b.place.travelM!)[0];
    if (target === undefined) continue;
    const to = target.place;
    const trips = Math.ceil((units * sku.volumeL!) / config.tripL);
    const costM = trips * (config.handlingM + (place.travelM! + to.travelM!) / 2);
    const picks = Math.min(units, expectedPicks(stock, at, desk) * config.nightHorizonDays);
    const fartherM = Math.max(0, picks * (to.travelM! - place.travelM!));
    const gainM = config.emptyPlaceM - costM - fartherM;
    if (gainM <= 0) continue;
    taking.set(to.locationId, (taking.get(to.locationId) ?? 0) + units);
    emptied.add(place.locationId);
    const because = `empties ${place.locationId}, of which ${Math.round((usedL / place.capacityL) * 100)} % is used, into ${to.locationId}, where the same lies`;
    found.push({ what: 'consolidate', stock, from: place, to, units, costM, fartherM, gainM, because });
  }
  return found;
}

/** What an article leaves used of a place that it has alone, and that nothing comes to or goes from. */
function restAt(place: Location, { book }: Desk) {
  const { locationId } = place;
  const { skuIds, usedL, isKnown } = book.occupancy(locationId);
  const [skuId] = skuIds;
  if (skuId === undefined || skuIds.length > 1 || !isKnown || place.travelM === null) return [];
  if (book.transfers.at(locationId).length > 0) return [];
  return [{ place, skuId, usedL, units: book.unitsStaying(skuId, locationId) }];
}

function reservePlaces(siteId: string, { book, config }: Desk): Location[] {
  return (book.sites.places(siteId, config.reserveZones) ?? []).filter(
    (place) => !book.sites.isIn(place, [...config.nightZoneKinds, ...config.receivingZones]),
  );
}
