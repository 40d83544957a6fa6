import { needsLiner } from '@detent/core';
import { dimWeightG, fitsCarton, type PackedCarton, type Reason, type Terms } from './one-carton.ts';
import type { PackItem, PackRules, PackWishes } from './rules.ts';

/** What was wished for, or would be better, with its number, and why it is not so. */
export interface Dropped extends Reason {
  readonly what: string;
}

/** Easier terms, on which a unit fits a carton, with what is given up for it. */
export interface Easing {
  readonly terms: Terms;
  readonly dropped: readonly Dropped[];
}

/** One thing that can be given up. */
interface Step extends Omit<Reason, 'why'> {
  readonly what: string;
  readonly ease: (terms: Terms) => Terms;
}

/** Terms on which one unit of an item fits a carton, giving up as little as will do; else its limit, and what to do. */
export function easingFor(item: PackItem, terms: Terms): Easing | { limit: string; advice: string } {
  const one = { ...item, quantity: 1 };
  const fits = (on: Terms, unit: PackItem = one) => fitsCarton([unit], on);
  const limit = limitOf(item, terms, fits);
  const steps = stepsFor(item, terms);
  for (const given of [...steps.map((step) => [step]), ...(steps.length > 1 ? [steps] : [])]) {
    const eased = given.reduce((on, { ease }) => ease(on), terms);
    if (!fits(eased)) continue;
    const why = `line ${item.lineId}: ${limit.limit}`;
    return { terms: eased, dropped: given.map(({ what, value, unit }) => ({ what, why, value, unit })) };
  }
  return limit;
}

/** What can be given up: wishes. */
function stepsFor(item: PackItem, { rules, wishes }: Terms): Step[] {
  const steps: Step[] = [];
  const isCold = needsLiner(item, rules);
  if (wishes.maxFill !== undefined)
    steps.push({
      ...{
        what: `goods filling at most ${wishes.maxFill}`,
        value: Math.round(100 * wishes.maxFill),
        unit: '%' as const,
      },
      ease: (on) => without(on, 'maxFill'),
    });
  if (wishes.liner !== undefined && !isCold)
    steps.push({
      what: `liner ${wishes.liner}`,
      value: rules.liner.mm,
      unit: 'mm',
      ease: (on) => without(on, 'liner'),
    });
  return steps;
}

function without(terms: Terms, wish: keyof PackWishes): Terms {
  const { [wish]: _, ...wishes } = terms.wishes;
  return { ...terms, wishes };
}

/** Why one unit alone goes into no carton, and what to do. */
function limitOf(
  item: PackItem,
  terms: Terms,
  fits: (on: Terms, unit: PackItem) => boolean,
): { limit: string; advice: string } {
  const { rules, hours, wishes } = terms;
  const size = `${item.l}×${item.w}×${item.h} mm`;
  const { minTempC: _min, maxTempC: _max, ...warm } = { ...item, quantity: 1 };
  const plain = { ...terms, wishes: {} };
  if (needsLiner(item, rules) && fits(plain, warm)) {
    return {
      limit: `${size}, ${item.weightG} g fits no carton beside the liner and the coolant for ${hours} h`,
      advice: 'hand it to a service of its temperature as it is',
    };
  }
  if (fits(plain, { ...item, quantity: 1 })) {
    const asked =
      wishes.maxFill === undefined ? `beside the liner ${wishes.liner}` : `filled to ${wishes.maxFill} at most`;
    return { limit: `${size} fits no carton ${asked}`, advice: 'change the playbook' };
  }
  if (fits(plain, { ...warm, weightG: 0 }))
    return {
      limit: `one unit weighs ${item.weightG} g, more than any carton that it fits may hold`,
      advice: 'ship it as freight',
    };
  const upright = item.keepUpright ? ' upright' : '';
  return { limit: `${size} fits no carton${upright}`, advice: 'ship it as freight of its own' };
}

/** One unit as a parcel in the packaging that it has; null where it is too large or too heavy for one. */
export function parcelOf(item: PackItem, limit: string, rules: PackRules): PackedCarton | null {
  const { lineId, skuId, l, w, h, weightG } = item;
  const [c, b, a] = [l, w, h].sort((p, q) => p - q) as [number, number, number];
  const { maxLengthMm, maxGirthMm, maxWeightG } = rules.own;
  if (a > maxLengthMm || a + 2 * (b + c) > maxGirthMm || weightG > maxWeightG) return null;
  const type = { typeId: 'own-packaging', inner: { l, w, h }, tareG: 0, maxWeightG };
  return {
    typeId: type.typeId,
    kind: 'own-packaging',
    inside: type.inner,
    outer: type.inner,
    units: [{ lineId, skuId, x: 0, y: 0, z: 0, l, w, h }],
    fill: 1,
    weightG,
    billableG: Math.max(weightG, dimWeightG(type, { ...rules, wallMm: 0 })),
    dunnage: { kind: 'none', litres: 0 },
    isLined: false,
    coolant: { kind: 'none', grams: 0, hours: 0 },
    because: `line ${lineId} goes in its own packaging: ${limit}`,
    rejected: [],
  };
}
