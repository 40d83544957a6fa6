import type { Effects } from '@detent/pipeline';
import type { CustomerProfiled, DamageReported, DeliveryCompleted } from '@detent/schemas';
import type { Book } from './book.ts';

/** Takes facts that decide nothing by themselves, but count when an order is next looked at. */
export function hear(book: Book, name: string, value: unknown, effects: Effects): void {
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
    count(book, carrierId, laneId, deliveredAt > promisedAt ? 'late' : 'on-time', effects);
  } else if (name === 'detent.outcomes.DamageReported') {
    const { carrierId, laneId } = value as DamageReported;
    // Damage that no carrier had is not theirs.
    if (carrierId != null && laneId != null) count(book, carrierId, laneId, 'damaged', effects);
  }
}

function count(book: Book, carrierId: string, laneId: string, of: 'on-time' | 'late' | 'damaged', effects: Effects) {
  const record = book.records.add(carrierId, laneId, of);
  effects.save(`record:${carrierId}/${laneId}`, { carrierId, laneId, ...record });
}
