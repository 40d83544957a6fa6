/**
 * Words that states of decisions hold again and again, each written as its place here. Stored states bear these places: a
 * word may be added at the end, none may be moved, changed or taken away.
 */
export const words: readonly string[] = [
  // Standings and causes.
  ...['dueAt', 'value', 'standings', 'cause', 'segment', 'epoch', 'sequence', 'changeId', 'commands', 'text'],
  ...['byDefault', 'entityType', 'entityId', 'dimension', 'order', 'stock', 'lot', 'sku', 'carrier', 'lane'],
  // Actions, and what the ledger keeps of them.
  ...['action', 'actionId', 'service', 'type', 'target', 'siteId', 'because', 'details', 'mode', 'live', 'dry-run'],
  ...['tasks', 'cartons', 'alternatives', 'playbook', 'sop', 'createdAt', 'validUntil', 'supersedes', 'undo'],
  ...['quantityDone', 'since', 'by', 'escalation', 'place', 'state', 'open', 'accepted', 'done', 'reason'],
  ...['taskId', 'orderId', 'lineId', 'skuId', 'lotId', 'quantity', 'fromLocationId', 'toLocationId', 'zoneId'],
  // Orders.
  ...['known', 'version', 'lines', 'promisedAt', 'units', 'picking', 'routing', 'storage'],
  // Picking.
  ...['started', 'given', 'shipBy', 'queue', 'rank', 'priority', 'releaseBy', 'cutoffAt', 'queuedAt', 'waitsForStock'],
  ...['wakeAt', 'level', 'levelAt', 'moves', 'bumped', 'rechecked', 'laneCause', 'enqueueAction', 'enqueued', 'told'],
  ...['packAction', 'totes', 'enqueue', 'dequeue', 'release-batch', 'key', 'batches', 'retryAt', 'pausedUntil'],
  // Routing.
  ...[
    'customerId',
    'cancelledLines',
    'destination',
    'country',
    'postcode',
    'readyAt',
    'hold',
    'assignment',
    'waitsFor',
  ],
  ...['waitingSince', 'acted', 'closed', 'carrierId', 'serviceId', 'laneId', 'cost', 'handoverBy', 'departAt'],
  ...['arriveAt', 'uses', 'load', 'unit', 'amount', 'assign-carrier', 'unassign-carrier', 'currency', 'countsAs'],
  ...['latePercent', 'damagedPercent', 'kgCo2e', 'pieces', 'weightG', 'weightAssumed', 'escalate', 'services'],
  ...['fastestService', 'fastestHoursLate', 'close-escalation', 'remaining', 'assigned', 'booked', 'refused'],
];
