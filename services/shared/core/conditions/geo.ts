/** Mean radius of the Earth, km (IUGG). */
const EARTH_KM = 6371.0088;
const RADIANS = Math.PI / 180;

/**
 * Distance over the ground in km between two places in degrees, by the haversine formula (R. W. Sinnott, "Virtues of the
 * Haversine", Sky and Telescope 68(2), 1984). The Earth is taken for a sphere: wrong by 0.6 % at most. NaN when a
 * coordinate is missing or no latitude (−90 to 90).
 */
export function distanceKm(lat1: number, lon1: number, lat2: number, lon2: number): number {
  if (!(Math.abs(lat1) <= 90 && Math.abs(lat2) <= 90)) return NaN;
  const halfLat = Math.sin(((lat2 - lat1) * RADIANS) / 2);
  const halfLon = Math.sin(((lon2 - lon1) * RADIANS) / 2);
  const square = halfLat * halfLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * halfLon * halfLon;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(square)));
}
