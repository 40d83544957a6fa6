import { type Cause, type Effects, type OnHand, type Standings, unitsOf } from '@detent/pipeline';
import { type LotLife, type LotUnits, takeFirstExpired } from './lots/index.ts';
import type { Location, Occupancy, Sku } from './slot.ts';

/** How long a lot is remembered after its date: it may lie about. */
const LOT_KEPT_MS = 90 * 86_400_000;

/** A zone as storage sees it. */
export interface Zone {
  zoneId: string;
  siteId: string;
  kind: string;
}

/** What lies at a location, by SKU. */
export interface ContentsState {
  skus: Record<string, OnHand>;
}

/** A stock (a SKU at a site) and what it still wants. */
export interface StockState {
  stockId: string;
  skuId: string;
  siteId: string;
  standings: Standings;
  /** The last change that may command; a stock without one is left alone. */
  cause: Cause | null;
  picksPerDay: number;
  /** What a decision waits for: `facts`, or `room` at the site. Null: it was decided. */
  wants: 'facts' | 'room' | null;
  /** Number of its moves so far. */
  acted: number;
}

/** A move that was commanded and is not done. Its units count at both ends until it is. */
export interface MoveState {
  actionId: string;
  skuId: string;
  siteId: string;
  from: string;
  to: string;
  /** Units still on their way. */
  units: number;
  /** When it is given up, epoch ms. */
  validUntil: number;
  /** Which lots it was to take; absent: whatever lies there. */
  lots?: LotUnits[];
}

/** A lot as storage sees it. */
export interface LotState extends LotLife {
  skuId: string;
  expiresAt: number;
}

/** All that storage knows, in memory, with what is derived from it. */
export class Book {
  readonly stocks = new Map<string, StockState>();
  readonly skus = new Map<string, Sku>();
  readonly zones = new Map<string, Zone>();
  readonly locations = new Map<string, Location>();
  readonly contents = new Map<string, ContentsState>();
  readonly moves = new Map<string, MoveState>();
  readonly lots = new Map<string, LotState>();
  /** Sites whose nights are planned. */
  readonly nights = new Set<string>();
  readonly #placesOfSite = new Map<string, Set<string>>();
  readonly #placesOfStock = new Map<string, Set<string>>();
  readonly #movesAt = new Map<string, Set<string>>();
  readonly #wantingAt = new Map<string, Set<string>>();

  restore(key: string, value: object): void {
    const cut = key.indexOf(':');
    const id = key.slice(cut + 1);
    switch (key.slice(0, cut)) {
      case 'stock':
        this.#keepStock(value as StockState);
        break;
      case 'sku':
        this.skus.set(id, value as Sku);
        break;
      case 'zone':
        this.zones.set(id, value as Zone);
        break;
      case 'location':
        this.#keepLocation(value as Location);
        break;
      case 'contents':
        this.contents.set(id, value as ContentsState);
        break;
      case 'lot':
        this.lots.set(id, value as LotState);
        break;
      case 'night':
        this.nights.add(id);
        break;
      case 'move':
        this.#keepMove(value as MoveState);
        break;
    }
  }

  /** Finds where each stock lies, once everything is restored. */
  restored(): void {
    for (const [locationId, { skus }] of this.contents) {
      for (const skuId in skus) this.#noteHolding(skuId, locationId);
    }
  }

  putStock(stock: StockState, effects: Effects): void {
    this.#keepStock(stock);
    effects.save(`stock:${stock.stockId}`, stock);
  }

  dropStock(stock: StockState, effects: Effects): void {
    this.stocks.delete(stock.stockId);
    this.#wantingAt.get(stock.siteId)?.delete(stock.stockId);
    effects.drop(`stock:${stock.stockId}`);
  }

  putLocation(location: Location, effects: Effects): void {
    this.#keepLocation(location);
    effects.save(`location:${location.locationId}`, location);
    for (const skuId in this.contents.get(location.locationId)?.skus) this.#noteHolding(skuId, location.locationId);
  }

  /** Lets `change` alter what lies of a SKU at a location; returns by how many units that grew. */
  changeContents(locationId: string, skuId: string, change: (onHand: OnHand) => void, effects: Effects): number {
    const contents = this.contents.get(locationId) ?? { skus: {} };
    const onHand = contents.skus[skuId] ?? {};
    const before = unitsOf(onHand);
    change(onHand);
    if (Object.keys(onHand).length > 0) contents.skus[skuId] = onHand;
    else delete contents.skus[skuId];
    this.contents.set(locationId, contents);
    effects.save(`contents:${locationId}`, contents);
    this.#noteHolding(skuId, locationId);
    return unitsOf(onHand) - before;
  }

  putMove(move: MoveState, effects: Effects): void {
    this.#keepMove(move);
    effects.save(`move:${move.actionId}`, move, move.validUntil);
  }

  dropMove(move: MoveState, effects: Effects): void {
    this.moves.delete(move.actionId);
    this.#movesAt.get(move.from)?.delete(move.actionId);
    this.#movesAt.get(move.to)?.delete(move.actionId);
    effects.drop(`move:${move.actionId}`);
  }

  /** Moves that begin or end at a location, oldest ids first. */
  movesAt(locationId: string): MoveState[] {
    return [...(this.#movesAt.get(locationId) ?? [])].sort().map((actionId) => this.moves.get(actionId)!);
  }

  /** Described places of a site in zones of these kinds. Undefined when none of the site's zones is known. */
  places(siteId: string, kinds: readonly string[]): Location[] | undefined {
    let known = false;
    const places: Location[] = [];
    for (const locationId of this.#placesOfSite.get(siteId) ?? []) {
      const location = this.locations.get(locationId)!;
      const zone = this.zones.get(location.zoneId);
      if (zone === undefined) continue;
      known = true;
      if (kinds.includes(zone.kind)) places.push(location);
    }
    return known ? places : undefined;
  }

  /** Where a SKU lies at a site, with the units that no move takes away yet. */
  sources(skuId: string, siteId: string): { location: Location; units: number }[] {
    const sources: { location: Location; units: number }[] = [];
    for (const locationId of [...(this.#placesOfStock.get(skuId) ?? [])].sort()) {
      const location = this.locations.get(locationId);
      if (location?.siteId !== siteId) continue;
      let units = unitsOf(this.contents.get(locationId)?.skus[skuId] ?? {});
      for (const move of this.movesAt(locationId)) {
        if (move.from === locationId && move.skuId === skuId) units -= move.units;
      }
      if (units > 0) sources.push({ location, units });
    }
    return sources;
  }

  putLot(lot: LotState, effects: Effects): void {
    this.lots.set(lot.lotId, lot);
    effects.save(`lot:${lot.lotId}`, lot, lot.expiresAt + LOT_KEPT_MS);
  }

  dropLot(lotId: string, effects: Effects): void {
    if (this.lots.delete(lotId)) effects.drop(`lot:${lotId}`);
  }

  /** Which lots to take from a location, the one with the least life left first; not those that a move takes already. */
  lotsFirst(skuId: string, locationId: string, units: number, now: number): LotUnits[] {
    const onHand = { ...this.contents.get(locationId)?.skus[skuId] };
    for (const move of this.movesAt(locationId)) {
      if (move.from !== locationId || move.skuId !== skuId) continue;
      for (const { lotId, units: leaving } of move.lots ?? []) onHand[lotId] = (onHand[lotId] ?? 0) - leaving;
    }
    const taken = takeFirstExpired(onHand, units, (lotId) => this.lots.get(lotId), now);
    const rest = taken.reduce((left, lot) => left - lot.units, units);
    return rest > 0 ? [...taken, { lotId: '', units: rest }] : taken;
  }

  /** What is at a location and on its way there. What is to leave counts until it has left. */
  occupancy(locationId: string): Occupancy {
    let usedL = 0;
    let usedG = 0;
    let isKnown = true;
    const skuIds: string[] = [];
    const add = (skuId: string, units: number): void => {
      if (units <= 0) return;
      if (!skuIds.includes(skuId)) skuIds.push(skuId);
      const sku = this.skus.get(skuId);
      if (sku?.volumeL == null || sku.weightG === null) {
        isKnown = false;
      } else {
        usedL += sku.volumeL * units;
        usedG += sku.weightG * units;
      }
    };
    const skus = this.contents.get(locationId)?.skus ?? {};
    for (const skuId in skus) add(skuId, unitsOf(skus[skuId]!));
    for (const move of this.movesAt(locationId)) if (move.to === locationId) add(move.skuId, move.units);
    return { usedL, usedG, skuIds, isKnown };
  }

  /** Classes of the dangerous goods that are, or are to be, at the places of a zone. */
  hazardsIn({ siteId, zoneId }: Location): Set<string> {
    const hazards = new Set<string>();
    for (const locationId of this.#placesOfSite.get(siteId) ?? []) {
      if (this.locations.get(locationId)!.zoneId !== zoneId) continue;
      for (const skuId of this.occupancy(locationId).skuIds) {
        const hazard = this.skus.get(skuId)?.hazmatClass;
        if (hazard != null) hazards.add(hazard);
      }
    }
    return hazards;
  }

  /** Stocks of a site that want something, by id. */
  wanting(siteId: string, wants: 'facts' | 'room'): StockState[] {
    return [...(this.#wantingAt.get(siteId) ?? [])]
      .sort()
      .map((stockId) => this.stocks.get(stockId)!)
      .filter((stock) => stock.wants === wants);
  }

  /** Stocks of a SKU, at any site, that wait for facts. */
  wantingSku(skuId: string): StockState[] {
    const found: StockState[] = [];
    for (const siteId of [...this.#wantingAt.keys()].sort()) {
      const stock = this.stocks.get(`${skuId}@${siteId}`);
      if (stock?.wants === 'facts') found.push(stock);
    }
    return found;
  }

  #keepStock(stock: StockState): void {
    this.stocks.set(stock.stockId, stock);
    const wanting = this.#wantingAt.get(stock.siteId);
    if (stock.wants === null) wanting?.delete(stock.stockId);
    else if (wanting) wanting.add(stock.stockId);
    else this.#wantingAt.set(stock.siteId, new Set([stock.stockId]));
  }

  #keepLocation(location: Location): void {
    this.locations.set(location.locationId, location);
    addTo(this.#placesOfSite, location.siteId, location.locationId);
  }

  #keepMove(move: MoveState): void {
    this.moves.set(move.actionId, move);
    addTo(this.#movesAt, move.from, move.actionId);
    addTo(this.#movesAt, move.to, move.actionId);
  }

  #noteHolding(skuId: string, locationId: string): void {
    if (this.contents.get(locationId)?.skus[skuId]) addTo(this.#placesOfStock, skuId, locationId);
    else this.#placesOfStock.get(skuId)?.delete(locationId);
  }
}

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}
