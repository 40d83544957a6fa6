import { type BoxType, keptUpright, type Placement, type Size, volumeOf } from './boxes.ts';
import { packCarefully } from './careful.ts';
import { type Effort, type Fit, quickEffort, smallestFit } from './fit.ts';
import { type CartonType, type Coolant, insideOf, mayShare, type PackItem, type PackRules } from './rules.ts';
import { type Bearing, settle, standsSafely } from './stack.ts';

/** One unit in its place, millimetres from the carton's near lower left inner corner. */
export interface PackedUnit extends Omit<Placement, 'type'> {
  readonly lineId: string;
  readonly skuId: string;
}

/** A carton with what is in it. */
export interface PackedCarton {
  readonly typeId: string;
  /** Room for goods, millimetres: the inside without liner and coolant. */
  readonly inside: Size;
  readonly units: readonly PackedUnit[];
  /** Share of the room for goods that they fill, 0..1. */
  readonly fill: number;
  readonly weightG: number;
  /** What a carrier charges: the weight, or the volume over its divisor where that is more. */
  readonly billableG: number;
  readonly dunnage: { readonly kind: 'paper-cushion' | 'air-pillow'; readonly litres: number };
  readonly isLined: boolean;
  readonly coolant: Coolant;
  /** Why these goods are in a carton of their own, or share it. */
  readonly because: string;
  /** The next smaller carton, and why it does not hold these goods. */
  readonly rejected: readonly { readonly typeId: string; readonly why: string }[];
}

/** What comes of an order: its cartons, or the item that no carton takes, which limit it breaks, and what to do. */
export type PackedOrder =
  | { readonly cartons: readonly PackedCarton[] }
  | { readonly unpackable: { readonly lineId: string; readonly limit: string; readonly advice: string } };

/** Work for the question how many more units a carton takes; asked often. */
const PROBE: Effort = { steps: 200, nodes: 50 };

/**
 * Packs an order into as few cartons as it finds, each the smallest that holds its goods under the rules: standing as
 * they may, bearing what they may, within the weight limit, with no goods beside others that must be apart. `hours`
 * until delivery set the coolant. Deterministic. Quantities are whole and lengths are positive, or it throws.
 */
export function packOrder(items: readonly PackItem[], hours: number, rules: PackRules): PackedOrder {
  const units = items.reduce((sum, item) => sum + item.quantity, 0);
  for (const item of items) {
    if (!(item.l > 0 && item.w > 0 && item.h > 0 && item.quantity > 0 && Number.isInteger(item.quantity)))
      throw new RangeError(`line ${item.lineId}: packing needs a whole quantity and three lengths above 0`);
  }
  if (units > rules.maxUnits) {
    const limit = `the order has ${units} units, parcels at most ${rules.maxUnits}`;
    return { unpackable: { lineId: items[0]!.lineId, limit, advice: 'ship it as freight on pallets' } };
  }
  const cartons: PackedCarton[] = [];
  for (const item of items) {
    const limit = limitOf(item, hours, rules);
    if (limit) return { unpackable: { lineId: item.lineId, ...limit } };
  }
  for (const group of groupsOf(items, rules)) {
    for (const load of splitUp(group, hours, rules)) {
      const because =
        cartons.length === 0 && units === count(load) ? 'all goods share it' : whyApart(load, items, rules);
      cartons.push(smallestCarton(load, hours, rules, quickEffort, because)!);
    }
  }
  return { cartons };
}

/** Why one unit alone goes into no carton, and what to do; null where one takes it. */
function limitOf(item: PackItem, hours: number, rules: PackRules): { limit: string; advice: string } | null {
  const one = [{ ...item, quantity: 1 }];
  if (smallestCarton(one, hours, rules, PROBE, '')) return null;
  const size = `${item.l}×${item.w}×${item.h} mm`;
  const bare = { ...one[0]!, weightG: 0 };
  if (smallestCarton([bare], hours, rules, PROBE, '')) {
    return {
      limit: `one unit weighs ${item.weightG} g, more than any carton that it fits may hold`,
      advice: 'ship it as freight',
    };
  }
  const { minTempC: _min, maxTempC: _max, ...warm } = bare;
  if (smallestCarton([warm], hours, rules, PROBE, '')) {
    return {
      limit: `${size} fits no carton beside the liner and the coolant for ${hours} h`,
      advice: 'choose a faster service, or a chilled one',
    };
  }
  return {
    limit: `${size} fits no carton${item.keepUpright ? ' upright' : ''}`,
    advice: 'ship it in its own packaging',
  };
}

/** Sets of items of which any two may share a carton, the largest items first. */
function groupsOf(items: readonly PackItem[], rules: PackRules): PackItem[][] {
  const groups: PackItem[][] = [];
  for (const item of [...items].sort((a, b) => volumeOf(b) - volumeOf(a) || (a.lineId < b.lineId ? -1 : 1))) {
    const group = groups.find((others) => others.every((other) => mayShare(item, other, rules)));
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** Divides a group into loads that a carton holds: one where it can, else each line as far as it goes into those begun. */
function splitUp(group: readonly PackItem[], hours: number, rules: PackRules): PackItem[][] {
  if (smallestCarton(group, hours, rules, PROBE, '')) return [[...group]];
  const loads: PackItem[][] = [];
  for (const item of group) {
    let left = item.quantity;
    for (const load of loads) left -= addTo(load, item, left, hours, rules);
    while (left > 0) {
      const load: PackItem[] = [];
      left -= addTo(load, item, left, hours, rules);
      loads.push(load);
    }
  }
  return loads;
}

/** Puts as many units of an item into a load as some carton still holds, and returns how many. */
function addTo(load: PackItem[], item: PackItem, most: number, hours: number, rules: PackRules): number {
  if (most <= 0) return 0;
  let low = 0;
  let high = most + 1;
  for (let tried = most; high - low > 1; tried = (low + high) >> 1) {
    if (smallestCarton([...load, { ...item, quantity: tried }], hours, rules, PROBE, '')) low = tried;
    else high = tried;
  }
  if (low > 0) load.push({ ...item, quantity: low });
  return low;
}

function smallestCarton(
  items: readonly PackItem[],
  hours: number,
  rules: PackRules,
  effort: Effort,
  because: string,
): PackedCarton | null {
  const types = items.map((item) => boxOf(item, rules));
  const bearings = items.map((item) => bearingOf(item, rules));
  const goodsG = items.reduce((sum, item) => sum + item.quantity * item.weightG, 0);
  const bySize = [...rules.cartons].sort((a, b) => volumeOf(a.inner) - volumeOf(b.inner));
  const lined = bySize.map((type) => insideOf(type, items, hours, rules));
  const weights = bySize.map((type, i) => goodsG + type.tareG + (lined[i]?.coolant.grams ?? 0));
  const usable = [...bySize.keys()].filter((i) => lined[i] && weights[i]! <= bySize[i]!.maxWeightG);
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
  const type = bySize[index]!;
  const { inside, coolant, isLined } = lined[index]!;
  const placements = settle(found.placements);
  const goods = items.reduce((sum, item) => sum + item.quantity * volumeOf(item), 0);
  const isFragile = items.some((item) => (item.fragility ?? 0) >= rules.fragileFrom);
  const smaller = bySize[index - 1];
  const tried = found.tried.find(({ container }) => usable[container] === index - 1);
  return {
    typeId: type.typeId,
    inside,
    units: placements.map(({ type: n, ...at }) => ({ lineId: items[n]!.lineId, skuId: items[n]!.skuId, ...at })),
    fill: goods / volumeOf(inside),
    weightG: weights[index]!,
    billableG: Math.max(weights[index]!, dimWeightG(type, rules)),
    dunnage: {
      kind: isFragile ? 'paper-cushion' : 'air-pillow',
      litres: Math.round((volumeOf(inside) - goods) / 1e5) / 10,
    },
    isLined,
    coolant,
    because,
    rejected:
      smaller === undefined
        ? []
        : [{ typeId: smaller.typeId, why: whyNot(lined[index - 1]!, weights[index - 1]!, smaller, tried?.fit) }],
  };
}

/** Grams that a carrier takes a carton for by its outer volume. */
export function dimWeightG({ inner }: CartonType, { wallMm, dimDivisor }: PackRules): number {
  const cm3 = ((inner.l + 2 * wallMm) * (inner.w + 2 * wallMm) * (inner.h + 2 * wallMm)) / 1000;
  return Math.ceil((1000 * cm3) / dimDivisor);
}

function whyNot(lined: object | null, weightG: number, type: CartonType, fit: Fit | undefined): string {
  if (lined === null) return 'liner and coolant leave no room in it';
  if (weightG > type.maxWeightG) return `it would weigh ${weightG} g, it may weigh ${type.maxWeightG} g`;
  if (fit?.fits === false) {
    if (fit.why === 'too-long') return 'an item is too long for it';
    return fit.why === 'volume' ? 'the goods have more volume than it' : 'it is proved that the goods do not fit';
  }
  return 'no safe packing was found in it';
}

function whyApart(load: readonly PackItem[], items: readonly PackItem[], rules: PackRules): string {
  const apart = items.find((other) => load.some((item) => !mayShare(item, other, rules)));
  if (apart === undefined) return 'one carton does not hold all goods';
  const mine = load.find((item) => !mayShare(item, apart, rules))!;
  return mayShare({ ...mine, hazmatClass: '' }, apart, rules)
    ? `hazard class ${mine.hazmatClass} must not travel with ${apart.hazmatClass}`
    : `line ${mine.lineId} needs another temperature than line ${apart.lineId}`;
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

function count(items: readonly PackItem[]): number {
  return items.reduce((sum, item) => sum + item.quantity, 0);
}
