import type { Service } from './carriers.ts';
import type { Customer } from './customers.ts';
import type { Sku } from './goods.ts';
import { CLIMATE_LIMITS, type Site } from './places.ts';
import { clockOf, type Run } from './run.ts';
import { type Sensor, sensorsOf } from './sensors.ts';

/** Describes all that exists, at the start of the run and in the order in which one refers to the other. */
export function describeWorld(run: Run): void {
  const { world, start } = run;
  for (const site of world.sites) describeSite(run, site);
  for (const sensor of sensorsOf(world)) describeSensor(run, sensor);
  for (const sku of world.skus) describeSku(run, sku);
  for (const service of world.services) describeService(run, service);
  for (const customer of world.customers) profileCustomer(run, customer, start);
}

/** Tells what is known of a customer now. */
export function profileCustomer({ emitter }: Run, customer: Customer, at: number): void {
  const { customerId, tier, lifetimeValue, returnRate, minRemainingLifeHours } = customer;
  emitter.emit('detent.customers.CustomerProfiled', at, {
    customerId,
    tier,
    lifetimeValue,
    currency: 'EUR',
    returnRate,
    ...(minRemainingLifeHours === undefined ? {} : { minRemainingLifeHours }),
  });
}

function describeSite({ emitter, start }: Run, site: Site): void {
  const { siteId, timezone, calendarId, lat, lon } = site;
  emitter.emit('detent.sites.SiteDescribed', start, { siteId, timezone, calendarId, lat, lon });
  for (const { zoneId, kind, capabilities, capacityPerHour } of site.zones) {
    emitter.emit('detent.sites.ZoneDescribed', start, { siteId, zoneId, kind, capabilities, capacityPerHour });
  }
  for (const { locationId, zone, aisle, bay, level, capacityL, maxWeightG, travelM } of site.locations) {
    const limits = CLIMATE_LIMITS[zone.climate];
    const place = { siteId, locationId, zoneId: zone.zoneId, aisle, bay, level };
    emitter.emit('detent.sites.LocationDescribed', start, { ...place, capacityL, maxWeightG, travelM, ...limits });
  }
  for (const { laneId, country, postcodePrefixes, regionId, distanceKm } of site.lanes) {
    emitter.emit('detent.sites.LaneDescribed', start, {
      originSiteId: siteId,
      laneId,
      destinationCountry: country,
      postcodePrefixes,
      regionIds: [regionId],
      distanceKm,
    });
  }
}

function describeSensor({ emitter, start }: Run, { sensorId, siteId, assetType, assetId }: Sensor): void {
  emitter.emit('detent.sites.SensorPlaced', start, { siteId, sensorId, assetType, assetId, from: start });
}

function describeSku({ emitter, start }: Run, sku: Sku): void {
  const { popularity, returnRate, priceEur, climate, unitsPerCarton, ...described } = sku;
  const dims = { lengthMm: sku.lengthMm, widthMm: sku.widthMm, heightMm: sku.heightMm };
  const carton = {
    level: 'carton',
    unitsPer: unitsPerCarton,
    weightG: Math.round(sku.weightG * unitsPerCarton * 1.06),
  };
  emitter.emit('detent.inventory.SkuDescribed', start, {
    ...described,
    baseUom: 'each',
    packagings: [{ level: 'each', unitsPer: 1, dims, weightG: sku.weightG }, carton],
  });
}

function describeService(run: Run, service: Service): void {
  const { emitter, start } = run;
  const { carrierId, serviceId, tariff } = service;
  const site = run.world.sites.find(({ siteId }) => siteId === service.siteId) as Site;
  emitter.emit('detent.carriers.TariffDescribed', start, {
    carrierId,
    tariffId: tariff.tariffId,
    currency: 'EUR',
    breaks: tariff.breaks.map(({ fromG, baseEur, perKgEur }) => ({ fromG, base: baseEur, perKg: perKgEur })),
    surcharges: [{ kind: 'fuel', share: tariff.fuelShare, postcodePrefixes: [] }],
  });
  emitter.emit('detent.carriers.CarrierServiceDescribed', start, {
    carrierId,
    serviceId,
    mode: service.mode,
    lanes: [...service.transitHours].map(([laneId, transitHours]) => ({
      laneId,
      transitHours,
      transitBasis: 'clock',
      tariffId: tariff.tariffId,
      departures: [1, 2, 3, 4, 5, 6].flatMap((weekday) =>
        service.departures.map((timeLocal) => ({ weekday, timeLocal })),
      ),
    })),
    dimDivisor: service.dimDivisor,
    cutoffLocal: service.departures.at(-1) ?? '18:00',
    timezone: site.timezone,
    calendarId: site.calendarId,
    maxWeightG: service.maxWeightG,
    maxLengthMm: service.maxLengthMm,
    ...CLIMATE_LIMITS[service.climate],
    capacity: { value: service.capacity, unit: service.capacityUnit },
  });
}

/** Local day of an instant at a site, `YYYY-MM-DD`. */
export function localDay(run: Run, siteId: string, at: number): string {
  return new Date(at + clockOf(run, siteId).offsetMs(at)).toISOString().slice(0, 10);
}
