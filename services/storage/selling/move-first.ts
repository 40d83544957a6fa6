import { type Cause, membershipsOf } from '@detent/pipeline';
import type { LotState } from '../book/index.ts';
import { type Desk, expectedPicks } from '../desk.ts';
import { describeLots } from '../lots/index.ts';
import type { Effects } from '../metrics.ts';
import { findMove, gain } from '../moving/index.ts';
import type { Location } from '../places/index.ts';

/**
 * Brings a short lot from where it lies to a nearer place that is picked from, if the travel that its picks save exceeds
 * the labour: what lies nearest is picked first. Nothing where it is picked from already, or stands at a dock.
 */
export function moveFirst(lot: LotState, from: Location, cause: Cause, at: number, desk: Desk, effects: Effects): void {
  const { book, config, playbookFor } = desk;
  const { lotId, skuId } = lot;
  const { siteId, locationId } = from;
  const stock = book.stocks.get(`${skuId}@${siteId}`);
  const sku = book.skus.get(skuId);
  const places = book.sites.places(siteId, config.nightZoneKinds);
  const units = Math.min(book.lotsStaying(skuId, locationId)[lotId] ?? 0, book.unitsStaying(skuId, locationId));
  if (stock === undefined || sku?.volumeL == null || sku.weightG === null || places === undefined) return;
  if (units < 1 || book.sites.isIn(from, [...config.receivingZones, ...config.nightZoneKinds])) return;
  const picksPerDay = expectedPicks(stock, at, desk);
  const { best, alternatives } = findMove({
    ...{ sku, picksPerDay, sources: [{ location: from, units }], places, config },
    occupancyOf: (place) => book.occupancy(place),
    hazardsIn: (place) => book.hazardsIn(place),
  });
  if (best === undefined) {
    effects.note('not-worth-it');
    return;
  }
  const { to, savingM, costM } = best;
  const ends = { from: locationId, to: to.locationId };
  const lots = [{ lotId, units: best.units }];
  const validUntil = at + config.moveValidMs;
  stock.acted += 1;
  const actionId = effects.act({
    type: 'move',
    target: { entityType: 'stock', entityId: stock.stockId },
    siteId,
    cause,
    n: `short-${stock.acted}`,
    because: `lot ${lotId} is ${cause.segment} and is to be picked first: ${to.locationId} is ${from.travelM! - to.travelM!} m nearer than ${locationId}; in ${config.horizonDays} days that saves ${Math.round(gain(best))} m more than the move costs`,
    details: {
      ...{ ...ends, units: best.units, picksPerDay, horizonDays: config.horizonDays },
      ...{ savingM: Math.round(savingM), costM: Math.round(costM) },
      ...describeLots(lots, (id) => book.lots.get(id), at),
    },
    tasks: [{ skuId, lotId, quantity: best.units, fromLocationId: ends.from, toLocationId: ends.to }],
    alternatives,
    playbook: playbookFor(membershipsOf('lot', lot.standings)),
    validUntil,
    undo: { type: 'move', details: { from: ends.to, to: ends.from, units: best.units } },
  });
  book.stocks.put(stock, effects);
  book.transfers.put({ id: actionId, actionId, skuId, siteId, ...ends, units: best.units, validUntil, lots }, effects);
  effects.note('move-commanded');
}
