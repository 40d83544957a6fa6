import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import type { StockPlace } from './stock-book.ts';

/** Fills the shelves at the start, counts them every morning and orders more where they run low. */
export class Replenishment {
  readonly #run: Run;
  readonly #random: Random;
  #lots = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#random = run.random.fork('replenishment');
  }

  /** What lies there when the run begins, as a count tells it. */
  open(): void {
    const { world, start, agenda } = this.#run;
    for (const place of world.stock.places) {
      const { onHand } = place;
      place.onHand = 0;
      if (place.sku.shelfLifeHours === undefined) world.stock.put(place, onHand);
      else this.#receiveLot(place, onHand, start);
      this.#count(place, start);
    }
    for (const site of world.sites) {
      const places = world.stock.places.filter((place) => place.site === site);
      const first = clockOf(this.#run, site.siteId).atHour(start, 5);
      agenda.every(first <= start ? first + DAY_MS : first, DAY_MS, (at) => {
        for (const place of places) if (place.lots.length > 0) this.#count(place, at);
      });
    }
  }

  /** Orders goods for this place when it runs low; they come in after a lead time, within the shift. */
  check(place: StockPlace, at: number): void {
    if (place.isOnOrder || place.onHand - place.reserved >= place.reorderPoint) return;
    place.isOnOrder = true;
    // Fast movers are supplied from nearby; the rest takes days.
    const leadMs = place.sku.popularity > 0.1 ? this.#random.around(9, 0.4) : this.#random.around(34, 0.45);
    const due = clockOf(this.#run, place.site.siteId).nextInShift(at + leadMs * HOUR_MS);
    this.#run.agenda.at(due, (arrival) => this.#receive(place, arrival));
  }

  /** Puts goods that came back on the shelf again. */
  restock(place: StockPlace, quantity: number, at: number): void {
    this.#run.world.stock.put(place, quantity);
    this.#tell(place, quantity, 'return', at);
  }

  #receive(place: StockPlace, at: number): void {
    place.isOnOrder = false;
    const quantity = Math.max(1, place.orderUpTo - (place.onHand - place.reserved));
    if (place.sku.shelfLifeHours !== undefined) {
      this.#receiveLot(place, quantity, at);
    } else {
      this.#run.world.stock.put(place, quantity);
      this.#tell(place, quantity, 'receipt', at);
    }
    const zoneId = place.location.zone.zoneId;
    this.#run.emitter.emit('detent.warehouse.TaskCompleted', at, {
      zoneId,
      siteId: place.site.siteId,
      taskId: `putaway-${place.sku.skuId}-${place.site.siteId}-${Math.round(at)}`,
      taskType: 'putaway',
      skuId: place.sku.skuId,
      locationId: place.location.locationId,
      startedAt: Math.round(at - this.#random.between(4, 15) * 60_000),
      completedAt: Math.round(at),
      quantity,
      errors: 0,
    });
  }

  #receiveLot(place: StockPlace, quantity: number, at: number): void {
    const lifeMs = (place.sku.shelfLifeHours as number) * HOUR_MS;
    const manufacturedAt = Math.round(at - lifeMs * this.#random.between(0.05, 0.55));
    const lot = { lotId: `lot-${++this.#lots}`, quantity, expiresAt: manufacturedAt + lifeMs };
    this.#run.world.stock.put(place, quantity, lot);
    this.#run.emitter.emit('detent.inventory.LotReceived', at, {
      skuId: place.sku.skuId,
      lotId: lot.lotId,
      siteId: place.site.siteId,
      quantity,
      uom: 'each',
      manufacturedAt,
      expiresAt: lot.expiresAt,
      locationId: place.location.locationId,
    });
    if (at > this.#run.start) this.#tell(place, quantity, 'receipt', at, lot.lotId);
  }

  #count(place: StockPlace, at: number): void {
    this.#run.emitter.emit('detent.inventory.StockChanged', at, {
      skuId: place.sku.skuId,
      siteId: place.site.siteId,
      locationId: place.location.locationId,
      onHand: place.onHand,
      status: 'available',
      reason: 'count',
    });
  }

  #tell(place: StockPlace, delta: number, reason: string, at: number, lotId?: string): void {
    this.#run.emitter.emit('detent.inventory.StockChanged', at, stockMove(place, delta, reason, lotId));
  }
}

/**
 * A change of stock. Where goods lie in lots, only the change is told: what is left of a lot and what is left at the
 * location are two numbers, and a record has room for one.
 */
export function stockMove(place: StockPlace, delta: number, reason: string, lotId?: string) {
  return {
    skuId: place.sku.skuId,
    siteId: place.site.siteId,
    locationId: place.location.locationId,
    ...(place.sku.shelfLifeHours === undefined ? { onHand: place.onHand } : {}),
    ...(lotId === undefined ? {} : { lotId }),
    delta,
    status: 'available',
    reason,
  };
}
