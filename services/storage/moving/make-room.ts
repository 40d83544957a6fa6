import { membershipsOf } from '@detent/pipeline';
import type { StockState } from '../book/index.ts';
import { type Desk, expectedPicks } from '../desk.ts';
import type { Effects } from '../metrics.ts';
import type { Location } from '../places/index.ts';
import { clearingOf } from './clearing.ts';
import type { Source } from './find-move.ts';

/**
 * Clears the nearest place that a slow mover holds alone, where a faster one waits for room and gains more there than both
 * moves cost: the slow one goes to dense storage, the faster one follows when the place is empty. One at a time for each
 * that waits.
 */
export function makeRoom(
  waiting: StockState,
  sources: readonly Source[],
  places: readonly Location[],
  at: number,
  desk: Desk,
  effects: Effects,
): void {
  const { book, config } = desk;
  if (config.slowVelocities.includes(waiting.standings['velocity']?.segment ?? '')) return;
  const sku = book.skus.get(waiting.skuId)!;
  const farthest = sources.reduce<Location | undefined>(
    (far, { location }) => ((location.travelM ?? -1) > (far?.travelM ?? -1) ? location : far),
    undefined,
  );
  if (farthest?.travelM == null) return;
  const near = places
    .filter(
      (place) => place.travelM !== null && place.travelM < farthest.travelM! && book.sites.closedBy(place) === null,
    )
    .sort((a, b) => a.travelM! - b.travelM! || (a.locationId < b.locationId ? -1 : 1));
  const isRoomMade = ({ locationId }: Location) =>
    book.transfers.at(locationId).some(({ roomFor }) => roomFor === waiting.stockId);
  if (near.some(isRoomMade)) return;
  const staying = sources.reduce((sum, { units }) => sum + units, 0);
  for (const place of near) {
    const clearing = clearingOf(place, at, desk);
    if (clearing === undefined || place.capacityL < sku.volumeL! || place.maxWeightG < sku.weightG!) continue;
    const picks = Math.min(waiting.picksPerDay * config.horizonDays, staying);
    const gainM = picks * (farthest.travelM - place.travelM!) - 2 * clearing.costM - clearing.fartherM;
    if (gainM <= 0) continue;
    const { stock, to, units, costM, fartherM } = clearing;
    const cause = stock.cause ?? waiting.cause!;
    const ends = { from: place.locationId, to: to.locationId };
    stock.acted += 1;
    const lots = book.lotsFirst(stock.skuId, place.locationId, units, at);
    const validUntil = at + config.moveValidMs;
    const actionId = effects.act({
      type: 'move',
      target: { entityType: 'stock', entityId: stock.stockId },
      siteId: stock.siteId,
      cause,
      n: stock.cause === null ? `room-${stock.acted}` : stock.acted,
      because: `makes room at ${place.locationId} for ${waiting.skuId}, which is picked ${waiting.picksPerDay} times a day: in ${config.horizonDays} days that saves ${Math.round(gainM)} m more than both moves cost`,
      details: {
        ...ends,
        ...{ units, picksPerDay: expectedPicks(stock, at, desk), horizonDays: config.horizonDays },
        ...{ savingM: Math.round(gainM + 2 * costM), costM: Math.round(2 * costM), fartherM: Math.round(fartherM) },
        roomFor: waiting.stockId,
      },
      tasks: lots.map(({ lotId, units: quantity }) => ({
        ...{ skuId: stock.skuId, quantity, fromLocationId: ends.from, toLocationId: ends.to },
        ...(lotId !== '' && { lotId }),
      })),
      alternatives: [{ what: 'stay', rejectedBecause: 'the faster one gains', value: Math.round(gainM), unit: 'm' }],
      playbook: desk.playbookFor(membershipsOf('stock', stock.standings)),
      validUntil,
      undo: { type: 'move', details: { from: ends.to, to: ends.from, units } },
    });
    book.stocks.put(stock, effects);
    const { skuId, siteId } = stock;
    book.transfers.put(
      { id: actionId, actionId, skuId, siteId, ...ends, units, validUntil, lots, roomFor: waiting.stockId },
      effects,
    );
    effects.note('room-made');
    return;
  }
}
