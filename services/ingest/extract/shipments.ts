import type { ObservedLink } from '@detent/schemas';
import { type Extractors, hoursBetween, link, seen } from './seen.ts';

export const shipments: Extractors = {
  'detent.shipments.ShipmentBooked': (event) => {
    const { shipmentId, carrierId, serviceId, laneId, orderIds, cartons, cost, currency } = event;
    // No cartons means that nobody said, not that there are none.
    const load =
      cartons.length === 0
        ? {}
        : { cartons: cartons.length, weightG: cartons.reduce((sum, { weightG }) => sum + weightG, 0) };
    return [
      seen('shipment', shipmentId, { carrierId, serviceId, laneId, cost, currency, ...load }, [
        link('orders', 'order', orderIds),
        link('carrier', 'carrier', [carrierId]),
        link('lane', 'lane', [laneId]),
      ]),
      seen('carrier', carrierId, { bookedCost: cost, bookings: 1 }),
    ];
  },

  'detent.shipments.ShipmentLoaded': ({ shipmentId, assetId, assetType, lots }) => {
    const links: ObservedLink[] = [
      {
        relation: 'lots',
        targets: lots.map(({ lotId, quantity }) => ({ entityType: 'lot', entityId: lotId, values: { quantity } })),
      },
    ];
    if (assetType) links.push(link('asset', assetType, [assetId]));
    const loadedUnits = lots.length === 0 ? undefined : lots.reduce((sum, { quantity }) => sum + quantity, 0);
    return [
      seen('shipment', shipmentId, { assetId, loadedUnits }, links),
      // The way back, so that a lot follows what happens to the load that it is in.
      ...lots.map(({ lotId }) => seen('lot', lotId, {}, [link('shipment', 'shipment', [shipmentId])])),
    ];
  },

  'detent.shipments.ShipmentMilestone': ({ shipmentId, carrierId, laneId, milestone, plannedAt, actualAt }) => {
    const delayHours = typeof plannedAt === 'number' ? hoursBetween(plannedAt, actualAt) : undefined;
    const late = delayHours === undefined ? undefined : Number(delayHours > 0);
    const passed = { milestones: 1, delayHours, late };
    return [
      seen('shipment', shipmentId, { milestone, delayHours }, [], milestone === 'delivered'),
      seen('carrier', carrierId, passed),
      seen('lane', laneId, passed),
    ];
  },
};
