import { type OnHand, takeStockChange, unitsOf } from '@detent/pipeline';
import type { StockChanged } from '@detent/schemas';

/** What lies of one SKU at one site, by location. */
export interface StockState {
  at: Record<string, OnHand>;
  /** True once any of it was seen there: only then does nothing mean none. */
  known: boolean;
}

/** Units to be taken from one location; null where the stock is not known. */
export interface Located {
  locationId: string | null;
  quantity: number;
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

  /** People found nothing there. */
  empty(id: string, locationId: string): void {
    const stock = this.#stock.get(id);
    if (stock) delete stock.at[locationId];
  }

  claimed(id: string, locationId: string): number {
    return this.#claims.get(`${id}@${locationId}`) ?? 0;
  }

  /** Promises units of a location to a task, or (below 0) gives them back. */
  claim(id: string, locationId: string, units: number): void {
    const key = `${id}@${locationId}`;
    const claimed = (this.#claims.get(key) ?? 0) + units;
    if (claimed > 0) this.#claims.set(key, claimed);
    else this.#claims.delete(key);
  }

  /**
   * Where to take a quantity from: the locations with most free units first, so that few are visited. `held` holds what
   * the same plan takes already, by SKU and location, and is added to. Where stock was never told, the whole quantity
   * comes without a location, for people to find; where it was, what is missing comes back as `missing`.
   */
  locate(
    siteId: string,
    skuId: string,
    quantity: number,
    held: Map<string, number>,
  ): { from: Located[]; missing: number } {
    const id = StockBook.idOf(siteId, skuId);
    const stock = this.#stock.get(id);
    if (!stock?.known) return { from: [{ locationId: null, quantity }], missing: 0 };
    const free: [string, number][] = [];
    for (const locationId in stock.at) {
      const key = `${id}@${locationId}`;
      const units = unitsOf(stock.at[locationId]!) - (this.#claims.get(key) ?? 0) - (held.get(key) ?? 0);
      if (units > 0) free.push([locationId, units]);
    }
    free.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const from: Located[] = [];
    let missing = quantity;
    for (const [locationId, units] of free) {
      if (missing <= 0) break;
      const taken = Math.min(missing, units);
      const key = `${id}@${locationId}`;
      from.push({ locationId, quantity: taken });
      held.set(key, (held.get(key) ?? 0) + taken);
      missing -= taken;
    }
    return { from, missing };
  }
}
