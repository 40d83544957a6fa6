import type { Effects } from '../metrics.ts';
import { type OrderState, restOf } from '../order-state.ts';
import type { Hands } from './company.ts';

/** What an order lacks of a line. `tooOld`, `blocked`: free units of the SKU of lots that expire too soon, or may not be taken. */
interface Shortage {
  lineId: string;
  skuId: string;
  units: number;
  tooOld: number;
  blocked: number;
}

/** Orders that lack stock: what they lack, and that somebody is told of it once. */
export class Shortages {
  readonly #of: Hands;

  constructor(of: Hands) {
    this.#of = of;
  }

  /** What of the rest of an order no free stock covers. */
  of(order: OrderState, at: number): Shortage[] {
    const { book } = this.#of;
    const goodUntil = book.goodUntil(order, at);
    const held = new Map<string, number>();
    return restOf(order).flatMap(({ lineId, skuId, quantity }) => {
      const { missing, tooOld, blocked } = book.stock.locate(order.siteId!, skuId, quantity, goodUntil, held);
      return missing > 0 ? [{ lineId, skuId, units: missing, tooOld, blocked }] : [];
    });
  }

  /**
   * An order that lacks stock leaves its queue until stock comes, or until it must go with what there is (`cutoffAt`).
   * People are told when what it lacks is not what they were told last. The order is to be saved by the caller.
   */
  await(order: OrderState, cutoffAt: number, at: number, effects: Effects): void {
    const { book, config } = this.#of;
    book.leave(order);
    order.waitsForStock = true;
    order.wakeAt = cutoffAt > at ? cutoffAt : null;
    book.awaitStock(order);
    effects.note('waits-for-stock');
    const missing = this.of(order, at);
    const unitsTooOld = missing.reduce((sum, { tooOld }) => sum + tooOld, 0);
    const unitsBlocked = missing.reduce((sum, { blocked }) => sum + blocked, 0);
    const told = missing.map(({ lineId, units }) => `${lineId}=${units}`).join(' ');
    if (order.shortTold === told) return;
    order.shortTold = told;
    order.told += 1;
    effects.act({
      type: 'report-short',
      target: { entityType: 'order', entityId: order.orderId },
      siteId: order.siteId,
      cause: order.laneCause!,
      n: `short-${order.told}`,
      because: `${missing.map(({ skuId, units }) => `${units} of ${skuId}`).join(', ')} of order ${order.orderId} are not on hand at ${order.siteId}, or are promised to others${unitsTooOld > 0 ? ', or are of lots that expire too soon for it' : ''}${unitsBlocked > 0 ? ', or are of lots that are not to be taken' : ''}; ${order.wakeAt === null ? 'it waits for stock' : 'it waits for stock until its hand-over requires that the rest goes alone'}`,
      details: {
        units: missing.reduce((sum, { units }) => sum + units, 0),
        skus: missing.length,
        ...(unitsTooOld > 0 ? { unitsTooOld } : {}),
        ...(unitsBlocked > 0 ? { unitsBlocked } : {}),
      },
      tasks: missing.map(({ skuId, lineId, units }) => ({ orderId: order.orderId, lineId, skuId, quantity: units })),
      alternatives: [],
      playbook: undefined,
      validUntil: order.wakeAt ?? at + config.batchValidMs,
    });
  }

  /** Forgets what was told of an order that lacks nothing any more: a later shortage is a new one. */
  forget(order: OrderState, at: number): void {
    if (order.shortTold !== undefined && this.of(order, at).length === 0) delete order.shortTold;
  }
}
