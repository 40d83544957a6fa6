import type { ArrivalState, StockState } from '../book/index.ts';
import { besideOf, type Desk, expectedPicks } from '../desk.ts';
import { remainingHours } from '../lots/index.ts';
import { mayHoldLots } from '../moving/index.ts';
import { hazardCheck, type Room, roomFor, type Sku } from '../places/index.ts';
import type { Candidate, PutawayQuestion } from './plan.ts';

/** A slow mover takes no place that is picked from dear, and a fast one none in dense storage. */
const WRONG_ZONE = 2;

/** What the units of an arrival that wait are planned with. Undefined while none of the site's zones is known. */
export function questionFor(
  arrival: ArrivalState,
  sku: Sku,
  stock: StockState,
  at: number,
  desk: Desk,
): PutawayQuestion | undefined {
  const { book, config } = desk;
  const candidates = candidatesFor(arrival, sku, stock, desk);
  if (candidates === undefined) return undefined;
  const picksPerDay = expectedPicks(stock, at, desk);
  const { horizonDays, handlingM, tripL, coverDays } = config;
  const near = candidates.filter(({ isNear, isTopUp }) => isNear && isTopUp);
  const nearThere = near.reduce((sum, { place }) => sum + unitsAt(sku.skuId, place.locationId, desk), 0);
  const cover = Math.max(1, Math.ceil(picksPerDay * coverDays));
  const from = arrival.locationId === null ? undefined : book.sites.locations.get(arrival.locationId);
  return {
    ...{ sku, units: arrival.waiting ?? 0, picksPerDay, candidates, horizonDays, handlingM, tripL },
    nearUnits: isOvertaking(arrival, candidates, at, desk) ? 0 : Math.max(0, cover - nearThere),
    fromM: from?.travelM ?? null,
  };
}

/** Units of a SKU that stay, or are to be, at a place. */
function unitsAt(skuId: string, locationId: string, { book }: Desk): number {
  const coming = book.transfers.at(locationId).filter(({ to, skuId: of }) => to === locationId && of === skuId);
  return book.unitsStaying(skuId, locationId) + coming.reduce((sum, { units }) => sum + units, 0);
}

/** Whether a lot with less life lies in reserve: that one is to be picked first, so this one does not go nearer than it. */
function isOvertaking(
  { lotId, skuId }: ArrivalState,
  candidates: readonly Candidate[],
  at: number,
  { book }: Desk,
): boolean {
  const hoursOf = (id: string): number => {
    const life = book.lots.get(id);
    return life === undefined ? Number.POSITIVE_INFINITY : remainingHours(life, at);
  };
  const own = hoursOf(lotId);
  return candidates
    .filter(({ isReserve, isNear }) => isReserve && !isNear)
    .some(({ place }) => {
      const lots = book.lotsStaying(skuId, place.locationId);
      return Object.keys(lots).some((other) => lots[other]! > 0 && hoursOf(other) < own);
    });
}

function candidatesFor(arrival: ArrivalState, sku: Sku, stock: StockState, desk: Desk): Candidate[] | undefined {
  const { book, config } = desk;
  const velocity = stock.standings['velocity']!.segment;
  const nearZones = (config.zoneKinds[velocity] ?? []).filter((kind) => !config.reserveZones.includes(kind));
  const places = book.sites.places(arrival.siteId, [...nearZones, ...config.reserveZones]);
  if (places === undefined) return undefined;
  const hazardFault = hazardCheck(sku, (place) => book.hazardsIn(place), config);
  const besideM = besideOf(sku.skuId, arrival.siteId, desk);
  const isSlow = config.slowVelocities.includes(velocity);
  const lots = new Set([arrival.lotId]);
  return places
    .filter(({ locationId, travelM }) => travelM !== null && locationId !== arrival.locationId)
    .map((place) => {
      const isDense = book.sites.isIn(place, config.denseZones);
      const occupancy = book.occupancy(place.locationId);
      let room: Room = hazardFault(place) ?? roomFor(place, sku, occupancy, config);
      if (room.units >= 1 && !mayHoldLots(place, sku.skuId, lots, desk)) {
        const rejectedBecause = `holds, or is to hold, lot ${[...book.lotsAt(sku.skuId, place.locationId)].sort()[0]}, and lots are not mixed there`;
        room = { units: 0, isRoom: true, reason: { rejectedBecause } };
      }
      if (arrival.refused.includes(place.locationId)) {
        room = { units: 0, isRoom: false, reason: { rejectedBecause: 'was refused, or failed, for this lot before' } };
      }
      return {
        ...{ place, room, besideM: besideM(place) },
        isNear: book.sites.isIn(place, nearZones),
        isReserve: book.sites.isIn(place, config.reserveZones),
        isTopUp: occupancy.skuIds.length > 0,
        placeM: config.emptyPlaceM * (isDense ? (isSlow ? 0 : WRONG_ZONE) : 1),
      };
    });
}
