import { type Extractors, seen } from './seen.ts';

export const carriers: Extractors = {
  'detent.carriers.CarrierServiceDescribed': ({ carrierId, mode }) => [
    seen('carrier', carrierId, { services: 1, mode }),
  ],

  /** Prices are read by routing itself. */
  'detent.carriers.TariffDescribed': () => [],

  'detent.carriers.CapacityChanged': ({ carrierId, remaining }) => [
    seen('carrier', carrierId, { remainingCapacity: remaining }),
  ],
};
