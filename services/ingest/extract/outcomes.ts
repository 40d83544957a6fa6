import { bySku, type Extractors, hoursBetween, type Seen, seen } from './seen.ts';

export const outcomes: Extractors = {
  'detent.outcomes.DeliveryCompleted': (event) => {
    const { orderId, carrierId, laneId, deliveredAt, promisedAt, lines, complete } = event;
    const lateHours = hoursBetween(promisedAt, deliveredAt);
    const late = Number(lateHours > 0);
    const delivered = { deliveries: 1, late, lateHours };
    const found: Seen[] = [
      seen('order', orderId, { deliveredAt, lateHours, late }, [], complete),
      seen('carrier', carrierId, delivered),
      seen('lane', laneId, delivered),
    ];
    for (const [skuId, { quantity }] of bySku(lines)) found.push(seen('sku', skuId, { deliveredUnits: quantity }));
    return found;
  },

  'detent.outcomes.DamageReported': ({ orderId, skuId, quantity, severity, zoneId, carrierId, laneId }) => {
    const damage = { damages: 1, damageSeverity: severity };
    const found: Seen[] = [seen('sku', skuId, { damagedUnits: quantity, ...damage })];
    if (carrierId) found.push(seen('carrier', carrierId, damage));
    if (laneId) found.push(seen('lane', laneId, damage));
    if (zoneId) found.push(seen('zone', zoneId, damage));
    found.push(seen('order', orderId, { damages: 1 }));
    return found;
  },

  'detent.outcomes.ItemReturned': ({ orderId, skuId, quantity }) => [
    seen('sku', skuId, { returnedUnits: quantity, returns: 1 }),
    seen('order', orderId, { returns: 1 }),
  ],

  'detent.outcomes.PickChecked': ({ orderId, ok }) => [
    seen('order', orderId, { pickChecks: 1, pickErrors: ok ? 0 : 1 }),
  ],

  'detent.outcomes.CustomerRated': ({ orderId, score }) => [seen('order', orderId, { rating: score })],
};
