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

/** What stands against a service because of the temperature that goods need, with the limit that it names, °C. */
export function temperatureFault(
  service: Service,
  goods: Consignment,
  config: RoutingConfig,
): { reason: string; value: number } | undefined {
  const { minC, maxC } = goods.temperature;
  if (minC === undefined && maxC === undefined) {
    if (service.maxTempC == null || service.maxTempC > config.controlledBelowC) return undefined;
    return { reason: 'is kept cold for goods that need it', value: service.maxTempC };
  }
  if (minC !== undefined && maxC !== undefined && minC > maxC) {
    return { reason: `its goods share no temperature: some need at least ${minC} °C`, value: maxC };
  }
  const why = goods.isControlled ? ', and no carton does until the promise' : '';
  if (minC !== undefined && (service.minTempC == null || service.minTempC < minC)) {
    return { reason: `does not keep goods at ${minC} °C or above${why}`, value: service.minTempC ?? minC };
  }
  if (maxC !== undefined && (service.maxTempC == null || service.maxTempC > maxC)) {
    return { reason: `does not keep goods at ${maxC} °C or below${why}`, value: service.maxTempC ?? maxC };
  }
  return undefined;
}
