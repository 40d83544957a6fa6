/** What picking reads, by what it takes from it. Without prefix. */
export const pickingSources = {
  /** Which lane an order takes, and how urgent it is. */
  orderSegments: 'segments.order.v1',
  /** Where nothing may be picked for now. */
  zoneSegments: 'segments.zone.v1',
  /** What lots have lost of their life, and which nobody is to take. */
  lotSegments: 'segments.lot.v1',
  /** What is to be picked, and by when. */
  orders: 'orders.v1',
  /** Where it lies, and until when its lots are good. */
  inventory: 'inventory.v1',
  /** Which zones a site has, and where its locations are. */
  sites: 'sites.v1',
  /** Which picks are done. */
  warehouse: 'warehouse.v1',
  /** What shelf life who orders asks for. */
  customers: 'customers.v1',
  /** Which picks were wrong. */
  outcomes: 'outcomes.v1',
} as const;

/** Where its actions go. */
export const pickingOutput = 'actions.picking.v1';
