import type {
  LocationDescribed,
  LotReceived,
  SegmentChanged,
  SkuDescribed,
  StockChanged,
  ZoneDescribed,
} from '@detent/schemas';
import { fact, segmentChanged } from './decision-builders.ts';

/** Monday 2 March 2026, 09:00 UTC. */
export const T = Date.UTC(2026, 2, 2, 9);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A packing zone of site-1, for 60 orders an hour unless said otherwise. */
export function zone(zoneId: string, capabilities: string[], of: Partial<ZoneDescribed> = {}) {
  const value: ZoneDescribed = {
    ...{ eventId: zoneId, occurredAt: T, siteId: 'site-1', zoneId, kind: 'packing', capabilities, capacityPerHour: 60 },
    ...of,
  };
  return fact('detent.sites.ZoneDescribed', value, value.siteId);
}

/** A place on the shelves of site-1. */
export function location(locationId: string, aisle: string, bay: number, of: Partial<LocationDescribed> = {}) {
  const value: LocationDescribed = {
    ...{ eventId: locationId, occurredAt: T, siteId: 'site-1', locationId, zoneId: 'shelf', aisle, bay: String(bay) },
    ...{ level: null, capacityL: 1, maxWeightG: 1, travelM: null, minTempC: null, maxTempC: null },
    ...of,
  };
  return fact('detent.sites.LocationDescribed', value);
}

/** A count of sku-1 at a location of site-1, unless said otherwise. */
export function stock(locationId: string, onHand: number | null, at = T, of: Partial<StockChanged> = {}) {
  const value: StockChanged = {
    ...{ eventId: `${locationId}-${at}`, occurredAt: at, skuId: 'sku-1', siteId: 'site-1', locationId, onHand },
    ...{ lotId: null, delta: null, status: 'available', reason: 'count' },
    ...of,
  };
  return fact('detent.inventory.StockChanged', value);
}

/** A lot of sku-1 at site-1 that expires so many hours after T. */
export function lot(lotId: string, hours: number | null, at = T) {
  const value: LotReceived = {
    ...{ eventId: `${lotId}-${at}`, occurredAt: at, skuId: 'sku-1', lotId, siteId: 'site-1', quantity: 1, uom: 'each' },
    ...{ manufacturedAt: null, expiresAt: hours === null ? null : T + hours * HOUR, locationId: null },
  };
  return fact('detent.inventory.LotReceived', value, 'sku-1');
}

/** Makes changes of lots, each numbered after the one before it of the same dimension, with what it tells of their life. */
export function changesOfLots() {
  const sequences = new Map<string, number>();
  return (
    lotId: string,
    to: string | null,
    at: number,
    attributes: SegmentChanged['attributes'] = {},
    dimension = 'freshness',
  ) => {
    const id = `${lotId}/${dimension}`;
    sequences.set(id, (sequences.get(id) ?? 0) + 1);
    const of = { entityType: 'lot', entityId: lotId, dimension, to, occurredAt: at, epoch: 'inventory.v1-0-0' };
    return segmentChanged({ ...of, sequence: sequences.get(id)!, attributes });
  };
}

/** 150 × 100 × 80 mm, 500 g. */
export function sku(skuId: string, of: Partial<SkuDescribed> = {}) {
  const value: SkuDescribed = {
    ...{ eventId: skuId, occurredAt: T, skuId, name: skuId, category: 'things', baseUom: 'each', packagings: [] },
    ...{ lengthMm: 150, widthMm: 100, heightMm: 80, weightG: 500 },
    ...of,
  };
  return fact('detent.inventory.SkuDescribed', value, skuId);
}

/** Makes changes of orders, each numbered after the one before it of the same dimension. */
export function changesOfOrders() {
  const sequences = new Map<string, number>();
  return (orderId: string, dimension: string, to: string | null, at: number, origin: 'live' | 'initial' = 'live') => {
    const id = `${orderId}/${dimension}`;
    sequences.set(id, (sequences.get(id) ?? 0) + 1);
    const of = { entityType: 'order', entityId: orderId, dimension, to, occurredAt: at, origin };
    return segmentChanged({ ...of, sequence: sequences.get(id)! });
  };
}
