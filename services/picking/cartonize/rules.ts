import {
  type CartonType,
  type ColdRules,
  type Coolant,
  cartonOf,
  defaultColdRules,
  linedInside,
  needsLiner,
} from '@detent/core';
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

/** The rules of packing. */
export interface PackRules extends ColdRules {
  readonly wallMm: number;
  /** Cubic centimetres that a carrier charges as one kilogram. */
  readonly dimDivisor: number;
  /** Share of its base that an item must stand on, 0..1; filling supports the rest. */
  readonly minSupport: number;
  /** Pairs of hazard classes that may share a carton; others that differ may not. */
  readonly hazmatTogether: readonly (readonly [string, string])[];
  /** Orders of more units go as freight. */
  readonly maxUnits: number;
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

/** Cartons and liner as all know them, and a divisor of 5,000 cm³/kg. */
export const defaultPackRules: PackRules = {
  ...defaultColdRules,
  wallMm: 4,
  dimDivisor: 5_000,
  minSupport: 0.5,
  hazmatTogether: [
    ['3', '9'],
    ['6.1', '9'],
    ['8', '9'],
  ],
  maxUnits: 200,
  own: { maxLengthMm: 1_200, maxGirthMm: 3_000, maxWeightG: 31_500 },
  pallets: [
    cartonOf('half-pallet', 800, 600, 1_500, 10_000, 350_000),
    cartonOf('pallet', 1_200, 800, 1_800, 25_000, 700_000),
    cartonOf('long-pallet', 2_400, 1_200, 1_800, 60_000, 1_200_000),
  ],
};

/** Range that a set of items must keep together; null where they have none in common. */
export function rangeOf(items: readonly PackItem[]): { minC: number; maxC: number } | null {
  const minC = Math.max(-Infinity, ...items.map((item) => item.minTempC ?? -Infinity));
  const maxC = Math.min(Infinity, ...items.map((item) => item.maxTempC ?? Infinity));
  return minC <= maxC ? { minC, maxC } : null;
}

/** True where two items may share a carton: as to hazard, to temperature, and to whether a liner is needed. */
export function mayShare(a: PackItem, b: PackItem, rules: PackRules): boolean {
  const [p, q] = [a.hazmatClass, b.hazmatClass];
  const isSafe =
    !p || !q || p === q || rules.hazmatTogether.some(([r, s]) => (r === p && s === q) || (r === q && s === p));
  return isSafe && needsLiner(a, rules) === needsLiner(b, rules) && rangeOf([a, b]) !== null;
}

/**
 * What is left of a carton's inside beside liner and coolant for `hours`, and how much coolant it takes. Null where that
 * leaves no room. `isWished`: lined, whether or not temperature asks for it.
 */
export function insideOf(
  type: CartonType,
  items: readonly PackItem[],
  hours: number,
  rules: PackRules,
  isWished = false,
): { inside: Size; coolant: Coolant; isLined: boolean } | null {
  const { inner } = type;
  if (!isWished && !items.some((item) => needsLiner(item, rules)))
    return { inside: inner, coolant: { kind: 'none', grams: 0, hours }, isLined: false };
  const lined = linedInside(inner, rangeOf(items)?.maxC ?? Infinity, hours, rules);
  return lined && { ...lined, isLined: true };
}
