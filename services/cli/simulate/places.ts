import type { Random } from './random.ts';

export type Climate = 'ambient' | 'chilled' | 'frozen';

/** Limits that a location or a service keeps, and that goods of this climate need, in °C. */
export const CLIMATE_LIMITS: Readonly<Record<Climate, { minTempC?: number; maxTempC?: number }>> = {
  ambient: {},
  chilled: { minTempC: 2, maxTempC: 7 },
  frozen: { minTempC: -25, maxTempC: -15 },
};

export interface Zone {
  zoneId: string;
  siteId: string;
  kind: 'picking' | 'storage' | 'packing' | 'dock';
  climate: Climate;
  capabilities: string[];
  capacityPerHour: number;
}

export interface Location {
  locationId: string;
  zone: Zone;
  aisle: string;
  bay: string;
  level: string;
  capacityL: number;
  maxWeightG: number;
  travelM: number;
}

export interface Lane {
  laneId: string;
  siteId: string;
  country: string;
  postcodePrefixes: string[];
  regionId: string;
  distanceKm: number;
  /** A place in the region, rounded to a tenth of a degree. */
  lat: number;
  lon: number;
  /** Share of the site's orders that go there. */
  share: number;
}

export interface Site {
  siteId: string;
  timezone: string;
  calendarId: string;
  lat: number;
  lon: number;
  zones: Zone[];
  locations: Location[];
  lanes: Lane[];
}

const SITES = [
  { siteId: 'ham', timezone: 'Europe/Berlin', calendarId: 'de-hh', lat: 53.5, lon: 10 },
  { siteId: 'lis', timezone: 'Europe/Lisbon', calendarId: 'pt', lat: 38.8, lon: -9.1 },
] as const;

/** Site, lane, country, postcode prefixes, region, km by road, a place there, share of the site's orders. */
const LANES: readonly [string, string, string, string[], string, number, number, number, number][] = [
  ['ham', 'ham-de-north', 'DE', ['1', '2', '3'], 'de-ni', 130, 52.8, 9.7, 0.4],
  ['ham', 'ham-de-south', 'DE', ['7', '8', '9'], 'de-by', 690, 48.5, 11.4, 0.3],
  ['ham', 'ham-nl', 'NL', ['1', '2', '3'], 'nl-nh', 470, 52.4, 4.9, 0.18],
  ['ham', 'ham-pl', 'PL', ['6', '7'], 'pl-zp', 380, 53.4, 14.6, 0.12],
  ['lis', 'lis-pt-center', 'PT', ['1', '2', '3'], 'pt-11', 90, 39.2, -8.7, 0.45],
  ['lis', 'lis-pt-north', 'PT', ['4', '5'], 'pt-13', 310, 41.2, -8.6, 0.25],
  ['lis', 'lis-es-center', 'ES', ['28', '45'], 'es-md', 630, 40.4, -3.7, 0.2],
  ['lis', 'lis-es-south', 'ES', ['41', '29'], 'es-an', 400, 37.4, -6, 0.1],
];

/** Zone, kind, climate, capabilities, tasks an hour, locations at scale 1, metres from the packing tables. */
const ZONES: readonly [string, Zone['kind'], Climate, string[], number, number, number][] = [
  ['fast', 'picking', 'ambient', [], 420, 70, 15],
  ['shelf', 'picking', 'ambient', [], 300, 130, 45],
  ['fragile', 'picking', 'ambient', ['cushion'], 160, 60, 30],
  ['high', 'storage', 'ambient', [], 120, 110, 90],
  ['chill', 'picking', 'chilled', ['chilled'], 140, 46, 35],
  ['frost', 'picking', 'frozen', ['frozen'], 90, 30, 50],
  ['pack', 'packing', 'ambient', ['slowConveyor'], 380, 0, 0],
  ['cushion', 'packing', 'ambient', ['cushion', 'slowConveyor'], 110, 0, 0],
  ['dock', 'dock', 'ambient', [], 200, 4, 20],
];

/** The two sites with their zones, locations and lanes. The number of locations grows with `size`. */
export function buildSites(size: number, random: Random): Site[] {
  return SITES.map((site) => {
    const zones = ZONES.map(([name, kind, climate, capabilities, capacityPerHour]) => ({
      zoneId: `${site.siteId}-${name}`,
      siteId: site.siteId,
      kind,
      climate,
      capabilities: [...capabilities],
      capacityPerHour,
    }));
    const locations = zones.flatMap((zone, index) => {
      const [, , , , , count, nearestM] = ZONES[index] as (typeof ZONES)[number];
      return buildLocations(zone, Math.ceil(count * size), nearestM, random.fork(zone.zoneId));
    });
    const lanes = LANES.filter(([siteId]) => siteId === site.siteId).map(toLane);
    return { ...site, zones, locations, lanes };
  });
}

function buildLocations(zone: Zone, count: number, nearestM: number, random: Random): Location[] {
  const isReserve = zone.kind === 'storage';
  return Array.from({ length: count }, (_, index) => {
    const aisle = Math.floor(index / 20) + 1;
    const bay = Math.floor((index % 20) / 4) + 1;
    const level = (index % 4) + 1;
    return {
      locationId: `${zone.zoneId}-${pad(aisle)}-${pad(bay)}-${level}`,
      zone,
      aisle: pad(aisle),
      bay: pad(bay),
      level: String(level),
      capacityL: isReserve ? 1800 : random.pick([240, 360, 480]),
      maxWeightG: isReserve ? 900_000 : 180_000,
      travelM: Math.round(nearestM + aisle * 6 + bay * 2.5 + level * 1.5),
    };
  });
}

function toLane([
  siteId,
  laneId,
  country,
  postcodePrefixes,
  regionId,
  distanceKm,
  lat,
  lon,
  share,
]: (typeof LANES)[number]): Lane {
  return { siteId, laneId, country, postcodePrefixes: [...postcodePrefixes], regionId, distanceKm, lat, lon, share };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
