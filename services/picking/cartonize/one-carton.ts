import type { CartonType, Coolant } from '@detent/core';
import { type BoxType, keptUpright, type Placement, type Size, volumeOf } from './boxes.ts';
import { packCarefully } from './careful.ts';
import { type Effort, probeEffort, quickEffort, smallestFit } from './fit.ts';
import { insideOf, type PackItem, type PackRules, type PackWishes } from './rules.ts';
import { type Bearing, settle, standsSafely } from './stack.ts';

/** One unit in its place, millimetres from the carton's near lower left inner corner. */
export interface PackedUnit extends Omit<Placement, 'type'> {
  readonly lineId: string;
  readonly skuId: string;
}

/** Why something is not so, with the number that decides it. */
export interface Reason {
  readonly why: string;
  readonly value: number;
  readonly unit: 'g' | 'mm' | '%' | 'h' | 'cartons';
}

/** A carton that was not taken: what it would weigh, the side that is too long for it, or how full the goods would make it. */
export interface Rejected extends Reason {
  readonly typeId: string;
}

/** A carton with what is in it. */
export interface PackedCarton {
  readonly typeId: string;
  /** A carton of the catalogue, one unit as it is, or a pallet that goes as freight. */
  readonly kind: 'carton' | 'own-packaging' | 'pallet';
  /** Room for goods, millimetres: the inside without liner and coolant. */
  readonly inside: Size;
  /** What a carrier measures, millimetres. */
  readonly outer: Size;
  readonly units: readonly PackedUnit[];
  /** Share of the room for goods that they fill, 0..1. */
  readonly fill: number;
  readonly weightG: number;
  /** What a carrier charges: the weight, or the volume over its divisor where that is more. */
  readonly billableG: number;
  readonly dunnage: { readonly kind: string; readonly litres: number };
  readonly isLined: boolean;
  readonly coolant: Coolant;
  /** Why these goods are in a carton of their own, or share it. */
  readonly because: string;
  /** The carton that was wished for, and the next smaller one, with why they do not hold these goods. */
  readonly rejected: readonly Rejected[];
}

/** On what terms goods are packed. */
export interface Terms {
  /** That coolant must last. */
  readonly hours: number;
  readonly rules: PackRules;
  readonly wishes: PackWishes;
  readonly cartons: readonly CartonType[];
}

/** True where some carton of the terms holds all items, as far as a short search finds. */
export function fitsCarton(items: readonly PackItem[], terms: Terms): boolean {
  return search(items, terms, probeEffort, '') !== null;
}

/**
 * The smallest carton of the terms that holds all items under the rules, the wished one before the others; null where a
 * short search finds none. The longer one is made only where a smaller carton is not ruled out.
 */
export function smallestCarton(items: readonly PackItem[], terms: Terms, because: string): PackedCarton | null {
  const first = search(items, terms, probeEffort, because);
  if (first === null || first.isLeast) return first?.carton ?? null;
  return (search(items, terms, quickEffort, because) ?? first).carton;
}

function search(
  items: readonly PackItem[],
  terms: Terms,
  effort: Effort,
  because: string,
): { carton: PackedCarton; isLeast: boolean } | null {
  const { hours, rules, wishes } = terms;
  const types = items.map((item) => boxOf(item, rules));
  const bearings = items.map((item) => bearingOf(item, rules));
  const goodsG = items.reduce((sum, item) => sum + item.quantity * item.weightG, 0);
  const bySize = byPreference(terms);
  const lined = bySize.map((type) => insideOf(type, items, hours, rules, wishes.liner !== undefined));
  const weights = bySize.map((type, i) => goodsG + type.tareG + (lined[i]?.coolant.grams ?? 0));
  const goods = items.reduce((sum, item) => sum + item.quantity * volumeOf(item), 0);
  const { maxFill } = wishes;
  const isTooFull = (i: number) => maxFill !== undefined && goods > maxFill * volumeOf(lined[i]!.inside);
  const usable = [...bySize.keys()].filter((i) => lined[i] && weights[i]! <= bySize[i]!.maxWeightG && !isTooFull(i));
  const safe = (placements: readonly Placement[]) => standsSafely(settle(placements), bearings, rules.minSupport);
  const found = smallestFit(
    usable.map((i) => lined[i]!.inside),
    types,
    effort,
    {
      accepts: safe,
      first: (inside) => packCarefully(inside, types, bearings, rules.minSupport),
    },
  );
  if (found.container < 0) return null;
  const index = usable[found.container]!;
  const { coolant, isLined, ...room } = lined[index]!;
  const placements = settle(found.placements);
  const isPallet = terms.cartons === rules.pallets;
  // A pallet is as high as its load.
  const inside = isPallet ? { ...room.inside, h: Math.max(...placements.map(({ z, h }) => z + h)) } : room.inside;
  const type = isPallet ? { ...bySize[index]!, inner: inside } : bySize[index]!;
  const isFragile = items.some((item) => (item.fragility ?? 0) >= rules.fragileFrom);
  const wished = bySize[0]!.typeId === wishes.carton ? 0 : -1;
  const others = [wished, index - 1].filter((i, n, all) => i >= 0 && i !== index && all.indexOf(i) === n);
  const whyNot = (i: number): Reason => {
    const { maxWeightG, inner } = bySize[i]!;
    const room = lined[i];
    const full = { value: Math.round((100 * goods) / volumeOf(room?.inside ?? inner)), unit: '%' } as const;
    if (!room) return { why: 'liner and coolant leave no room in it', ...full };
    if (weights[i]! > maxWeightG)
      return { why: `it would weigh ${weights[i]!} g, it may weigh ${maxWeightG} g`, value: weights[i]!, unit: 'g' };
    if (isTooFull(i)) return { why: `the goods would fill more than ${maxFill} of it`, ...full };
    const fit = found.tried.find(({ container }) => usable[container] === i)?.fit;
    if (fit?.fits !== false) return { why: 'no safe packing was found in it', ...full };
    if (fit.why === 'too-long') return { why: 'an item is too long for it', value: longestOf(types), unit: 'mm' };
    if (fit.why === 'volume') return { why: 'the goods have more volume than it', ...full };
    return { why: 'it is proved that the goods do not fit', ...full };
  };
  const carton: PackedCarton = {
    typeId: type.typeId,
    kind: isPallet ? 'pallet' : 'carton',
    inside,
    outer: outerOf(type, rules),
    units: placements.map(({ type: n, ...at }) => ({ lineId: items[n]!.lineId, skuId: items[n]!.skuId, ...at })),
    fill: goods / volumeOf(inside),
    weightG: weights[index]!,
    billableG: Math.max(weights[index]!, dimWeightG(type, rules)),
    dunnage: isPallet
      ? { kind: 'stretch-wrap', litres: 0 }
      : {
          kind: wishes.dunnage ?? (isFragile ? 'paper-cushion' : 'air-pillow'),
          litres: Math.round((volumeOf(inside) - goods) / 1e5) / 10,
        },
    isLined,
    coolant,
    because,
    rejected: index === wished ? [] : others.map((i) => ({ typeId: bySize[i]!.typeId, ...whyNot(i) })),
  };
  const better = found.tried.filter(({ container }) => container < found.container);
  return { carton, isLeast: better.every(({ fit }) => fit.fits === false) };
}

/** Grams that a carrier takes a carton for by its outer volume. */
export function dimWeightG(type: CartonType, rules: PackRules): number {
  return Math.ceil(volumeOf(outerOf(type, rules)) / rules.dimDivisor);
}

function outerOf({ inner }: CartonType, { wallMm }: PackRules): Size {
  return { l: inner.l + 2 * wallMm, w: inner.w + 2 * wallMm, h: inner.h + 2 * wallMm };
}

function longestOf(types: readonly Size[]): number {
  return Math.max(...types.flatMap(({ l, w, h }) => [l, w, h]));
}

/** Cartons from the smallest, but the wished one first. */
function byPreference({ cartons, wishes }: Terms): CartonType[] {
  const isLast = ({ typeId }: CartonType) => Number(typeId !== wishes.carton);
  return [...cartons].sort((a, b) => isLast(a) - isLast(b) || volumeOf(a.inner) - volumeOf(b.inner));
}

function boxOf(item: PackItem, rules: PackRules): BoxType {
  const wrap = (item.fragility ?? 0) >= rules.fragileFrom ? 2 * rules.wrapMm : 0;
  const size = { l: Math.ceil(item.l + wrap), w: Math.ceil(item.w + wrap), h: Math.ceil(item.h + wrap) };
  return { ...size, count: item.quantity, ...(item.keepUpright && { upright: keptUpright }) };
}

function bearingOf(item: PackItem, rules: PackRules): Bearing {
  const bears = (item.fragility ?? 0) >= rules.fragileFrom ? 0 : Infinity;
  return { weightG: item.weightG, maxTopLoadG: item.maxTopLoadG ?? bears };
}
