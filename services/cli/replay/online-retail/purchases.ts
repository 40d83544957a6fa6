interface Purchase {
  orderId: string;
  lineId: string;
  /** Units not returned yet. */
  left: number;
}

export interface ReturnedPart {
  orderId: string;
  lineId: string;
  quantity: number;
}

/** What each customer bought, so that a return finds its order: same customer, same SKU, the latest one before it. */
export class Purchases {
  readonly #bought = new Map<string, Purchase[]>();

  add(customerId: string, skuId: string, purchase: { orderId: string; lineId: string; quantity: number }): void {
    const { orderId, lineId, quantity } = purchase;
    const key = `${customerId} ${skuId}`;
    const bought = this.#bought.get(key);
    if (bought === undefined) this.#bought.set(key, [{ orderId, lineId, left: quantity }]);
    else bought.push({ orderId, lineId, left: quantity });
  }

  /** Spreads a return over purchases, the latest first. `unmatched` is what no purchase is left for. */
  giveBack(customerId: string, skuId: string, quantity: number): { parts: ReturnedPart[]; unmatched: number } {
    const bought = this.#bought.get(`${customerId} ${skuId}`) ?? [];
    const parts: ReturnedPart[] = [];
    let unmatched = quantity;
    while (unmatched > 0) {
      const latest = bought.at(-1);
      if (latest === undefined) break;
      const part = Math.min(unmatched, latest.left);
      parts.push({ orderId: latest.orderId, lineId: latest.lineId, quantity: part });
      latest.left -= part;
      unmatched -= part;
      if (latest.left === 0) bought.pop();
    }
    return { parts, unmatched };
  }
}
