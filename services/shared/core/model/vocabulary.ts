import type { InputType } from './types.ts';

type Names = Readonly<Record<string, InputType>>;

const numbers = (...names: string[]): Names => Object.fromEntries(names.map((name) => [name, 'number' as const]));
const strings = (...names: string[]): Names => Object.fromEntries(names.map((name) => [name, 'string' as const]));
const booleans = (...names: string[]): Names => Object.fromEntries(names.map((name) => [name, 'boolean' as const]));
const times = (...names: string[]): Names => Object.fromEntries(names.map((name) => [name, 'time' as const]));

const sensed: Names = {
  ...numbers('tempC', 'humidityPct', 'shockG', 'lightLx', 'batteryV'),
  ...booleans('doorOpen'),
};
const weather = numbers('tempC', 'windMs', 'precipitationMm', 'severity');

/** What ingest observes of each entity type (docs/observations.md), with its type. Sensors may report on any of them. */
export const VOCABULARY: Readonly<Record<string, Names>> = {
  site: { ...strings('timezone', 'calendarId'), ...numbers('lat', 'lon'), ...sensed },
  zone: {
    ...strings('siteId', 'kind'),
    ...numbers('capacityPerHour', 'tasks', 'taskSeconds', 'errors', 'fill', 'queueDepth', 'damages', 'damageSeverity'),
    ...booleans('cushion', 'slowConveyor', 'chilled', 'frozen'),
    ...sensed,
  },
  location: {
    ...strings('zoneId', 'siteId'),
    ...numbers('capacityL', 'maxWeightG', 'travelM', 'minTempC', 'maxTempC', 'onHand', 'delta'),
    ...sensed,
  },
  lane: {
    ...strings('originSiteId', 'destinationCountry'),
    ...numbers('distanceKm', 'milestones', 'delayHours', 'late', 'delayRatio', 'volume', 'speedKmh'),
    ...numbers('deliveries', 'lateHours', 'damages', 'damageSeverity'),
    ...weather,
  },
  region: weather,
  category: numbers('demandIndex'),
  sku: {
    ...strings('category', 'hazmatClass', 'packaging'),
    ...numbers('lengthMm', 'widthMm', 'heightMm', 'weightG', 'volumeL', 'fragility', 'maxTopLoadG'),
    ...numbers('minTempC', 'maxTempC', 'shelfLifeHours', 'orderedUnits', 'orderLines', 'taskErrors', 'demandIndex'),
    ...numbers('deliveredUnits', 'damagedUnits', 'damages', 'damageSeverity', 'returnedUnits', 'returns'),
    ...booleans('keepUpright'),
  },
  stock: {
    ...strings('reason', 'status'),
    ...numbers('onHand', 'delta', 'pickedUnits', 'picks', 'receivedUnits', 'orderedUnits', 'orderLines'),
  },
  lot: {
    ...strings('siteId'),
    ...numbers('onHand', 'delta', 'quantity'),
    ...times('manufacturedAt', 'expiresAt'),
    ...sensed,
  },
  order: {
    ...strings('status', 'serviceLevel', 'country', 'region', 'siteId', 'lineStatus'),
    ...times('placedAt', 'shipBy', 'promisedAt', 'deliveredAt'),
    ...numbers('lineCount', 'units', 'version', 'deliveredLines', 'cancelledLines', 'taskErrors', 'lateHours', 'late'),
    ...numbers('damages', 'returns', 'pickChecks', 'pickErrors', 'rating'),
  },
  customer: {
    ...strings('tier'),
    ...numbers('lifetimeValue', 'returnRate', 'minRemainingLifeHours', 'orders', 'orderedUnits'),
  },
  carrier: {
    ...strings('mode'),
    ...numbers('services', 'remainingCapacity', 'bookedCost', 'bookings', 'milestones', 'delayHours', 'late'),
    ...numbers('deliveries', 'lateHours', 'damages', 'damageSeverity'),
  },
  shipment: {
    ...strings('carrierId', 'serviceId', 'laneId', 'currency', 'assetId', 'milestone'),
    ...numbers('cost', 'cartons', 'weightG', 'loadedUnits', 'delayHours'),
    ...sensed,
  },
  sensor: sensed,
};
