export interface StorageConfig {
  /** Kinds of zone for each velocity. */
  zoneKinds: Readonly<Record<string, readonly string[]>>;
  /** Picks a day taken for a velocity whose change does not carry `picksPerDay`. */
  picksPerDay: Readonly<Record<string, number>>;
  /** For how many days a move may pay. */
  horizonDays: number;
  /** Stock for so many days is moved; the rest stays where it is. */
  coverDays: number;
  /** What a trip costs besides its way: taking up and setting down, in metres walked in the same time. */
  handlingM: number;
  /** What one trip carries, litres. */
  tripL: number;
  /** Goods without limits of temperature do not go where it is always colder than this, °C. */
  ambientAboveC: number;
  /** Pairs of UN classes that may lie in one zone; any other two may not. */
  compatibleHazards: readonly (readonly [string, string])[];
  /** A move must be begun so soon, ms; then its room is given back. */
  moveValidMs: number;
  /** Steps of re-slotting a night and site at most; 0: none. */
  nightlyMoves: number;
  /** Hour of the day (UTC) at which the night's moves are planned. */
  nightHourUtc: number;
  /** Days over which a night's moves must earn their labour. */
  nightHorizonDays: number;
  /** Kinds of zone whose places exchange their contents. */
  nightZoneKinds: readonly string[];
  /** Stocks that are tried again when a location becomes free. */
  retries: number;
}

const HOUR = 3_600_000;

export const defaultStorageConfig: StorageConfig = {
  zoneKinds: { A: ['picking'], B: ['picking'], C: ['picking', 'storage'], dormant: ['storage'] },
  picksPerDay: { A: 12, B: 4, C: 0.5, dormant: 0 },
  horizonDays: 14,
  coverDays: 14,
  handlingM: 60,
  tripL: 1000,
  ambientAboveC: 12,
  compatibleHazards: [],
  moveValidMs: 24 * HOUR,
  nightlyMoves: 30,
  nightHourUtc: 20,
  nightHorizonDays: 28,
  nightZoneKinds: ['picking'],
  retries: 16,
};
