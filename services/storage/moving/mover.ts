import { membershipsOf } from '@detent/pipeline';
import type { StockState } from '../book/index.ts';
import { besideOf, type Desk } from '../desk.ts';
import { describeLots } from '../lots/index.ts';
import type { Effects } from '../metrics.ts';
import { findMove, gain, type Slotting } from './find-move.ts';
import { makeRoom } from './make-room.ts';

/** Answers a change of velocity with the move that pays best, and keeps who waits for facts or room. */
export class Mover {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Tries again what waits at a site; what waits for room a few at a time, for each may take what there is. */
  retry(siteId: string, wants: 'facts' | 'room', at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const waiting = book.stocks.wanting(siteId, wants);
    const tried = wants === 'room' ? waiting.slice(0, config.retries) : waiting;
    for (const stock of tried) this.slotAndKeep(stock, at, effects);
  }

  slotAndKeep(stock: StockState, at: number, effects: Effects): void {
    this.slot(stock, at, effects);
    this.#desk.book.stocks.put(stock, effects);
  }

  /** Decides on a stock whose velocity changed, and notes what it still wants. The caller keeps the stock. */
  slot(stock: StockState, at: number, effects: Effects): void {
    const { skuId, siteId, cause, picksPerDay } = stock;
    const { book, config } = this.#desk;
    const velocity = stock.standings['velocity']!.segment;
    const sku = book.skus.get(skuId);
    // What stands at a dock is put away, not moved.
    const sources = book.sources(skuId, siteId, config.receivingZones);
    const places = book.sites.places(siteId, config.zoneKinds[velocity] ?? []);
    if (cause === null) return;
    if (sku === undefined || sources.length === 0 || places === undefined) {
      if (stock.wants !== 'facts') effects.note('waits-for-facts');
      stock.wants = 'facts';
      return;
    }
    stock.wants = null;
    if (sku.volumeL === null || sku.weightG === null) {
      effects.note('sku-not-measured');
      return;
    }
    const slotting = findMove({
      ...{ sku, picksPerDay, sources, places, config },
      occupancyOf: (locationId) => book.occupancy(locationId),
      hazardsIn: (place) => book.hazardsIn(place),
      besideM: besideOf(skuId, siteId, this.#desk),
    });
    if (slotting.best !== undefined) {
      this.#move(stock, slotting, at, effects);
    } else if (slotting.lacksRoom) {
      stock.wants = 'room';
      effects.note('waits-for-room');
      makeRoom(stock, sources, places, at, this.#desk, effects);
    } else {
      effects.note('not-worth-it');
    }
  }

  #move(stock: StockState, { best, alternatives }: Slotting, at: number, effects: Effects): void {
    const { skuId, siteId, picksPerDay } = stock;
    const { book, config, playbookFor } = this.#desk;
    const cause = stock.cause!;
    const { from, to, units, savingM, costM } = best!;
    const validUntil = at + config.moveValidMs;
    const lots = book.lotsFirst(skuId, from.locationId, units, at);
    stock.acted += 1;
    const actionId = effects.act({
      type: 'move',
      target: { entityType: 'stock', entityId: stock.stockId },
      siteId,
      cause,
      n: stock.acted,
      because: `velocity is ${cause.segment}: ${cause.text}. ${to.locationId} is ${from.travelM! - to.travelM!} m nearer than ${from.locationId}; in ${config.horizonDays} days that saves ${Math.round(gain(best!))} m more than the move costs`,
      details: {
        ...{ from: from.locationId, to: to.locationId, units, picksPerDay, horizonDays: config.horizonDays },
        ...{ savingM: Math.round(savingM), costM: Math.round(costM) },
        ...describeLots(lots, (lotId) => book.lots.get(lotId), at),
      },
      // What lies nearer is picked first, so the lot with the least life left goes there.
      tasks: lots.map(({ lotId, units: quantity }) => ({
        ...{ skuId, quantity, fromLocationId: from.locationId, toLocationId: to.locationId },
        ...(lotId !== '' && { lotId }),
      })),
      alternatives,
      playbook: playbookFor(membershipsOf('stock', stock.standings)),
      validUntil,
      undo: { type: 'move', details: { from: to.locationId, to: from.locationId, units } },
    });
    const ends = { from: from.locationId, to: to.locationId };
    book.transfers.put({ id: actionId, actionId, skuId, siteId, ...ends, units, validUntil, lots }, effects);
    effects.note('move-commanded');
  }
}
