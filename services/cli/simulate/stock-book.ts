import type { Customer } from './customers.ts';
import type { Sku } from './goods.ts';
import type { Location, Site } from './places.ts';
import { type Random, Weighted } from './random.ts';

export interface Lot {
  lotId: string;
  expiresAt: number;
}

/** Goods at one location; of one lot where they can spoil. */
export interface Holding {
  location: Location;
  quantity: number;
  lot?: Lot;
}

/** A SKU at a site: where it lies, in lots where it can spoil. What stands at a dock is not among it yet. */
export interface StockPlace {
  sku: Sku;
  site: Site;
  /** Where it is picked from: the nearest location at which some of it lies. */
  location: Location;
  onHand: number;
  /** Promised to orders and not yet picked; never above `onHand`. */
  reserved: number;
  /** Earliest expiry first, then the nearest. */
  holdings: Holding[];
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
        const place = {
          sku,
          site,
          location,
          onHand,
          reserved: 0,
          holdings: [],
          reorderPoint,
          orderUpTo,
          isOnOrder: false,
        };
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

  /** Takes a reserved quantity out, of what expires first, then of what lies nearest. Returns what was taken from where. */
  take(place: StockPlace, quantity: number): Holding[] {
    place.onHand -= quantity;
    place.reserved -= quantity;
    return takeFrom(place, place.holdings, quantity);
  }

  /** Puts goods to a location; with a lot where they can spoil. */
  put(place: StockPlace, { location, quantity, lot }: Holding): void {
    place.onHand += quantity;
    hold(place, { location, quantity, ...(lot && { lot }) });
  }

  /** Moves what lies at a location, up to so many units, to another; only of one lot where that is told. Returns what was moved. */
  move(place: StockPlace, from: string, to: Location, quantity: number, lotId?: string): Holding[] {
    const there = place.holdings.filter(
      ({ location, lot }) => location.locationId === from && (lotId === undefined || lot?.lotId === lotId),
    );
    const moved = takeFrom(place, there, Math.min(quantity, sum(there)));
    for (const holding of moved) hold(place, { ...holding, location: to });
    return moved;
  }

  /** Units at a location; of one lot where that is told. */
  unitsAt(place: StockPlace, locationId: string, lotId?: string): number {
    return sum(
      place.holdings.filter(
        ({ location, lot }) => location.locationId === locationId && (lotId === undefined || lot?.lotId === lotId),
      ),
    );
  }
}

function sum(holdings: readonly Holding[]): number {
  return holdings.reduce((units, { quantity }) => units + quantity, 0);
}

function takeFrom(place: StockPlace, from: readonly Holding[], quantity: number): Holding[] {
  const taken: Holding[] = [];
  let left = quantity;
  for (const holding of from) {
    const part = Math.min(left, holding.quantity);
    if (part <= 0) continue;
    holding.quantity -= part;
    left -= part;
    taken.push({ ...holding, quantity: part });
  }
  place.holdings = place.holdings.filter((holding) => holding.quantity > 0);
  choosePickLocation(place);
  return taken;
}

function hold(place: StockPlace, { location, quantity, lot }: Holding): void {
  const there = place.holdings.find((held) => held.location === location && held.lot?.lotId === lot?.lotId);
  if (there) there.quantity += quantity;
  else place.holdings.push({ location, quantity, ...(lot && { lot }) });
  place.holdings.sort(
    (a, b) => (a.lot?.expiresAt ?? 0) - (b.lot?.expiresAt ?? 0) || a.location.travelM - b.location.travelM,
  );
  choosePickLocation(place);
}

/** Where nothing is left it stays what it was. */
function choosePickLocation(place: StockPlace): void {
  const [first, ...others] = place.holdings;
  if (first === undefined) return;
  place.location = others.reduce(
    (near, { location }) => (location.travelM < near.travelM ? location : near),
    first.location,
  );
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
