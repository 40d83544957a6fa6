import { type Extractors, seen } from './seen.ts';

export const external: Extractors = {
  'detent.external.TrafficReported': ({ laneId, delayRatio, volume, speedKmh }) => [
    seen('lane', laneId, { delayRatio, volume, speedKmh }),
  ],

  'detent.external.WeatherReported': ({ regionId, laneId, tempC, windMs, precipitationMm, severity }) => {
    const values = { tempC, windMs, precipitationMm, severity };
    if (regionId) return [seen('region', regionId, values)];
    return laneId ? [seen('lane', laneId, values)] : [];
  },

  'detent.external.DemandReported': ({ category, skuId, index }) => [
    skuId ? seen('sku', skuId, { demandIndex: index }) : seen('category', category, { demandIndex: index }),
  ],
};
