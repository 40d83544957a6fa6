import { type RangeFault, rangeFault } from '@detent/core';
import type { RoutingConfig } from '../config.ts';
import type { Consignment } from '../goods/consignment.ts';
import type { Service } from '../timetable/schedule.ts';

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
  return { ...fault, reason: `${fault.reason}, and no carton keeps them so until the promise` };
}
