import type { InputType, Range } from './types.ts';

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

const within = (low: number, high: number, ...names: string[]): Record<string, Range> =>
  Object.fromEntries(names.map((name) => [name, { low, high }]));

/** What the numbers above can be, by name: shares, percentages, and what is counted or measured from 0. */
export const VOCABULARY_RANGES: Readonly<Record<string, Range>> = {
  ...within(0, 1, 'fragility', 'fill', 'severity', 'returnRate', 'late'),
  ...within(0, 100, 'humidityPct'),
  ...within(0, Infinity, 'lengthMm', 'widthMm', 'heightMm', 'longestMm', 'weightG', 'volumeL', 'maxTopLoadG'),
  ...within(0, Infinity, 'capacityL', 'maxWeightG', 'travelM', 'distanceKm', 'speedKmh', 'windMs', 'precipitationMm'),
  ...within(0, Infinity, 'lightLx', 'batteryV', 'capacityPerHour', 'queueDepth', 'taskSeconds', 'shelfLifeHours'),
  ...within(0, Infinity, 'tasks', 'errors', 'taskErrors', 'picks', 'pickedUnits', 'receivedUnits', 'orders'),
  ...within(0, Infinity, 'orderedUnits', 'orderLines', 'deliveredUnits', 'damagedUnits', 'returnedUnits', 'returns'),
  ...within(0, Infinity, 'damages', 'deliveries', 'milestones', 'bookings', 'services', 'cartons', 'loadedUnits'),
  ...within(0, Infinity, 'lineCount', 'units', 'deliveredLines', 'cancelledLines', 'pickChecks', 'pickErrors'),
  ...within(0, Infinity, 'quantity', 'lifetimeValue', 'minRemainingLifeHours', 'demandIndex', 'volume'),
};
