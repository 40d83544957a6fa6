import { type OnHand, takeStockChange, unitsOf } from '@detent/pipeline';
import type { StockChanged } from '@detent/schemas';
import type { Lots } from '../lots/index.ts';

/** What lies of one SKU at one site, by location. */
export interface StockState {
  at: Record<string, OnHand>;
  /** True once any of it was seen there: only then does nothing mean none. */
  known: boolean;
}

/** Units to be taken from one location; null where the stock is not known. */
export interface Located {
  locationId: string | null;
  /** Of which lot; empty where that is not told. */
  lotId: string;
  /** A lot of an earlier date that is left there, for it is good for longer. */
  instead?: string;
  quantity: number;
}

/** Where a quantity is to be taken from. */
export interface Found {
  from: Located[];
  /** Units that lie nowhere free and good for long enough. */
  missing: number;
  /** Free units of lots that are not good for long enough. */
  tooOld: number;
  /** Free units of lots that nobody is to take. */
  blocked: number;
}

/** What a change of stock came to, units at its location. */
export interface StockMove {
  before: number;
  after: number;
}

/** Stock by site, SKU and location, less what released tasks are sent to fetch: a unit is promised to one task only. */
export class StockBook {
  readonly #stock = new Map<string, StockState>();
  readonly #claims = new Map<string, number>();
  readonly #lots: Lots;

  constructor(lots: Lots) {
    this.#lots = lots;
  }

  static idOf(siteId: string, skuId: string): string {
    return `${siteId}/${skuId}`;
  }

  restore(id: string, state: StockState): void {
    this.#stock.set(id, state);
  }

  stateOf(id: string): StockState | undefined {
    return this.#stock.get(id);
  }

  /** Takes a change of available stock. */
  take(changed: StockChanged): StockMove {
    const id = StockBook.idOf(changed.siteId, changed.skuId);
    const stock = this.#stock.get(id) ?? { at: {}, known: false };
    const onHand = stock.at[changed.locationId] ?? {};
    const before = unitsOf(onHand);
    takeStockChange(onHand, changed);
    const after = unitsOf(onHand);
    if (Object.keys(onHand).length > 0) stock.at[changed.locationId] = onHand;
    else delete stock.at[changed.locationId];
    stock.known ||= before > 0 || after > 0;
    this.#stock.set(id, stock);
    return { before, after };
  }

  /** People found nothing there: nothing of a lot, where one is named, nor of what lies there without one. */
  empty(id: string, locationId: string, lotId: string): void {
    const stock = this.#stock.get(id);
    const onHand = stock?.at[locationId];
    if (stock === undefined || onHand === undefined) return;
    delete onHand[lotId];
    delete onHand[''];
    if (lotId === '' || Object.keys(onHand).length === 0) delete stock.at[locationId];
  }

  /** Ids of the stocks in which units of a lot lie; `skuId`: empty where its article is not known. */
  holding(lotId: string, skuId: string): string[] {
    const ids: string[] = [];
    for (const [id, { at }] of this.#stock) {
      if (skuId !== '' && !id.endsWith(`/${skuId}`)) continue;
      for (const locationId in at) {
        if (at[locationId]![lotId] === undefined) continue;
        ids.push(id);
        break;
      }
    }
    return ids;
  }

  /** Units that may be of a lot at a location: its own, and those that were counted without one; of no lot: all. */
  unitsAt(id: string, locationId: string, lotId: string): number {
    const onHand = this.#stock.get(id)?.at[locationId] ?? {};
    return lotId === '' ? unitsOf(onHand) : Math.max(0, onHand[lotId] ?? 0) + Math.max(0, onHand[''] ?? 0);
  }

  /** Units promised at a location, of a lot or (none named) in all. */
  claimed(id: string, locationId: string, lotId = ''): number {
    return this.#claims.get(keyOf(id, locationId, lotId)) ?? 0;
  }

  /** Promises units of a location, and of a lot where one is named, to a task, or (below 0) gives them back. */
  claim(id: string, locationId: string, lotId: string, units: number): void {
    addTo(this.#claims, keyOf(id, locationId), units);
    if (lotId !== '') addTo(this.#claims, keyOf(id, locationId, lotId), units);
  }

  /**
   * Where to take a quantity from that must be good until an instant (epoch ms): first among the lots that are goes the one
   * with the least life left; of lots with as much, or that never expire, the locations with most free units, so that few are visited.
   * `held` holds what the same plan takes already, and is added to. Where stock was never told, the whole quantity comes
   * without a location, for people to find; where it was, what is missing comes back.
   */
  locate(siteId: string, skuId: string, quantity: number, goodUntil: number, held: Map<string, number>): Found {
    const id = StockBook.idOf(siteId, skuId);
    const stock = this.#stock.get(id);
    if (!stock?.known) return { from: [{ locationId: null, lotId: '', quantity }], missing: 0, tooOld: 0, blocked: 0 };
    const { good, tooOld, blocked } = this.#freeOf(id, stock, goodUntil, held);
    const from: Located[] = [];
    let missing = quantity;
    for (const [rank, { locationId, lotId, units, place }] of good.entries()) {
      if (missing <= 0) break;
      const taken = Math.min(missing, units, place.free);
      if (taken <= 0) continue;
      const instead = good.find((other, i) => i > rank && this.#lots.isDatedBefore(other.lotId, lotId))?.lotId;
      from.push({ locationId, lotId, quantity: taken, ...(instead === undefined ? {} : { instead }) });
      addTo(held, keyOf(id, locationId), taken);
      if (lotId !== '') addTo(held, keyOf(id, locationId, lotId), taken);
      place.free -= taken;
      missing -= taken;
    }
    return { from, missing, tooOld, blocked };
  }

  /** What is free of lots that may be taken and are good until then, in the order of going out, and how much of others. */
  #freeOf(
    id: string,
    { at }: StockState,
    goodUntil: number,
    held: ReadonlyMap<string, number>,
  ): { good: Free[]; tooOld: number; blocked: number } {
    const takenOf = (key: string) => (this.#claims.get(key) ?? 0) + (held.get(key) ?? 0);
    const good: Free[] = [];
    let tooOld = 0;
    let blocked = 0;
    for (const locationId in at) {
      const onHand = at[locationId]!;
      const place = { free: unitsOf(onHand) - takenOf(keyOf(id, locationId)) };
      for (const lotId in onHand) {
        const units = onHand[lotId]! - (lotId === '' ? 0 : takenOf(keyOf(id, locationId, lotId)));
        if (units <= 0) continue;
        const isHeld = this.#lots.isHeld(lotId);
        const lotGoodUntil = this.#lots.goodUntil(lotId);
        if (!isHeld && lotGoodUntil > goodUntil) {
          good.push({ locationId, lotId, units, goodUntil: lotGoodUntil, place });
          continue;
        }
        place.free -= units;
        if (isHeld) blocked += units;
        else tooOld += units;
      }
    }
    return { good: good.filter(({ place }) => place.free > 0).sort(compareFree), tooOld, blocked };
  }
}

/** A location of a SKU, or a lot at it. */
function keyOf(id: string, locationId: string, lotId = ''): string {
  return lotId === '' ? `${id}@${locationId}` : `${id}@${locationId}\n${lotId}`;
}

function addTo(sums: Map<string, number>, key: string, units: number): void {
  const sum = (sums.get(key) ?? 0) + units;
  if (sum > 0) sums.set(key, sum);
  else sums.delete(key);
}

/** Units of a lot that are free at a location, as far as the location has that many free in all. */
interface Free {
  readonly locationId: string;
  readonly lotId: string;
  readonly units: number;
  /** Until when the lot is good, epoch ms. */
  readonly goodUntil: number;
  readonly place: { free: number };
}

/** The least life left first; then the place with most, and last what was never told by lot. */
function compareFree(a: Free, b: Free): number {
  if (a.goodUntil !== b.goodUntil) return a.goodUntil < b.goodUntil ? -1 : 1;
  if (a.place.free !== b.place.free) return b.place.free - a.place.free;
  if (a.locationId !== b.locationId) return a.locationId < b.locationId ? -1 : 1;
  if (a.lotId === '' || b.lotId === '') return a.lotId === '' ? 1 : -1;
  return a.lotId < b.lotId ? -1 : 1;
}
