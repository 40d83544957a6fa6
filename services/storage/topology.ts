/** What storage reads, by what it takes from it. Without prefix. */
export const storageSources = {
  /** How often a stock is picked. */
  stockSegments: 'segments.stock.v1',
  /** How much of its life a lot has left. */
  lotSegments: 'segments.lot.v1',
  /** Where nothing may be put for now. */
  zoneSegments: 'segments.zone.v1',
  /** What articles are, and where they lie. */
  inventory: 'inventory.v1',
  /** Which zones and locations a site has. */
  sites: 'sites.v1',
  /** What is ordered together; only where affinity counts. */
  orders: 'orders.v1',
} as const;

/** Where its actions go. */
export const storageOutput = 'actions.storage.v1';
