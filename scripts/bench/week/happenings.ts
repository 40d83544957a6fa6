import type { LocationDescribed, OrderPlaced, SkuDescribed } from '@detent/schemas';
import type { SourceEvent } from '../../../services/cli/inputs/source-event.ts';

/** An order as it was when it was last changed. */
export interface Order {
  orderId: string;
  siteId: string;
  placedAt: number;
  promisedAt: number;
  lines: { lineId: string; skuId: string; quantity: number }[];
  cancelled: boolean;
}

/** What the events of the week say of orders, goods, places and roads. */
export interface Happenings {
  orders: Map<string, Order>;
  fragility: Map<string, number>;
  locations: Map<string, LocationDescribed>;
  /** Delay on a lane as a share of free flow, by instant, ascending. */
  traffic: Map<string, { at: number; delayRatio: number }[]>;
  end: number;
}

/** Gathers what an outcome depends on, apart from decisions. */
export function gather(events: Iterable<SourceEvent>): Happenings {
  const found: Happenings = {
    orders: new Map(),
    fragility: new Map(),
    locations: new Map(),
    traffic: new Map(),
    end: 0,
  };
  for (const { name, value, eventTime } of events) {
    found.end = Math.max(found.end, eventTime);
    if (name === 'detent.orders.OrderPlaced' || name === 'detent.orders.OrderChanged') {
      const { orderId, siteId, placedAt, promisedAt, lines } = value as OrderPlaced;
      found.orders.set(orderId, { orderId, siteId: siteId ?? '', placedAt, promisedAt, lines, cancelled: false });
    } else if (name === 'detent.orders.OrderCancelled') {
      const order = found.orders.get((value as { orderId: string }).orderId);
      if (order) order.cancelled = true;
    } else if (name === 'detent.inventory.SkuDescribed') {
      const { skuId, fragility } = value as SkuDescribed;
      found.fragility.set(skuId, fragility ?? 0);
    } else if (name === 'detent.sites.LocationDescribed') {
      const location = value as LocationDescribed;
      found.locations.set(location.locationId, location);
    } else if (name === 'detent.external.TrafficReported') {
      const { laneId, delayRatio } = value as { laneId: string; delayRatio?: number | null };
      const reports = found.traffic.get(laneId) ?? [];
      found.traffic.set(laneId, reports);
      reports.push({ at: eventTime, delayRatio: delayRatio ?? 0 });
    }
  }
  return found;
}
