import type { LocationDescribed, SkuDescribed, StockChanged } from '@detent/schemas';
import { fact, segmentChanged } from './decision-builders.ts';
import type { GivenRecord } from './decision-harness.ts';

/** Monday 2 March 2026, 09:00 UTC. */
export const T = Date.UTC(2026, 2, 2, 9);

export function zone(zoneId: string, kind: string): GivenRecord {
  const value = {
    eventId: zoneId,
    occurredAt: T,
    siteId: 'site-1',
    zoneId,
    kind,
    capabilities: [],
    capacityPerHour: 100,
  };
  return fact('detent.sites.ZoneDescribed', value);
}

/** A place for 100 l and 100 kg, `travelM` away and back. */
export function location(
  locationId: string,
  travelM: number,
  of: Partial<LocationDescribed> = {},
): GivenRecord & { value: LocationDescribed } {
  const value: LocationDescribed = {
    ...{ eventId: locationId, occurredAt: T, siteId: 'site-1', locationId, zoneId: 'pick', travelM },
    ...{ aisle: null, bay: null, level: null, capacityL: 100, maxWeightG: 100_000, minTempC: null, maxTempC: null },
    ...of,
  };
  return fact('detent.sites.LocationDescribed', value);
}

/** A litre and a kilogram. */
export function sku(skuId = 'sku-1', of: Partial<SkuDescribed> = {}): GivenRecord {
  const value = {
    ...{ eventId: skuId, occurredAt: T, skuId, name: skuId, category: 'c', baseUom: 'each', packagings: [] },
    ...{ lengthMm: 100, widthMm: 100, heightMm: 100, weightG: 1000 },
    ...of,
  };
  return fact('detent.inventory.SkuDescribed', value);
}

/** A count of a SKU at a location. */
export function counted(skuId: string, locationId: string, onHand: number, at = T, of: Partial<StockChanged> = {}) {
  const value = {
    ...{ eventId: 's', occurredAt: at, skuId, siteId: 'site-1', locationId, lotId: null, delta: null, onHand },
    ...{ status: 'available', reason: 'count' },
    ...of,
  };
  return fact('detent.inventory.StockChanged', value);
}

/** A change of velocity of a SKU at site-1. */
export function velocity(
  skuId: string,
  to: string | null,
  picksPerDay: number,
  at = T,
  of: Partial<Parameters<typeof segmentChanged>[0]> = {},
) {
  const stock = { entityType: 'stock', entityId: `${skuId}@site-1`, dimension: 'velocity', epoch: 'inventory.v1-0-0' };
  return segmentChanged({ ...stock, to, attributes: { picksPerDay }, occurredAt: at, ...of });
}
