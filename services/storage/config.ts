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
  /** Kinds of zone whose places exchange their contents, and which slow movers are cleared from. */
  nightZoneKinds: readonly string[];
  /** Stocks, and lots that came in, that are tried again when a location becomes free. */
  retries: number;
  /** A stock's own picks are believed once they have been heard of for so many days; until then the segment's rate is. */
  demandMinDays: number;
  /** Weight of what is ordered together: metres saved by lying in one aisle count so much. 0: orders are not even read. */
  affinityWeight: number;
  /** Partners of an article that are looked at. */
  affinityPartners: number;
  /** Zones, by kind or capability, where goods stand until they are put away. */
  receivingZones: readonly string[];
  /** Zones, by kind or capability, for what is not to be picked from soon. */
  reserveZones: readonly string[];
  /** Zones, by kind or capability, that store many goods in little room and are slow to pick from. */
  denseZones: readonly string[];
  /** Velocities that belong in dense zones where a site has some. */
  slowVelocities: readonly string[];
  /** Kinds of zone, or capabilities, whose places may hold several lots of an article. */
  mixedLotZones: readonly string[];
  /** What an empty place is worth, in metres: for it, goods are brought together and slow movers cleared. */
  emptyPlaceM: number;
  /** At night that counts only while a smaller share of the places of these zones is empty. */
  scarceShare: number;
  /** A place filled less than this share, by volume, is nearly empty. */
  nearlyEmpty: number;
  /** A putaway must be begun so soon, ms. */
  putawayValidMs: number;
  /** People are called when a lot has waited so long for room, ms. */
  putawayCallMs: number;
  /** What still waits after so long is forgotten, ms. */
  putawayForgetMs: number;
  /** Commands for one arrival at most; then people are called, and no other command is given. */
  putawayTries: number;
  /** How long people have for a zone where nothing may be put, ms. */
  zoneCallValidMs: number;
  /** Segments of lots, by dimension, that must be sold before the others. */
  sellFirst: Readonly<Record<string, readonly string[]>>;
  /** How long it holds for a lot whose end is not known, ms. */
  sellFirstValidMs: number;
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
  demandMinDays: 7,
  affinityWeight: 0,
  affinityPartners: 8,
  receivingZones: ['dock', 'receiving'],
  reserveZones: ['storage', 'dense'],
  denseZones: ['dense'],
  slowVelocities: ['C', 'dormant'],
  mixedLotZones: ['picking'],
  emptyPlaceM: 300,
  scarceShare: 0.1,
  nearlyEmpty: 0.2,
  putawayValidMs: 24 * HOUR,
  putawayCallMs: 4 * HOUR,
  putawayForgetMs: 7 * 24 * HOUR,
  putawayTries: 3,
  zoneCallValidMs: 24 * HOUR,
  sellFirst: { freshness: ['short', 'sell-now'] },
  sellFirstValidMs: 7 * 24 * HOUR,
};
