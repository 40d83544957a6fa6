import { type Extractors, seen } from './seen.ts';

export const warehouse: Extractors = {
  'detent.warehouse.TaskCompleted': ({ zoneId, orderId, skuId, startedAt, completedAt, errors }) => {
    const found = [seen('zone', zoneId, { tasks: 1, taskSeconds: (completedAt - startedAt) / 1000, errors })];
    if (orderId) found.push(seen('order', orderId, { taskErrors: errors }));
    if (skuId) found.push(seen('sku', skuId, { taskErrors: errors }));
    return found;
  },

  'detent.warehouse.ZoneOccupied': ({ zoneId, fill, queueDepth }) => [seen('zone', zoneId, { fill, queueDepth })],
};
