import type { Effects } from '@detent/pipeline';
import type { CustomerProfiled, DamageReported, DeliveryCompleted } from '@detent/schemas';
import type { RoutingConfig } from '../config.ts';
import { sendingOf, sizeOf } from '../costing/costing.ts';
import type { Book } from './book.ts';

/** Takes facts that decide nothing by themselves, but count when an order is next looked at. */
export function hear(book: Book, config: RoutingConfig, name: string, value: unknown, effects: Effects): void {
  if (name === 'detent.customers.CustomerProfiled') {
    const { customerId, tier, minRemainingLifeHours } = value as CustomerProfiled;
    const customer = { tier, minRemainingLifeHours: minRemainingLifeHours ?? 0 };
    book.customers.set(customerId, customer);
    effects.save(`customer:${customerId}`, customer);
  } else if (name === 'detent.customers.CustomerErased') {
    const { customerId } = value as { customerId: string };
    book.customers.delete(customerId);
    effects.drop(`customer:${customerId}`);
  } else if (name === 'detent.outcomes.DeliveryCompleted') {
    const { carrierId, laneId, deliveredAt, promisedAt } = value as DeliveryCompleted;
    learnCost(book, config, value as DeliveryCompleted, effects);
    count(book, carrierId, laneId, deliveredAt > promisedAt ? 'late' : 'on-time', effects);
  } else if (name === 'detent.outcomes.DamageReported') {
    const { carrierId, laneId } = value as DamageReported;
    // Damage that no carrier had is not theirs.
    if (carrierId != null && laneId != null) count(book, carrierId, laneId, 'damaged', effects);
  }
}

/** Only where it is known what was sent, all of it, and what it came to. */
function learnCost(book: Book, config: RoutingConfig, delivered: DeliveryCompleted, effects: Effects): void {
  const { orderId, carrierId, serviceId, laneId, cost, currency, complete, promisedAt } = delivered;
  const order = book.orders.get(orderId);
  const rate = currency === config.currency ? 1 : config.rates[currency ?? ''];
  const mode = book.serviceOf(carrierId, serviceId)?.mode;
  if (!complete || cost == null || !(cost > 0) || rate === undefined || mode === undefined) return;
  if (!order?.known || order.lines.length === 0 || !order.lines.every(({ skuId }) => book.skus.has(skuId))) return;
  const shipment = sendingOf(
    book.goodsOf(order),
    { ...sizeOf(order), dueAt: promisedAt },
    { carrierId, serviceId, mode },
    laneId,
  );
  book.costing.learn(shipment, cost * rate, effects);
}

function count(book: Book, carrierId: string, laneId: string, of: 'on-time' | 'late' | 'damaged', effects: Effects) {
  const record = book.records.add(carrierId, laneId, of);
  effects.save(`record:${carrierId}/${laneId}`, { carrierId, laneId, ...record });
}
