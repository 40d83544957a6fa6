import type { ObservedLink, OrderChanged, OrderPlaced } from '@detent/schemas';
import { bySku, type Extractors, link, type Seen, seen, stockId } from './seen.ts';

export const orders: Extractors = {
  'detent.orders.OrderPlaced': (event) => {
    const { customerId, siteId, lines } = event;
    const found = [orderSeen(event)];
    for (const [skuId, { quantity, lines: orderLines }] of bySku(lines)) {
      const ordered = { orderedUnits: quantity, orderLines };
      if (siteId) found.push(seen('stock', stockId(skuId, siteId), ordered, [link('sku', 'sku', [skuId])]));
      found.push(seen('sku', skuId, ordered));
    }
    found.push(seen('customer', customerId, { orders: 1, orderedUnits: unitsOf(lines) }));
    return found;
  },

  'detent.orders.OrderChanged': (event) => [orderSeen(event)],

  'detent.orders.OrderLineStatusChanged': ({ orderId, status }) => [
    seen('order', orderId, {
      lineStatus: status,
      deliveredLines: status === 'delivered' ? 1 : undefined,
      cancelledLines: status === 'cancelled' ? 1 : undefined,
    }),
  ],

  'detent.orders.OrderCancelled': ({ orderId }) => [seen('order', orderId, { status: 'cancelled' }, [], true)],
};

function orderSeen(event: OrderPlaced | OrderChanged): Seen {
  const { orderId, customerId, siteId, lines, placedAt, shipBy, promisedAt, serviceLevel, destination, version } =
    event;
  const { country, region } = destination;
  const links: ObservedLink[] = [
    link('customer', 'customer', [customerId]),
    {
      relation: 'lines',
      targets: lines.map(({ skuId, quantity }) => ({ entityType: 'sku', entityId: skuId, values: { quantity } })),
    },
  ];
  if (siteId) links.push(link('site', 'site', [siteId]));
  const when = { placedAt, shipBy, promisedAt };
  const size = { lineCount: lines.length, units: unitsOf(lines) };
  return seen(
    'order',
    orderId,
    { status: 'open', ...when, serviceLevel, country, region, ...size, siteId, version },
    links,
  );
}

function unitsOf(lines: readonly { quantity: number }[]): number {
  let units = 0;
  for (const { quantity } of lines) units += quantity;
  return units;
}
