import type { Drivers } from './drivers.ts';
import type { Location } from './places.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import type { Lot, StockPlace } from './stock-book.ts';
import { stockCount, stockMove } from './stock-records.ts';

/** Fills the shelves at the start, counts what can spoil every morning and orders more where it runs low. */
export class Replenishment {
  readonly #run: Run;
  readonly #random: Random;
  readonly #drivers: Drivers;
  #lots = 0;

  constructor(run: Run, drivers: Drivers) {
    this.#run = run;
    this.#random = run.random.fork('replenishment');
    this.#drivers = drivers;
  }

  /** What lies there when the run begins, as a count tells it; and what was ordered before comes in on the first days. */
  open(): void {
    const { world, start, agenda } = this.#run;
    for (const place of world.stock.places) this.#open(place);
    for (const site of world.sites) {
      const places = world.stock.places.filter((place) => place.site === site);
      const first = clockOf(this.#run, site.siteId).atHour(start, 5);
      agenda.every(first <= start ? first + DAY_MS : first, DAY_MS, (at) => {
        for (const place of places) if (place.sku.shelfLifeHours !== undefined) this.#count(place, at);
      });
    }
  }

  /** Orders goods for this place when it runs low; they come in after a lead time, within the shift. */
  check(place: StockPlace, at: number): void {
    if (place.isOnOrder || place.onHand - place.reserved >= place.reorderPoint) return;
    // Fast movers are supplied from nearby; the rest takes days.
    const leadH = place.sku.popularity > 0.1 ? this.#random.around(9, 0.4) : this.#random.around(34, 0.45);
    this.#order(place, at + leadH * HOUR_MS);
  }

  /** Puts goods that came back on the shelf again. */
  restock(place: StockPlace, quantity: number, at: number): void {
    this.#shelve(place, place.location, quantity, 'return', at);
  }

  #open(place: StockPlace): void {
    const { world, start } = this.#run;
    const { location, onHand: quantity, sku } = place;
    place.onHand = 0;
    if (sku.shelfLifeHours === undefined) {
      world.stock.put(place, { location, quantity });
    } else {
      const lot = this.#makeLot(place, start);
      world.stock.put(place, { location, quantity, lot });
      this.#receiveLot(place, lot, quantity, location, start);
      if (quantity < (place.reorderPoint + place.orderUpTo) / 2)
        this.#order(place, start + this.#random.between(5, 14) * HOUR_MS + this.#random.whole(0, 2) * DAY_MS);
    }
    this.#count(place, start);
  }

  #order(place: StockPlace, due: number): void {
    place.isOnOrder = true;
    const clock = clockOf(this.#run, place.site.siteId);
    this.#run.agenda.at(clock.nextInShift(due), (arrival) => this.#receive(place, arrival));
  }

  #receive(place: StockPlace, at: number): void {
    const quantity = Math.max(1, place.orderUpTo - (place.onHand - place.reserved));
    const done = () => {
      place.isOnOrder = false;
    };
    if (place.sku.shelfLifeHours !== undefined) {
      const lot = this.#makeLot(place, at);
      const dock = this.#drivers.dockFor(place);
      this.#receiveLot(place, lot, quantity, dock, at);
      this.#drivers.unload({ place, lot, dock, units: quantity, done }, at);
      return;
    }
    done();
    const most = place.holdings.toSorted((a, b) => b.quantity - a.quantity)[0]?.location ?? place.location;
    this.#shelve(place, most, quantity, 'receipt', at);
    this.#run.emitter.emit('detent.warehouse.TaskCompleted', at, {
      zoneId: most.zone.zoneId,
      siteId: place.site.siteId,
      taskId: `putaway-${place.sku.skuId}-${place.site.siteId}-${Math.round(at)}`,
      taskType: 'putaway',
      skuId: place.sku.skuId,
      locationId: most.locationId,
      startedAt: Math.round(at - this.#random.between(4, 15) * MINUTE_MS),
      completedAt: Math.round(at),
      quantity,
      errors: 0,
    });
  }

  #makeLot(place: StockPlace, at: number): Lot & { manufacturedAt: number } {
    const lifeMs = (place.sku.shelfLifeHours as number) * HOUR_MS;
    const manufacturedAt = Math.round(at - lifeMs * this.#random.between(0.05, 0.55));
    return { lotId: `lot-${++this.#lots}`, manufacturedAt, expiresAt: manufacturedAt + lifeMs };
  }

  #receiveLot(
    place: StockPlace,
    { lotId, manufacturedAt, expiresAt }: Lot & { manufacturedAt: number },
    quantity: number,
    { locationId }: Location,
    at: number,
  ): void {
    this.#run.emitter.emit('detent.inventory.LotReceived', at, {
      ...{ skuId: place.sku.skuId, lotId, siteId: place.site.siteId, quantity, uom: 'each' },
      ...{ manufacturedAt, expiresAt, locationId },
    });
  }

  #count(place: StockPlace, at: number): void {
    for (const holding of place.holdings)
      this.#run.emitter.emit('detent.inventory.StockChanged', at, stockCount(place, holding));
  }

  #shelve(place: StockPlace, location: Location, quantity: number, reason: string, at: number): void {
    const { emitter, world } = this.#run;
    const put = { location, quantity };
    world.stock.put(place, put);
    emitter.emit('detent.inventory.StockChanged', at, stockMove(world.stock, place, put, quantity, reason));
  }
}
