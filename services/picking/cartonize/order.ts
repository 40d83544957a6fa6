import { type Keeping, keepCold, needsLiner } from '@detent/core';
import { volumeOf } from './boxes.ts';
import { type Dropped, type Easing, easingFor, parcelOf } from './easing.ts';
import { fitsCarton, type PackedCarton, smallestCarton, type Terms } from './one-carton.ts';
import { mayShare, type PackItem, type PackRules, type PackWishes, rangeOf } from './rules.ts';

/** What comes of an order: its cartons, or the item that nothing takes, which limit it breaks, and what to do. */
export type PackedOrder = Packed | { readonly unpackable: Unpackable };

export interface Packed {
  readonly cartons: readonly PackedCarton[];
  /** Hours that the coolant lasts. */
  readonly hours: number;
  /**
   * Ranges that a service must keep, degrees Celsius, where the coolant lasts for hand-over alone; empty where the cartons
   * keep their temperature by themselves.
   */
  readonly controlled: readonly { readonly minC: number; readonly maxC: number }[];
  /** What was wished for, or would be better, and why it is not so. */
  readonly dropped: readonly Dropped[];
}

export interface Unpackable {
  readonly lineId: string;
  readonly limit: string;
  readonly advice: string;
}

/**
 * Packs an order into as few cartons as it finds, each the smallest that holds its goods under the rules: standing as
 * they may, bearing what they may, within the weight limit, with no goods beside others that must be apart. Coolant
 * lasts for all `hours` until delivery where cartons keep the goods so (`keepCold`), and then weighs no more than that
 * allows; else for `bridgeHours`, and the order needs a service of its temperature. What fits no carton goes as it is, and what is no parcel on a pallet.
 * Deterministic. Quantities are whole and lengths are positive, or it throws.
 */
export function packOrder(
  items: readonly PackItem[],
  hours: number,
  rules: PackRules,
  wishes: PackWishes = {},
): PackedOrder {
  const units = count(items);
  for (const item of items) {
    if (!(item.l > 0 && item.w > 0 && item.h > 0 && item.quantity > 0 && Number.isInteger(item.quantity)))
      throw new RangeError(`line ${item.lineId}: packing needs a whole quantity and three lengths above 0`);
  }
  if (units > rules.maxUnits) {
    const limit = `the order has ${units} units, parcels at most ${rules.maxUnits}`;
    return { unpackable: { lineId: items[0]!.lineId, limit, advice: 'ship it as freight on pallets' } };
  }
  const dropped: Dropped[] = [];
  if (wishes.carton !== undefined && !rules.cartons.some(({ typeId }) => typeId === wishes.carton)) {
    const names = rules.cartons.map(({ typeId }) => typeId).join(', ');
    const why = `the catalogue has no such carton; it has ${names}`;
    dropped.push({ what: `carton ${wishes.carton}`, why, value: rules.cartons.length, unit: 'cartons' });
  }
  const stood = wishes.keepUpright ? items.map((item) => ({ ...item, keepUpright: true })) : items;
  const keeping = keepCold(
    items.map((unit) => ({ unit, quantity: unit.quantity })),
    hours,
    rules,
  );
  const { isKept } = keeping;
  if (!isKept && hours > rules.bridgeHours) dropped.push(whyHanded(keeping, items, hours, rules));
  const lasts = isKept ? hours : Math.min(hours, rules.bridgeHours);
  let terms: Terms = { hours: lasts, rules, wishes, cartons: rules.cartons };
  // Each easing can be made but once.
  for (;;) {
    const packed = packGroups(stood, terms);
    if ('unpackable' in packed) return packed;
    if ('cartons' in packed) {
      return {
        cartons: withinLimit(packed.cartons, stood, keeping, terms),
        hours: lasts,
        controlled: isKept ? [] : rangesOf(items, rules),
        dropped,
      };
    }
    terms = packed.terms;
    dropped.push(...packed.dropped);
  }
}

/** Packs on the terms given, or says with which others it must be tried, or why it cannot be. */
function packGroups(
  items: readonly PackItem[],
  terms: Terms,
): { cartons: PackedCarton[] } | Easing | { unpackable: Unpackable } {
  const cartons: PackedCarton[] = [];
  for (const group of groupsOf(items, terms)) {
    const isAll = group.length === items.length;
    const because = isAll ? 'all goods share it' : whyApart(group, items, terms);
    const whole = smallestCarton(group, terms, because);
    if (whole) {
      cartons.push(whole);
      continue;
    }
    const boxed: PackItem[] = [];
    const large: PackItem[] = [];
    for (const item of group) {
      const one = [{ ...item, quantity: 1 }];
      if (fitsCarton(one, terms)) {
        boxed.push(item);
        continue;
      }
      const easing = easingFor(item, terms);
      if ('terms' in easing) return easing;
      const parcel = needsLiner(item, terms.rules) ? null : parcelOf(item, easing.limit, terms.rules);
      if (parcel) cartons.push(...Array<PackedCarton>(item.quantity).fill(parcel));
      else if (!needsLiner(item, terms.rules) && fitsCarton(one, freight(terms))) large.push(item);
      else return { unpackable: { lineId: item.lineId, ...easing } };
    }
    for (const load of splitUp(boxed, terms)) cartons.push(smallestCarton(load, terms, whyApart(load, items, terms))!);
    for (const load of splitUp(large, freight(terms))) {
      const why = `line ${load[0]!.lineId} is no parcel: it goes as freight`;
      cartons.push(smallestCarton(load, freight(terms), why)!);
    }
  }
  return { cartons };
}

/** Why coolant does not last until delivery. */
function whyHanded(keeping: Keeping, items: readonly PackItem[], hours: number, rules: PackRules): Dropped {
  const { homeless, coolantG, mostG } = keeping;
  const what = `coolant for ${hours} h`;
  if (homeless < 0) {
    const why = `it would weigh ${coolantG} g, more than ${rules.maxCoolant} times the cold goods (${mostG} g)`;
    return { what, why, value: coolantG, unit: 'g' };
  }
  const { lineId, l, w, h, weightG } = items[homeless]!;
  const why = `line ${lineId}: ${l}×${w}×${h} mm, ${weightG} g stands in no carton beside the liner and that coolant`;
  return { what, why, value: hours, unit: 'h' };
}

function coolantOf(cartons: readonly PackedCarton[]): number {
  return cartons.reduce((sum, { coolant }) => sum + coolant.grams, 0);
}

/**
 * The cartons, but cold goods line by line in those that take least coolant, where otherwise that would weigh more than it may:
 * by a playbook's wish for a large carton, or because lines share one.
 */
function withinLimit(
  cartons: readonly PackedCarton[],
  items: readonly PackItem[],
  { isKept, lines, mostG }: Keeping,
  terms: Terms,
): readonly PackedCarton[] {
  if (!isKept || terms.hours <= terms.rules.bridgeHours || coolantOf(cartons) <= mostG) return cartons;
  const { dunnage } = terms.wishes;
  const wishes: PackWishes = dunnage === undefined ? {} : { dunnage };
  const apart: PackedCarton[] = [];
  for (const [index, item] of items.entries()) {
    const kept = lines[index];
    if (!kept) continue;
    for (let left = item.quantity; left > 0; left -= kept.perCarton) {
      const load = [{ ...item, quantity: Math.min(left, kept.perCarton) }];
      const on = { ...terms, wishes, cartons: [kept.type] };
      const carton = smallestCarton(load, on, `line ${item.lineId} takes less coolant apart`);
      // Rows and layers of equal units are what is tried first, so that this is only a precaution.
      if (carton === null) return cartons;
      apart.push(carton);
    }
  }
  const cold = new Set(apart.map(({ units }) => units[0]!.lineId));
  return [...cartons.filter(({ units }) => !cold.has(units[0]!.lineId)), ...apart];
}

function freight(terms: Terms): Terms {
  return { ...terms, wishes: {}, cartons: terms.rules.pallets };
}

/** Sets of items of which any two may share a carton, the largest items first. */
function groupsOf(items: readonly PackItem[], { rules, wishes }: Terms): PackItem[][] {
  const groups: PackItem[][] = [];
  for (const item of [...items].sort((a, b) => volumeOf(b) - volumeOf(a) || (a.lineId < b.lineId ? -1 : 1))) {
    const group = wishes.separate
      ? undefined
      : groups.find((all) => all.every((other) => mayShare(item, other, rules)));
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** Divides a group into loads that a carton holds, each line as far as it goes into those begun. */
function splitUp(group: readonly PackItem[], terms: Terms): PackItem[][] {
  const loads: PackItem[][] = [];
  for (const item of group) {
    let left = item.quantity;
    for (const load of loads) left -= addTo(load, item, left, terms);
    while (left > 0) {
      const load: PackItem[] = [];
      left -= addTo(load, item, left, terms);
      loads.push(load);
    }
  }
  return loads;
}

/** Puts as many units of an item into a load as some carton still holds, and returns how many. */
function addTo(load: PackItem[], item: PackItem, most: number, terms: Terms): number {
  if (most <= 0) return 0;
  let low = 0;
  let high = most + 1;
  for (let tried = most; high - low > 1; tried = (low + high) >> 1) {
    if (fitsCarton([...load, { ...item, quantity: tried }], terms)) low = tried;
    else high = tried;
  }
  if (low > 0) load.push({ ...item, quantity: low });
  return low;
}

function whyApart(load: readonly PackItem[], items: readonly PackItem[], { rules, wishes }: Terms): string {
  const apart = items.find((other) => load.some((item) => !mayShare(item, other, rules)));
  if (apart === undefined)
    return wishes.separate && items.length > 1
      ? 'the playbook keeps lines apart'
      : 'one carton does not hold all goods';
  const mine = load.find((item) => !mayShare(item, apart, rules))!;
  return mayShare({ ...mine, hazmatClass: '' }, apart, rules)
    ? `hazard class ${mine.hazmatClass} must not travel with ${apart.hazmatClass}`
    : `line ${mine.lineId} needs another temperature than line ${apart.lineId}`;
}

/** The ranges that cold goods need, those that one can keep for several together. */
function rangesOf(items: readonly PackItem[], rules: PackRules): { minC: number; maxC: number }[] {
  const groups: PackItem[][] = [];
  for (const item of items.filter((each) => needsLiner(each, rules))) {
    const group = groups.find((others) => rangeOf([...others, item]) !== null);
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups.map((group) => rangeOf(group)!);
}

function count(items: readonly PackItem[]): number {
  return items.reduce((sum, item) => sum + item.quantity, 0);
}
