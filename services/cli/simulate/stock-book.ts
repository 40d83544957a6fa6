import type { Customer } from './customers.ts';
import type { Sku } from './goods.ts';
import type { Location, Site } from './places.ts';
import { type Random, Weighted } from './random.ts';

export interface Lot {
  lotId: string;
  quantity: number;
  expiresAt: number;
}

/** A SKU at a site: it lies at one location, in lots where it can spoil. */
export interface StockPlace {
  sku: Sku;
  site: Site;
  location: Location;
  onHand: number;
  /** Promised to orders and not yet picked; never above `onHand`. */
  reserved: number;
  /** Earliest expiry first. Empty for goods that do not spoil. */
  lots: Lot[];
  reorderPoint: number;
  orderUpTo: number;
  isOnOrder: boolean;
}

/** Where everything lies. Reservations keep it from ever promising more than is there. */
export class StockBook {
  readonly places: StockPlace[] = [];
  readonly #bySite = new Map<string, Map<string, StockPlace>>();
  readonly #assortments = new Map<string, Weighted<StockPlace>>();

  /** Spreads the SKUs over the sites' locations; `unitsPerDay` is what all SKUs together sell. */
  constructor(sites: readonly Site[], skus: readonly Sku[], unitsPerDay: number, random: Random) {
    const popularity = skus.reduce((sum, sku) => sum + sku.popularity, 0);
    for (const site of sites) {
      const free = freeLocations(site, random.fork(site.siteId));
      const places = new Map<string, StockPlace>();
      for (const sku of skus) {
        const location = free(sku);
        if (location === undefined) continue;
        const perDay = (unitsPerDay * sku.popularity) / popularity / sites.length;
        const reorderPoint = Math.ceil(perDay * 2.5 + 8);
        const orderUpTo = Math.ceil(perDay * 6 + 24);
        const onHand = random.whole(reorderPoint, orderUpTo);
        const place = { sku, site, location, onHand, reserved: 0, lots: [], reorderPoint, orderUpTo, isOnOrder: false };
        places.set(sku.skuId, place);
        this.places.push(place);
      }
      this.#bySite.set(site.siteId, places);
      this.#assortments.set(site.siteId, new Weighted([...places.values()], ({ sku }) => sku.popularity));
    }
  }

  find(siteId: string, skuId: string): StockPlace | undefined {
    return this.#bySite.get(siteId)?.get(skuId);
  }

  /** A SKU that a customer of this site may want, by popularity. */
  draw(customer: Customer, random: Random): StockPlace {
    return (this.#assortments.get(customer.site.siteId) as Weighted<StockPlace>).pick(random);
  }

  /** Keeps up to `quantity` for an order. Returns what could be kept, in whole units. */
  reserve(place: StockPlace, quantity: number): number {
    const kept = Math.max(0, Math.min(quantity, place.onHand - place.reserved));
    place.reserved += kept;
    return kept;
  }

  release(place: StockPlace, quantity: number): void {
    place.reserved -= quantity;
  }

  /** Takes a reserved quantity out, from the lots that expire first. Returns the lots touched, or one entry without lot. */
  take(place: StockPlace, quantity: number): { lotId?: string; quantity: number }[] {
    place.onHand -= quantity;
    place.reserved -= quantity;
    if (place.lots.length === 0) return [{ quantity }];
    const taken: { lotId: string; quantity: number }[] = [];
    let left = quantity;
    while (left > 0) {
      const lot = place.lots[0];
      if (lot === undefined) break;
      const part = Math.min(left, lot.quantity);
      lot.quantity -= part;
      left -= part;
      taken.push({ lotId: lot.lotId, quantity: part });
      if (lot.quantity === 0) place.lots.shift();
    }
    return taken;
  }

  /** Puts goods in; with a lot where they can spoil. */
  put(place: StockPlace, quantity: number, lot?: Lot): void {
    place.onHand += quantity;
    if (lot === undefined) return;
    place.lots.push(lot);
    place.lots.sort((a, b) => a.expiresAt - b.expiresAt);
  }
}

/** Hands out the locations of a site in random order, so that some fast movers lie far away, as they do in fact. */
function freeLocations(site: Site, random: Random): (sku: Sku) => Location | undefined {
  const pools = new Map<string, Location[]>();
  for (const zone of site.zones) {
    const own = site.locations.filter((location) => location.zone === zone);
    for (let i = own.length - 1; i > 0; i--) {
      const j = random.whole(0, i);
      [own[i], own[j]] = [own[j] as Location, own[i] as Location];
    }
    // A quarter stays free: a warehouse without free locations cannot move anything.
    pools.set(zone.zoneId.slice(site.siteId.length + 1), own.slice(0, Math.floor(own.length * 0.75)));
  }
  return (sku) => {
    for (const name of zonesFor(sku, random)) {
      const location = pools.get(name)?.pop();
      if (location) return location;
    }
    return undefined;
  };
}

function zonesFor(sku: Sku, random: Random): string[] {
  if (sku.climate === 'chilled') return ['chill'];
  if (sku.climate === 'frozen') return ['frost'];
  if (sku.fragility >= 0.6) return ['fragile', 'shelf'];
  const litres = (sku.lengthMm * sku.widthMm * sku.heightMm) / 1e6;
  if (litres > 30) return ['high', 'shelf'];
  return random.chance(0.35) ? ['fast', 'shelf', 'high'] : ['shelf', 'fast', 'high'];
}
