/** What a number may be. `above` excludes the bound itself. */
export interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
}

const ANY: Range = {};
const NOT_NEGATIVE: Range = { min: 0 };
const POSITIVE: Range = { above: 0 };
const SHARE: Range = { min: 0, max: 1 };
/** Nothing is as cold as 0 K. */
const TEMPERATURE: Range = { above: -273.15 };

/**
 * What is possible, by field name, over all source records; `Record.field` where one record means something else by the
 * name. Bounds are of nature and of meaning, not of plausibility: an odd value is for the model to damp, an impossible
 * one would poison it. A number that is not named here may be anything finite.
 */
export const ranges: Readonly<Record<string, Range>> = {
  lat: { min: -90, max: 90 },
  lon: { min: -180, max: 180 },
  capacityPerHour: NOT_NEGATIVE,
  capacityL: NOT_NEGATIVE,
  maxWeightG: NOT_NEGATIVE,
  travelM: NOT_NEGATIVE,
  distanceKm: NOT_NEGATIVE,
  minTempC: TEMPERATURE,
  maxTempC: TEMPERATURE,
  tempC: TEMPERATURE,
  lengthMm: NOT_NEGATIVE,
  widthMm: NOT_NEGATIVE,
  heightMm: NOT_NEGATIVE,
  weightG: NOT_NEGATIVE,
  maxLengthMm: NOT_NEGATIVE,
  maxTopLoadG: NOT_NEGATIVE,
  overLengthMm: NOT_NEGATIVE,
  overWeightG: NOT_NEGATIVE,
  unitsPer: POSITIVE,
  fragility: SHARE,
  shelfLifeHours: NOT_NEGATIVE,
  minRemainingLifeHours: NOT_NEGATIVE,
  q10: POSITIVE,
  onHand: NOT_NEGATIVE,
  quantity: NOT_NEGATIVE,
  quantityDone: NOT_NEGATIVE,
  version: { min: 1 },
  returnRate: SHARE,
  transitHours: NOT_NEGATIVE,
  weekday: { min: 1, max: 7 },
  dimDivisor: POSITIVE,
  fromG: NOT_NEGATIVE,
  base: NOT_NEGATIVE,
  perKg: NOT_NEGATIVE,
  cost: NOT_NEGATIVE,
  errors: NOT_NEGATIVE,
  fill: SHARE,
  queueDepth: NOT_NEGATIVE,
  delayRatio: { min: -1 },
  volume: NOT_NEGATIVE,
  speedKmh: NOT_NEGATIVE,
  windMs: NOT_NEGATIVE,
  /** The most ever measured in an hour is about 305 mm. */
  precipitationMm: { min: 0, max: 500 },
  severity: SHARE,
  index: NOT_NEGATIVE,
  score: { min: 1, max: 5 },
  'Capacity.value': NOT_NEGATIVE,
  // Money owed back, discounts, overbooked capacity and stock that leaves are negative.
  lifetimeValue: ANY,
  share: ANY,
  amount: ANY,
  remaining: ANY,
  delta: ANY,
  // Judged by its metric, after conversion.
  'SensorRead.value': ANY,
};

/** Pairs of fields of one record of which the first may not exceed the second. */
export const orderedPairs: readonly (readonly [first: string, second: string])[] = [
  ['minTempC', 'maxTempC'],
  ['startedAt', 'completedAt'],
  ['validFrom', 'validTo'],
  ['manufacturedAt', 'expiresAt'],
  ['from', 'to'],
];

/** Instants lie in [2000-01-01, 2100-01-01): outside, a clock was not set or a number is of another kind. Epoch ms. */
export const EARLIEST_MS = Date.UTC(2000, 0);
export const LATEST_MS = Date.UTC(2100, 0);

/**
 * How long ids and texts (characters) and lists of what has an id (entries) may be. Within these, whatever an event is
 * turned into fits into a record: an order names each of its articles several times over.
 */
export const MAX_ID = 128;
/** Ids of actions are made of others: of entity, change and queue. */
export const MAX_ACTION_ID = 1_000;
export const MAX_TEXT = 10_000;
export const MAX_ENTRIES = 2_000;

/** Says what the range allows, for people. */
export function rangeText({ min, above, max }: Range): string {
  const parts: string[] = [];
  if (min !== undefined) parts.push(`at least ${min}`);
  if (above !== undefined) parts.push(`above ${above}`);
  if (max !== undefined) parts.push(`at most ${max}`);
  return parts.length === 0 ? 'a finite number' : parts.join(' and ');
}

/** Whether a number is possible. NaN and infinities never are. */
export function isWithin(value: number, { min, above, max }: Range): boolean {
  if (!Number.isFinite(value)) return false;
  return (
    !(min !== undefined && value < min) &&
    !(above !== undefined && value <= above) &&
    !(max !== undefined && value > max)
  );
}
