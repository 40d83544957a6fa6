import { readFileSync } from 'node:fs';
import type { RecordTypes } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { type SourceName, samples, T0 } from '../testing/samples.ts';
import { extract } from './index.ts';
import type { Seen } from './seen.ts';

const HOUR = 3_600_000;

/** What was seen, without what is empty: the table below stays readable. */
function brief({ entityType, entityId, values, links, ended }: Seen): [string, Record<string, unknown>, object?] {
  const rest = {
    ...Object.fromEntries(links.map(({ relation, targets }) => [relation, targets.map(briefTarget)])),
    ...(ended ? { ended } : {}),
  };
  return Object.keys(rest).length === 0
    ? [`${entityType} ${entityId}`, values]
    : [`${entityType} ${entityId}`, values, rest];
}

function briefTarget({ entityType, entityId, values }: Seen['links'][number]['targets'][number]): string {
  const own = Object.entries(values).map(([name, value]) => ` ${name}=${value}`);
  return `${entityType} ${entityId}${own.join('')}`;
}

const order = {
  status: 'open',
  placedAt: T0,
  shipBy: T0 + 8 * HOUR,
  promisedAt: T0 + 48 * HOUR,
  serviceLevel: 'express',
  country: 'DE',
  region: 'r-1',
  lineCount: 3,
  units: 8,
  siteId: 's-1',
};
const orderLinks = {
  customer: ['customer c-1'],
  lines: ['sku cup quantity=2', 'sku plate quantity=5', 'sku cup quantity=1'],
  site: ['site s-1'],
};

const expected: { [N in SourceName]: [string, object, object?][] } = {
  'detent.sites.SiteDescribed': [
    ['site s-1', { timezone: 'Europe/Berlin', calendarId: 'de-be', lat: 52.52, lon: 13.4 }],
  ],
  'detent.sites.ZoneDescribed': [
    [
      'zone z-1',
      {
        siteId: 's-1',
        kind: 'packing',
        capacityPerHour: 90,
        cushion: true,
        slowConveyor: false,
        chilled: true,
        frozen: false,
      },
      { site: ['site s-1'] },
    ],
  ],
  'detent.sites.LocationDescribed': [
    [
      'location l-1',
      { zoneId: 'z-1', siteId: 's-1', capacityL: 400, maxWeightG: 500_000, travelM: 42, minTempC: 2, maxTempC: 8 },
      { zone: ['zone z-1'] },
    ],
  ],
  'detent.sites.LaneDescribed': [
    [
      'lane lane-1',
      { originSiteId: 's-1', destinationCountry: 'DE', distanceKm: 310 },
      { regions: ['region r-1', 'region r-2'] },
    ],
  ],
  'detent.sites.SensorPlaced': [['zone z-1', {}, { sensors: ['sensor sensor-1'] }]],
  'detent.inventory.SkuDescribed': [
    [
      'sku cup',
      {
        category: 'tableware',
        lengthMm: 100,
        widthMm: 80,
        heightMm: 90,
        weightG: 300,
        volumeL: 0.72,
        fragility: 0.8,
        keepUpright: true,
        maxTopLoadG: 900,
        minTempC: 0,
        maxTempC: 40,
        shelfLifeHours: 9000,
        hazmatClass: '3',
        packaging: 'bubble-wrap',
      },
      { category: ['category tableware'] },
    ],
  ],
  'detent.inventory.StockChanged': [
    [
      'stock cup@s-1',
      { onHand: 17, delta: -3, reason: 'pick', status: 'available', picks: 1, pickedUnits: 3 },
      { sku: ['sku cup'] },
    ],
    ['location l-1', { onHand: 17, delta: -3 }],
    ['lot lot-1', { onHand: 17, delta: -3 }],
  ],
  'detent.inventory.LotReceived': [
    [
      'lot lot-1',
      { quantity: 240, manufacturedAt: T0 - 100 * HOUR, expiresAt: T0 + 900 * HOUR, siteId: 's-1' },
      { sku: ['sku cup'] },
    ],
    ['stock cup@s-1', { receivedUnits: 240 }, { sku: ['sku cup'] }],
  ],
  'detent.orders.OrderPlaced': [
    ['order o-1', { ...order, version: 1 }, orderLinks],
    ['stock cup@s-1', { orderedUnits: 3, orderLines: 2 }, { sku: ['sku cup'] }],
    ['sku cup', { orderedUnits: 3, orderLines: 2 }],
    ['stock plate@s-1', { orderedUnits: 5, orderLines: 1 }, { sku: ['sku plate'] }],
    ['sku plate', { orderedUnits: 5, orderLines: 1 }],
    ['customer c-1', { orders: 1, orderedUnits: 8 }],
  ],
  'detent.orders.OrderChanged': [['order o-1', { ...order, version: 2 }, orderLinks]],
  'detent.orders.OrderLineStatusChanged': [['order o-1', { lineStatus: 'delivered', deliveredLines: 1 }]],
  'detent.orders.OrderCancelled': [['order o-1', { status: 'cancelled' }, { ended: true }]],
  'detent.customers.CustomerProfiled': [
    ['customer c-1', { tier: 'gold', lifetimeValue: 1234.5, returnRate: 0.1, minRemainingLifeHours: 240 }],
  ],
  'detent.customers.CustomerErased': [['customer c-1', {}, { ended: true }]],
  'detent.carriers.CarrierServiceDescribed': [['carrier swift', { services: 1, mode: 'parcel' }]],
  'detent.carriers.TariffDescribed': [],
  'detent.actions.ActionStatus': [],
  'detent.carriers.CapacityChanged': [['carrier swift', { remainingCapacity: 120 }]],
  'detent.shipments.ShipmentBooked': [
    [
      'shipment sh-1',
      { carrierId: 'swift', serviceId: 'std', laneId: 'lane-1', cost: 8.4, currency: 'EUR', cartons: 2, weightG: 4000 },
      { orders: ['order o-1', 'order o-2'], carrier: ['carrier swift'], lane: ['lane lane-1'] },
    ],
    ['carrier swift', { bookedCost: 8.4, bookings: 1 }],
  ],
  'detent.shipments.ShipmentLoaded': [
    [
      'shipment sh-1',
      { assetId: 'truck-1', loadedUnits: 8 },
      { lots: ['lot lot-1 quantity=3', 'lot lot-2 quantity=5'], asset: ['vehicle truck-1'] },
    ],
    ['lot lot-1', {}, { shipment: ['shipment sh-1'] }],
    ['lot lot-2', {}, { shipment: ['shipment sh-1'] }],
  ],
  'detent.shipments.ShipmentMilestone': [
    ['shipment sh-1', { milestone: 'arrived', delayHours: 1.5 }],
    ['carrier swift', { milestones: 1, delayHours: 1.5, late: 1 }],
    ['lane lane-1', { milestones: 1, delayHours: 1.5, late: 1 }],
  ],
  'detent.warehouse.TaskCompleted': [
    ['zone z-1', { tasks: 1, taskSeconds: 90, errors: 1 }],
    ['order o-1', { taskErrors: 1 }],
    ['sku cup', { taskErrors: 1 }],
  ],
  'detent.warehouse.ZoneOccupied': [['zone z-1', { fill: 0.8, queueDepth: 14 }]],
  'detent.sensors.SensorRead': [['zone z-1', { tempC: 5 }]],
  'detent.external.TrafficReported': [['lane lane-1', { delayRatio: 0.3, volume: 2400, speedKmh: 71 }]],
  'detent.external.WeatherReported': [['region r-1', { tempC: -4, windMs: 11, precipitationMm: 2, severity: 0.4 }]],
  'detent.external.DemandReported': [['sku cup', { demandIndex: 1.4 }]],
  'detent.outcomes.DeliveryCompleted': [
    ['order o-1', { deliveredAt: T0, lateHours: 6, late: 1 }, { ended: true }],
    ['carrier swift', { deliveries: 1, late: 1, lateHours: 6 }],
    ['lane lane-1', { deliveries: 1, late: 1, lateHours: 6 }],
    ['sku cup', { deliveredUnits: 3 }],
  ],
  'detent.outcomes.DamageReported': [
    ['sku cup', { damagedUnits: 2, damages: 1, damageSeverity: 0.5 }],
    ['carrier swift', { damages: 1, damageSeverity: 0.5 }],
    ['lane lane-1', { damages: 1, damageSeverity: 0.5 }],
    ['zone z-1', { damages: 1, damageSeverity: 0.5 }],
    ['order o-1', { damages: 1 }],
  ],
  'detent.outcomes.ItemReturned': [
    ['sku cup', { returnedUnits: 1, returns: 1 }],
    ['order o-1', { returns: 1 }],
  ],
  'detent.outcomes.PickChecked': [['order o-1', { pickChecks: 1, pickErrors: 1 }]],
  'detent.outcomes.CustomerRated': [['order o-1', { rating: 4 }]],
};

const names = Object.keys(samples) as SourceName[];

describe('extract', () => {
  it.each(names)('a full %s', (name) => {
    expect(extract(name, samples[name]).map(brief)).toEqual(expected[name]);
  });

  it.each(names)('observes of %s only what docs/observations.md lists', (name) => {
    const short = name.split('.').at(-1)!;
    const rows = documented(short);
    for (const { entityType, values } of extract(name, samples[name])) {
      const row = rows
        .filter(({ entity }) => entity.includes(entityType) || /asset/.test(entity))
        .map(({ text }) => text);
      for (const value of Object.keys(values))
        expect([entityType, value, row.join('|')]).toEqual([
          entityType,
          value,
          expect.stringMatching(new RegExp(`\\b${value}\\b`)),
        ]);
    }
  });
});

describe('what an event does not say', () => {
  const of = <N extends SourceName>(name: N, fields: Partial<RecordTypes[N]>) =>
    extract(name, { ...samples[name], ...fields }).map(brief);

  it('is left out, not taken as 0', () => {
    const bare = { lengthMm: null, weightG: null, fragility: null, keepUpright: null, category: '' };
    const [[, values, links] = []] = of('detent.inventory.SkuDescribed', bare);
    for (const name of ['lengthMm', 'volumeL', 'weightG', 'fragility', 'keepUpright', 'category'])
      expect(values).not.toHaveProperty(name);
    expect(links).toEqual({ category: [] });
    expect(of('detent.shipments.ShipmentBooked', { cartons: [], cost: null })).toEqual([
      ['shipment sh-1', { carrierId: 'swift', serviceId: 'std', laneId: 'lane-1', currency: 'EUR' }, expect.anything()],
      ['carrier swift', { bookings: 1 }],
    ]);
    expect(of('detent.shipments.ShipmentMilestone', { plannedAt: null })[1]).toEqual([
      'carrier swift',
      { milestones: 1 },
    ]);
    expect(of('detent.external.TrafficReported', { delayRatio: null, volume: null, speedKmh: null })).toEqual([]);
  });

  it('an order without a site touches no stock', () => {
    const touched = of('detent.orders.OrderPlaced', { siteId: null }).map(([entity]) => entity);
    expect(touched).toEqual(['order o-1', 'sku cup', 'sku plate', 'customer c-1']);
  });

  it('a reading of a sensor that is on nothing known is of the sensor', () => {
    expect(of('detent.sensors.SensorRead', { assetId: null })).toEqual([['sensor sensor-1', { tempC: 5 }]]);
  });

  it('weather without a region is of the lane, demand without an article of the category', () => {
    expect(of('detent.external.WeatherReported', { regionId: null })[0]?.[0]).toBe('lane lane-1');
    expect(of('detent.external.DemandReported', { skuId: null })[0]?.[0]).toBe('category tableware');
  });

  it('damage of no known carrier is nobody’s', () => {
    const nobody = { carrierId: null, laneId: null, zoneId: null };
    expect(of('detent.outcomes.DamageReported', nobody).map(([entity]) => entity)).toEqual(['sku cup', 'order o-1']);
  });
});

describe('what depends on values', () => {
  const stock = (fields: object) =>
    extract('detent.inventory.StockChanged', { ...samples['detent.inventory.StockChanged'], ...fields })[0]?.values;

  it('a pick that brings stock back is counted, but picks no units', () => {
    expect(stock({ delta: 2 })).toMatchObject({ picks: 1 });
    expect(stock({ delta: 2 })).not.toHaveProperty('pickedUnits');
  });

  it('a receipt is received, an adjustment is neither', () => {
    expect(stock({ reason: 'receipt', delta: 40 })).toMatchObject({ receivedUnits: 40 });
    const adjusted = stock({ reason: 'adjustment', delta: -1 });
    for (const name of ['picks', 'pickedUnits', 'receivedUnits']) expect(adjusted).not.toHaveProperty(name);
  });

  it('a delivery before its promise is not late, and a part of an order does not end it', () => {
    const early = { ...samples['detent.outcomes.DeliveryCompleted'], promisedAt: T0 + 2 * HOUR, complete: false };
    const [ofOrder, ofCarrier] = extract('detent.outcomes.DeliveryCompleted', early);
    expect(ofOrder).toMatchObject({ ended: false, values: { late: 0, lateHours: -2 } });
    expect(ofCarrier).toMatchObject({ values: { deliveries: 1, late: 0 } });
  });

  it('a placement that is over leaves the asset without a sensor', () => {
    const over = { ...samples['detent.sites.SensorPlaced'], to: T0 };
    expect(extract('detent.sites.SensorPlaced', over)[0]?.links).toEqual([{ relation: 'sensors', targets: [] }]);
  });

  it('a flag is true or false', () => {
    const door = { ...samples['detent.sensors.SensorRead'], metric: 'doorOpen', unit: '1' };
    const seen = [1, 0].map((value) => extract('detent.sensors.SensorRead', { ...door, value })[0]?.values);
    expect(seen).toEqual([{ doorOpen: true }, { doorOpen: false }]);
  });
});

/** Rows of docs/observations.md for a record; a row without a record's name belongs to the one above. */
function documented(record: string): { entity: string; text: string }[] {
  const page = readFileSync(new URL('../../../docs/observations.md', import.meta.url), 'utf8');
  const rows: { entity: string; text: string }[] = [];
  let current: string[] = [];
  for (const line of page.split('\n').filter((each) => each.startsWith('|'))) {
    const [, names = '', entity = '', text = ''] = line.split('|');
    if (names.trim() !== '') current = names.split(',').map((name) => name.trim());
    if (current.includes(record)) rows.push({ entity, text });
  }
  return rows;
}
