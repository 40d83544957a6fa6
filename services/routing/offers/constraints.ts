import { type RangeFault, rangeFault } from '@detent/core';
import type { RoutingConfig } from '../config.ts';
import type { Consignment } from '../goods/consignment.ts';
import { countOf, type Pieces, piecesOf } from '../goods/pieces.ts';
import type { Service } from '../timetable/schedule.ts';

/** Why goods can never go with a service, whenever and at whatever price. `value`: what breaks the limit, in `unit`. */
export interface GoodsFault {
  reason: string;
  value?: number;
  unit?: string;
}

/** The pieces that a service takes goods in. */
export function piecesFor({ maxWeightG, mode }: Service, goods: Consignment, config: RoutingConfig): readonly Pieces[] {
  return piecesOf(goods, maxWeightG ?? Number.POSITIVE_INFINITY, config.consolidatedModes.includes(mode));
}

/** What stands against a service because of the goods themselves: danger, temperature, weight, number and length of pieces. */
export function goodsFault(service: Service, goods: Consignment, config: RoutingConfig): GoodsFault | undefined {
  const danger = hazmatFault(service, goods, config.hazmat);
  if (danger !== undefined) return { reason: danger };
  const cold = temperatureFault(service, goods, config);
  if (cold) return { reason: cold.reason, ...(cold.value === undefined ? {} : { value: cold.value, unit: 'Cel' }) };
  const maxWeightG = service.maxWeightG ?? Number.POSITIVE_INFINITY;
  const { parcels, heaviestG, longestMm, weightG } = goods;
  if (heaviestG > maxWeightG) {
    const what = parcels === null ? 'a unit' : 'a parcel as packed';
    return { reason: `${what} weighs more than the ${maxWeightG} g that a piece may`, value: heaviestG, unit: 'g' };
  }
  const count = countOf(piecesFor(service, goods, config));
  if (count > config.maxPieces) {
    return parcels !== null && count === parcels.length
      ? { reason: `packed in more than ${config.maxPieces} parcels`, value: count, unit: 'parcel' }
      : { reason: `needs more than ${config.maxPieces} pieces of ${maxWeightG} g`, value: weightG, unit: 'g' };
  }
  const maxLengthMm = service.maxLengthMm ?? Number.POSITIVE_INFINITY;
  if (longestMm > maxLengthMm)
    return { reason: `longer than the ${maxLengthMm} mm allowed`, value: longestMm, unit: 'mm' };
  return undefined;
}

/** What goods take of a capacity, in its unit. What is counted in another way counts pieces. */
export function capacityNeed(goods: Consignment, pieces: number, unit: string, config: RoutingConfig): number {
  switch (unit) {
    case 'kg':
      return goods.weightG / 1000;
    case 'm3':
      return goods.volumeL / 1000;
    case 'pallet':
      return Math.max(goods.volumeL / config.pallet.volumeL, goods.weightG / config.pallet.weightG);
    default:
      return pieces;
  }
}

/** The classes that a service says it takes: its own list, else its carrier's, else that of its mode, else none. */
export function hazmatFault(
  { carrierId, serviceId, mode }: Service,
  { hazmat }: Consignment,
  lists: RoutingConfig['hazmat'],
): string | undefined {
  if (hazmat.length === 0) return undefined;
  const taken = lists[`${carrierId}/${serviceId}`] ?? lists[carrierId] ?? lists[mode] ?? [];
  const refused = hazmat.find((one) => !taken.some((other) => one === other || one.startsWith(`${other}.`)));
  return refused === undefined ? undefined : `does not say that it takes dangerous goods of class ${refused}`;
}

/**
 * What stands against a service because of the temperature that goods need. `value`: the service's own figure, °C; absent
 * where it tells none.
 */
export function temperatureFault(service: Service, goods: Consignment, config: RoutingConfig): RangeFault | undefined {
  const { minC, maxC } = goods.temperature;
  if (minC === undefined && maxC === undefined) {
    if (service.maxTempC == null || service.maxTempC > config.controlledBelowC) return undefined;
    return { reason: 'is kept cold for goods that need it', value: service.maxTempC };
  }
  if (minC !== undefined && maxC !== undefined && minC > maxC) {
    return { reason: `its goods share no temperature: some need at least ${minC} °C`, value: maxC };
  }
  const fault = rangeFault(goods.temperature, { minC: service.minTempC, maxC: service.maxTempC });
  if (fault === undefined || !goods.isControlled) return fault;
  const why = goods.parcels === null ? 'no carton keeps them so' : 'their cartons do not keep them so';
  return { ...fault, reason: `${fault.reason}, and ${why} until the promise` };
}
