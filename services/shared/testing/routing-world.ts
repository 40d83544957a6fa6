import type {
  Action,
  ActionCarton,
  CapacityChanged,
  CarrierServiceDescribed,
  SkuDescribed,
  TariffDescribed,
} from '@detent/schemas';
import { fact, orderPlaced, segmentChanged } from './decision-builders.ts';
import type { GivenAction, GivenRecord } from './decision-harness.ts';

/** Monday 2 March 2026, 09:00 in Berlin. */
export const T = Date.UTC(2026, 2, 2, 8);
export const HOUR = 3_600_000;

/** A lane of site-1 to Germany. */
export function lane(laneId = 'de', postcodePrefixes: string[] = [], destinationCountry = 'DE', at = T): GivenRecord {
  const value = {
    originSiteId: 'site-1',
    laneId,
    destinationCountry,
    postcodePrefixes,
    regionIds: [],
    distanceKm: 100,
  };
  return fact('detent.sites.LaneDescribed', { eventId: laneId, occurredAt: at, ...value });
}

/** A service that leaves at 18:00 on working days and takes a day, with the tariff `flat-<carrier>`. */
export function service(carrierId: string, of: Partial<CarrierServiceDescribed> = {}, hours = 24, at = T): GivenRecord {
  const value: CarrierServiceDescribed = {
    ...{ eventId: carrierId, occurredAt: at, carrierId, serviceId: 's', mode: 'parcel', dimDivisor: 5000 },
    ...{ cutoffLocal: '18:00', timezone: 'Europe/Berlin', calendarId: 'de', maxWeightG: 31_500, maxLengthMm: 1200 },
    lanes: [
      { laneId: 'de', transitHours: hours, transitBasis: 'clock', tariffId: `flat-${carrierId}`, departures: [] },
    ],
    ...of,
  };
  return fact('detent.carriers.CarrierServiceDescribed', value);
}

/** One break: `base` and so much a kilogram. */
export function tariff(carrierId: string, base: number, perKg = 0, of: Partial<TariffDescribed> = {}): GivenRecord {
  const breaks = [{ fromG: 0, base, perKg }];
  const value = {
    eventId: carrierId,
    occurredAt: T,
    carrierId,
    tariffId: `flat-${carrierId}`,
    currency: 'EUR',
    breaks,
  };
  return fact('detent.carriers.TariffDescribed', { ...value, surcharges: [], ...of });
}

export function capacity(carrierId: string, remaining: number, of: Partial<CapacityChanged> = {}): GivenRecord {
  const value = { eventId: 'c', occurredAt: T, carrierId, serviceId: 's', laneId: null, day: '2026-03-02', remaining };
  return fact('detent.carriers.CapacityChanged', { ...value, unit: 'parcel', ...of });
}

/** A kilogram in a 20 cm cube. */
export function sku(skuId = 'sku-1', of: Partial<SkuDescribed> = {}): GivenRecord {
  const value = {
    ...{ eventId: skuId, occurredAt: T, skuId, name: skuId, category: 'c', baseUom: 'each', packagings: [] },
    ...{ lengthMm: 200, widthMm: 200, heightMm: 200, weightG: 1000 },
    ...of,
  };
  return fact('detent.inventory.SkuDescribed', value);
}

/** Segments of an order, one change each; a parcel in no hurry unless said otherwise. */
export function segments(
  orderId: string,
  at: number,
  of: Record<string, string> = {},
  origin: 'live' | 'initial' = 'live',
) {
  const all = { transport: 'parcel', urgency: 'normal', care: 'standard', climate: 'ambient', ...of };
  return Object.entries(all).map(([dimension, to]) =>
    segmentChanged({ entityType: 'order', entityId: orderId, dimension, to, occurredAt: at, origin }),
  );
}

/** An order with its segments. */
export function order(
  orderId: string,
  at: number,
  of: Parameters<typeof orderPlaced>[0] | object = {},
  where: Record<string, string> = {},
) {
  return [orderPlaced({ ...of, orderId, occurredAt: at }), ...segments(orderId, at, where)];
}

/** A change of a carrier's reliability, or of a lane's congestion. */
export function stands(entityType: 'carrier' | 'lane', entityId: string, to: string, at: number, sequence = 1) {
  const dimension = entityType === 'carrier' ? 'reliability' : 'congestion';
  return segmentChanged({ entityType, entityId, dimension, to, occurredAt: at, sequence, epoch: 'carriers.v1-0-0' });
}

/** A carton of these outer measures (mm), with a unit of line 1. */
export function carton(weightG: number, l: number, w: number, h: number, units = 1): ActionCarton {
  const item = { lineId: '1', skuId: 'sku-1', xMm: 0, yMm: 0, zMm: 0, lengthMm: 10, widthMm: 10, heightMm: 10 };
  return {
    ...{ typeId: 'M', insideLengthMm: 10, insideWidthMm: 10, insideHeightMm: 10, items: Array(units).fill(item) },
    ...{ outerLengthMm: l, outerWidthMm: w, outerHeightMm: h, fill: 1, weightG, billableG: weightG },
    ...{ dunnage: 'none', dunnageL: 0, isLined: false, coolant: 'none', coolantG: 0, because: 'why' },
  };
}

/** Picking's `pack` of an order, the `n`th, with coolant for 48 hours. */
export function pack(
  orderId: string,
  n: number,
  at: number,
  cartons: ActionCarton[],
  of: Partial<Action> = {},
): GivenAction {
  const value: Action = {
    ...{ actionId: `picking:${orderId}:pack-${n}`, service: 'picking', type: 'pack', because: 'why', createdAt: at },
    ...{ target: { entityType: 'order', entityId: orderId }, siteId: 'site-1', changeId: 'c', cartons, tasks: null },
    ...{ segment: { dimension: 'urgency', segment: 'normal' }, alternatives: [], validUntil: at + 4 * HOUR },
    ...{ playbook: null, sop: null, undo: null, supersedes: n > 1 ? `picking:${orderId}:pack-${n - 1}` : null },
    ...of,
    details: { mode: 'live', hoursToDelivery: 48, needsControlledService: false, ...of.details },
  };
  return { name: 'detent.actions.Action', key: orderId, value };
}
