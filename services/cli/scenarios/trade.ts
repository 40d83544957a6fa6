import { createHash } from 'node:crypto';
import type {
  CarrierServiceDescribed,
  LocationDescribed,
  OrderPlaced,
  RecordTypes,
  SkuDescribed,
  ZoneDescribed,
} from '@detent/schemas';
import { type SourceEvent, type SourceName, toSourceEvent } from '../inputs/source-event.ts';

/** Monday 2 March 2026, 09:00 in Berlin. */
export const T = Date.UTC(2026, 2, 2, 8);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Any source event; its id follows from what it is. */
export function told<N extends SourceName>(name: N, at: number, of: Omit<RecordTypes[N], 'eventId' | 'occurredAt'>) {
  const eventId = createHash('sha256')
    .update(JSON.stringify([name, at, of]))
    .digest('hex')
    .slice(0, 16);
  return toSourceEvent(name, { eventId, occurredAt: at, ...of } as unknown as RecordTypes[N]);
}

/** Time passes up to `at`: places that nothing happens at report, on every partition. */
export function passes(at: number): SourceEvent[] {
  return Array.from({ length: 8 }, (_, n) =>
    told('detent.sites.SiteDescribed', at, {
      ...{ siteId: `elsewhere-${n}`, timezone: 'Europe/Berlin', calendarId: 'de', lat: 52, lon: 13 },
    }),
  );
}

export function site(siteId: string, zones: readonly Omit<ZoneDescribed, 'eventId' | 'occurredAt' | 'siteId'>[]) {
  const place = { siteId, timezone: 'Europe/Berlin', calendarId: 'de', lat: 52.5, lon: 13.4 };
  return [
    told('detent.sites.SiteDescribed', T, place),
    ...zones.map((zone) => told('detent.sites.ZoneDescribed', T, { siteId, ...zone })),
  ];
}

/** A place for 500 l and 500 kg, `travelM` to packing and back. */
export function location(
  siteId: string,
  locationId: string,
  zoneId: string,
  travelM: number,
  of: Partial<LocationDescribed> = {},
) {
  const room = {
    capacityL: 500,
    maxWeightG: 500_000,
    minTempC: null,
    maxTempC: null,
    aisle: null,
    bay: null,
    level: null,
  };
  return told('detent.sites.LocationDescribed', T, { siteId, locationId, zoneId, travelM, ...room, ...of });
}

/** An article of 1 kg in a cube of 20 cm. */
export function sku(skuId: string, of: Partial<SkuDescribed> = {}) {
  return told('detent.inventory.SkuDescribed', T, {
    ...{ skuId, name: skuId, category: 'goods', baseUom: 'each', packagings: [] },
    ...{ lengthMm: 200, widthMm: 200, heightMm: 200, weightG: 1000 },
    ...of,
  });
}

export function counted(
  skuId: string,
  siteId: string,
  locationId: string,
  onHand: number,
  lotId: string | null = null,
  at = T,
) {
  return told('detent.inventory.StockChanged', at, {
    ...{ skuId, siteId, locationId, lotId, delta: null, onHand, status: 'available', reason: 'count' },
  });
}

/** A customer who wants so many hours of shelf life left on arrival; null: any. */
export function customer(customerId: string, tier: string, minRemainingLifeHours: number | null = null) {
  const of = { tier, lifetimeValue: 100, currency: 'EUR', returnRate: null, minRemainingLifeHours };
  return told('detent.customers.CustomerProfiled', T, { customerId, ...of });
}

/** An order of `lines` (article, quantity) to Berlin. */
export function order(
  orderId: string,
  siteId: string,
  at: number,
  lines: readonly (readonly [skuId: string, quantity: number])[],
  of: Pick<OrderPlaced, 'promisedAt' | 'serviceLevel'> & Partial<OrderPlaced>,
) {
  return told('detent.orders.OrderPlaced', at, {
    ...{ orderId, siteId, customerId: 'customer-1', placedAt: at, shipBy: null, version: 1 },
    lines: lines.map(([skuId, quantity], n) => ({ lineId: String(n + 1), skuId, quantity, uom: 'each' })),
    destination: { country: 'DE', region: null, postcode: '10115', lat: null, lon: null },
    ...of,
  });
}

/** A lane from a site to all of Germany. */
export function lane(laneId: string, originSiteId: string) {
  const to = { destinationCountry: 'DE', postcodePrefixes: [], regionIds: [], distanceKm: 300 };
  return told('detent.sites.LaneDescribed', T, { laneId, originSiteId, ...to });
}

/** A carrier's service on a lane, with its tariff: a base, and so much a kilogram. */
export function carrier(
  carrierId: string,
  laneId: string,
  { hours, base, perKg, ...of }: { hours: number; base: number; perKg: number } & Partial<CarrierServiceDescribed>,
) {
  const tariffId = `${carrierId}-${laneId}`;
  return [
    told('detent.carriers.CarrierServiceDescribed', T, {
      ...{ carrierId, serviceId: 's', mode: 'parcel', dimDivisor: 5000, calendarId: 'de', timezone: 'Europe/Berlin' },
      ...{ cutoffLocal: '18:00', maxWeightG: 31_500, maxLengthMm: 1200 },
      lanes: [{ laneId, transitHours: hours, transitBasis: 'clock', tariffId, departures: [] }],
      ...of,
    }),
    told('detent.carriers.TariffDescribed', T, {
      ...{ carrierId, tariffId, currency: 'EUR', breaks: [{ fromG: 0, base, perKg }], surcharges: [] },
    }),
  ];
}
