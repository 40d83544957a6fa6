import type { Size } from './boxes.ts';

/** A line of an order with what packing needs of its article. Lengths in millimetres, of one unit. */
export interface PackItem extends Size {
  readonly lineId: string;
  readonly skuId: string;
  readonly quantity: number;
  readonly weightG: number;
  readonly keepUpright?: boolean;
  /** 0 (a brick) to 1 (an eggshell). */
  readonly fragility?: number;
  readonly maxTopLoadG?: number;
  readonly minTempC?: number;
  readonly maxTempC?: number;
  readonly hazmatClass?: string;
}

/** A carton of the catalogue. */
export interface CartonType {
  readonly typeId: string;
  /** Inside, millimetres. */
  readonly inner: Size;
  readonly tareG: number;
  /** Most that it may weigh when full, grams. */
  readonly maxWeightG: number;
}

/** The rules of packing. */
export interface PackRules {
  readonly cartons: readonly CartonType[];
  readonly wallMm: number;
  /** Cubic centimetres that a carrier charges as one kilogram. */
  readonly dimDivisor: number;
  /** Share of its base that an item must stand on, 0..1; filling supports the rest. */
  readonly minSupport: number;
  /** From this fragility on an item is wrapped, and bears nothing unless its own limit says more, 0..1. */
  readonly fragileFrom: number;
  readonly wrapMm: number;
  /** What a carton meets on its way, degrees Celsius. */
  readonly ambient: { readonly minC: number; readonly maxC: number };
  readonly liner: { readonly mm: number; readonly wattsPerM2K: number };
  /** Pairs of hazard classes that may share a carton; others that differ may not. */
  readonly hazmatTogether: readonly (readonly [string, string])[];
  /** Orders of more units go as freight. */
  readonly maxUnits: number;
  /** Coolant lasts so long where a service with the goods' temperature carries them: for hand-over alone, hours. */
  readonly bridgeHours: number;
  /** What one unit may be that goes as a parcel in the packaging that it has: girth is the length and twice the other two. */
  readonly own: { readonly maxLengthMm: number; readonly maxGirthMm: number; readonly maxWeightG: number };
  /** For what is no parcel. */
  readonly pallets: readonly CartonType[];
}

/** What a playbook asks of packing. Wishes: where a unit fits nothing under one, it is dropped, and that is said. */
export interface PackWishes {
  /** Carton that is taken where it holds the goods. */
  readonly carton?: string;
  /** What fills the room that is left. */
  readonly dunnage?: string;
  /** Liner for all goods, also where temperature asks for none. */
  readonly liner?: string;
  /** Nothing is laid on its side. */
  readonly keepUpright?: boolean;
  /** Each line has cartons of its own; units of one line share them. */
  readonly separate?: boolean;
  /** Most of a carton's room that goods may fill, 0..1. */
  readonly maxFill?: number;
}

const carton = (typeId: string, l: number, w: number, h: number, tareG: number, maxWeightG: number): CartonType => ({
  typeId,
  inner: { l, w, h },
  tareG,
  maxWeightG,
});

/** Cartons of common sizes, a divisor of 5,000 cm³/kg, and a liner of 20 mm of foam. */
export const defaultPackRules: PackRules = {
  cartons: [
    carton('XS', 200, 150, 100, 90, 5_000),
    carton('S', 250, 200, 150, 150, 10_000),
    carton('M', 300, 220, 200, 220, 15_000),
    carton('L', 400, 300, 200, 350, 20_000),
    carton('XL', 400, 300, 300, 450, 25_000),
    carton('2XL', 500, 400, 300, 650, 30_000),
    carton('3XL', 600, 400, 400, 900, 30_000),
  ],
  wallMm: 4,
  dimDivisor: 5_000,
  minSupport: 0.5,
  fragileFrom: 0.6,
  wrapMm: 10,
  ambient: { minC: 2, maxC: 30 },
  liner: { mm: 20, wattsPerM2K: 1.75 },
  hazmatTogether: [
    ['3', '9'],
    ['6.1', '9'],
    ['8', '9'],
  ],
  maxUnits: 200,
  bridgeHours: 4,
  own: { maxLengthMm: 1_200, maxGirthMm: 3_000, maxWeightG: 31_500 },
  pallets: [
    carton('half-pallet', 800, 600, 1_500, 10_000, 350_000),
    carton('pallet', 1_200, 800, 1_800, 25_000, 700_000),
    carton('long-pallet', 2_400, 1_200, 1_800, 60_000, 1_200_000),
  ],
};

/** What keeps a carton's temperature. */
export interface Coolant {
  readonly kind: 'none' | 'gel-pack' | 'dry-ice';
  readonly grams: number;
  readonly hours: number;
}

/** Range that a set of items must keep together; null where they have none in common. */
export function rangeOf(items: readonly PackItem[]): { minC: number; maxC: number } | null {
  const minC = Math.max(-Infinity, ...items.map((item) => item.minTempC ?? -Infinity));
  const maxC = Math.min(Infinity, ...items.map((item) => item.maxTempC ?? Infinity));
  return minC <= maxC ? { minC, maxC } : null;
}

/** True where an item does not bear what its carton meets on the way, so that it needs a liner. */
export function needsLiner({ minTempC = -Infinity, maxTempC = Infinity }: PackItem, rules: PackRules): boolean {
  return maxTempC < rules.ambient.maxC || minTempC > rules.ambient.minC;
}

/** True where two items may share a carton: as to hazard, to temperature, and to whether a liner is needed. */
export function mayShare(a: PackItem, b: PackItem, rules: PackRules): boolean {
  const [p, q] = [a.hazmatClass, b.hazmatClass];
  const isSafe =
    !p || !q || p === q || rules.hazmatTogether.some(([r, s]) => (r === p && s === q) || (r === q && s === p));
  return isSafe && needsLiner(a, rules) === needsLiner(b, rules) && rangeOf([a, b]) !== null;
}

/** Joules that a gram takes up while it melts, or turns to gas. */
const TAKES = { 'gel-pack': 333, 'dry-ice': 571 } as const;
/** Grams of a cubic centimetre. */
const DENSITY = { 'gel-pack': 1, 'dry-ice': 1.5 } as const;

/**
 * What is left of a carton's inside beside liner and coolant, and how much coolant it takes: the heat that comes through
 * the liner in `hours` at the warmest, over what a gram takes up. Null where that leaves no room. The coolant lies on top.
 * `isWished`: lined, whether or not temperature asks for it.
 */
export function insideOf(
  type: CartonType,
  items: readonly PackItem[],
  hours: number,
  rules: PackRules,
  isWished = false,
): { inside: Size; coolant: Coolant; isLined: boolean } | null {
  const { inner } = type;
  const none: Coolant = { kind: 'none', grams: 0, hours };
  if (!isWished && !items.some((item) => needsLiner(item, rules)))
    return { inside: inner, coolant: none, isLined: false };
  const thick = 2 * rules.liner.mm;
  const lined = { l: inner.l - thick, w: inner.w - thick, h: inner.h - thick };
  if (lined.l <= 0 || lined.w <= 0 || lined.h <= 0) return null;
  const maxC = rangeOf(items)?.maxC ?? Infinity;
  if (maxC >= rules.ambient.maxC) return { inside: lined, coolant: none, isLined: true };
  const kind = maxC < 0 ? 'dry-ice' : 'gel-pack';
  const m2 = (2 * (inner.l * inner.w + inner.l * inner.h + inner.w * inner.h)) / 1e6;
  const joules = rules.liner.wattsPerM2K * m2 * (rules.ambient.maxC - maxC) * hours * 3600;
  const grams = Math.ceil(joules / TAKES[kind] / 50) * 50;
  const h = Math.floor(lined.h - ((grams / DENSITY[kind]) * 1000) / (lined.l * lined.w));
  return h <= 0 ? null : { inside: { ...lined, h }, coolant: { kind, grams, hours }, isLined: true };
}
