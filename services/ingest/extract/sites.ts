import { type Extractors, link, seen } from './seen.ts';

export const sites: Extractors = {
  'detent.sites.SiteDescribed': ({ siteId, timezone, calendarId, lat, lon }) => [
    seen('site', siteId, { timezone, calendarId, lat, lon }),
  ],

  'detent.sites.ZoneDescribed': ({ zoneId, siteId, kind, capacityPerHour, capabilities }) => {
    const has = (capability: string) => capabilities.includes(capability);
    const can = {
      cushion: has('cushion'),
      slowConveyor: has('slowConveyor'),
      chilled: has('chilled'),
      frozen: has('frozen'),
    };
    return [seen('zone', zoneId, { siteId, kind, capacityPerHour, ...can }, [link('site', 'site', [siteId])])];
  },

  'detent.sites.LocationDescribed': ({ locationId, zoneId, siteId, ...rest }) => {
    const { capacityL, maxWeightG, travelM, minTempC, maxTempC } = rest;
    const values = { zoneId, siteId, capacityL, maxWeightG, travelM, minTempC, maxTempC };
    return [seen('location', locationId, values, [link('zone', 'zone', [zoneId])])];
  },

  'detent.sites.LaneDescribed': ({ laneId, originSiteId, destinationCountry, distanceKm, regionIds }) => [
    seen('lane', laneId, { originSiteId, destinationCountry, distanceKm }, [link('regions', 'region', regionIds)]),
  ],

  'detent.sites.SensorPlaced': ({ sensorId, assetType, assetId, to, occurredAt }) => {
    const isOver = typeof to === 'number' && to <= occurredAt;
    return [seen(assetType, assetId, {}, [link('sensors', 'sensor', isOver ? [] : [sensorId])])];
  },
};
