import type { Effects } from '../metrics.ts';
import type { StockState } from './states.ts';
import { addTo, removeFrom } from './transfers.ts';

/** Stocks, and which of them want something. */
export class Stocks {
  readonly #byId = new Map<string, StockState>();
  readonly #wantingAt = new Map<string, Set<string>>();

  get(stockId: string): StockState | undefined {
    return this.#byId.get(stockId);
  }

  has(stockId: string): boolean {
    return this.#byId.has(stockId);
  }

  restore(stock: StockState): void {
    this.#byId.set(stock.stockId, stock);
    if (stock.wants === null) removeFrom(this.#wantingAt, stock.siteId, stock.stockId);
    else addTo(this.#wantingAt, stock.siteId, stock.stockId);
  }

  put(stock: StockState, effects: Effects): void {
    this.restore(stock);
    effects.save(`stock:${stock.stockId}`, stock);
  }

  drop({ stockId, siteId }: StockState, effects: Effects): void {
    this.#byId.delete(stockId);
    removeFrom(this.#wantingAt, siteId, stockId);
    effects.drop(`stock:${stockId}`);
  }

  /** Stocks of a site that want something, by id. */
  wanting(siteId: string, wants: 'facts' | 'room'): StockState[] {
    return [...(this.#wantingAt.get(siteId) ?? [])]
      .sort()
      .map((stockId) => this.#byId.get(stockId)!)
      .filter((stock) => stock.wants === wants);
  }

  /** Stocks of a SKU, at any site, that wait for facts. */
  wantingSku(skuId: string): StockState[] {
    return [...this.#wantingAt.keys()].sort().flatMap((siteId) => {
      const stock = this.#byId.get(`${skuId}@${siteId}`);
      return stock?.wants === 'facts' ? [stock] : [];
    });
  }
}
