/** What routing reads, by what it takes from it. Without prefix. */
export const routingSources = {
  /** How an order is to be sent, and how urgently. */
  orderSegments: 'segments.order.v1',
  /** Which carriers are reliable. */
  carrierSegments: 'segments.carrier.v1',
  /** Which lanes are congested. */
  laneSegments: 'segments.lane.v1',
  /** What life lots have left, and whether their route keeps them cold. */
  lotSegments: 'segments.lot.v1',
  /** What is to be sent, where to, and by when. */
  orders: 'orders.v1',
  /** Weight, size and temperature of goods. */
  inventory: 'inventory.v1',
  /** Which lanes lead where. */
  sites: 'sites.v1',
  /** Services, tariffs and capacity. */
  carriers: 'carriers.v1',
  /** Who orders: tier, and shelf life asked for. */
  customers: 'customers.v1',
  /** Whether deliveries were late or damaged. */
  outcomes: 'outcomes.v1',
  /** How orders were packed: picking's actions. */
  packing: 'actions.picking.v1',
  /** What was booked, and so is no longer ours to change; what lots are on the road. */
  shipments: 'shipments.v1',
} as const;

/** Where its actions go. */
export const routingOutput = 'actions.routing.v1';
