/** Three lengths, millimetres: `l` and `w` lie, `h` stands. */
export interface Lengths {
  readonly l: number;
  readonly w: number;
  readonly h: number;
}

/** A range of temperature that goods bear, degrees Celsius; an absent end is open. */
export interface Bearable {
  readonly minTempC?: number | null;
  readonly maxTempC?: number | null;
}

/** A carton of the catalogue. */
export interface CartonType {
  readonly typeId: string;
  /** Inside, millimetres. */
  readonly inner: Lengths;
  readonly tareG: number;
  /** Most that it may weigh when full, grams. */
  readonly maxWeightG: number;
}

/** What a carton can do for goods that do not bear what it meets. */
export interface ColdRules {
  readonly cartons: readonly CartonType[];
  /** What a carton meets on its way, degrees Celsius. */
  readonly ambient: { readonly minC: number; readonly maxC: number };
  readonly liner: { readonly mm: number; readonly wattsPerM2K: number };
  /** From this fragility on an item is wrapped, 0..1. */
  readonly fragileFrom: number;
  readonly wrapMm: number;
  /** Coolant lasts so long where a service with the goods' temperature carries them: for hand-over alone, hours. */
  readonly bridgeHours: number;
  /** Coolant that lasts until delivery weighs at most so many times what the cold goods weigh. */
  readonly maxCoolant: number;
}

/** A carton of these lengths inside, millimetres. */
export function cartonOf(
  typeId: string,
  l: number,
  w: number,
  h: number,
  tareG: number,
  maxWeightG: number,
): CartonType {
  return { typeId, inner: { l, w, h }, tareG, maxWeightG };
}

/** Cartons of common sizes, and a liner of 20 mm of foam. */
export const defaultColdRules: ColdRules = {
  cartons: [
    cartonOf('XS', 200, 150, 100, 90, 5_000),
    cartonOf('S', 250, 200, 150, 150, 10_000),
    cartonOf('M', 300, 220, 200, 220, 15_000),
    cartonOf('L', 400, 300, 200, 350, 20_000),
    cartonOf('XL', 400, 300, 300, 450, 25_000),
    cartonOf('2XL', 500, 400, 300, 650, 30_000),
    cartonOf('3XL', 600, 400, 400, 900, 30_000),
  ],
  ambient: { minC: 2, maxC: 30 },
  liner: { mm: 20, wattsPerM2K: 1.75 },
  fragileFrom: 0.6,
  wrapMm: 10,
  bridgeHours: 4,
  maxCoolant: 2,
};

/** What keeps a carton's temperature. */
export interface Coolant {
  readonly kind: 'none' | 'gel-pack' | 'dry-ice';
  readonly grams: number;
  /** That it lasts. */
  readonly hours: number;
}

/** True where goods do not bear what their carton meets on the way, so that it needs a liner. */
export function needsLiner({ minTempC, maxTempC }: Bearable, { ambient }: Pick<ColdRules, 'ambient'>): boolean {
  return (maxTempC ?? Infinity) < ambient.maxC || (minTempC ?? -Infinity) > ambient.minC;
}

/** Hours that coolant must last: from when goods could be packed until they are promised (epoch ms), one at least. */
export function hoursToLast(from: number, promisedAt: number): number {
  return Math.max(1, Math.ceil((promisedAt - from) / 3_600_000));
}

/** Joules that a gram takes up while it melts, or turns to gas. */
const TAKES = { 'gel-pack': 333, 'dry-ice': 571 } as const;
/** Grams of a cubic centimetre. */
const DENSITY = { 'gel-pack': 1, 'dry-ice': 1.5 } as const;

/**
 * What is left of a carton's inside beside liner and coolant, and how much coolant it takes for goods that bear `maxC` at
 * most: the heat that comes through the liner in `hours` at the warmest, over what a gram takes up. Null where that leaves
 * no room. The coolant lies on top.
 */
export function linedInside(
  inner: Lengths,
  maxC: number,
  hours: number,
  { ambient, liner }: Pick<ColdRules, 'ambient' | 'liner'>,
): { inside: Lengths; coolant: Coolant } | null {
  const thick = 2 * liner.mm;
  const lined = { l: inner.l - thick, w: inner.w - thick, h: inner.h - thick };
  if (lined.l <= 0 || lined.w <= 0 || lined.h <= 0) return null;
  if (maxC >= ambient.maxC) return { inside: lined, coolant: { kind: 'none', grams: 0, hours } };
  const kind = maxC < 0 ? 'dry-ice' : 'gel-pack';
  const m2 = (2 * (inner.l * inner.w + inner.l * inner.h + inner.w * inner.h)) / 1e6;
  const joules = liner.wattsPerM2K * m2 * (ambient.maxC - maxC) * hours * 3600;
  const grams = Math.ceil(joules / TAKES[kind] / 50) * 50;
  const h = Math.floor(lined.h - ((grams / DENSITY[kind]) * 1000) / (lined.l * lined.w));
  return h <= 0 ? null : { inside: { ...lined, h }, coolant: { kind, grams, hours } };
}
