import { type Bearable, type CartonType, type ColdRules, type Lengths, linedInside, needsLiner } from './coolant.ts';

/** One unit of an article, as it stands. */
export interface ColdUnit extends Lengths, Bearable {
  readonly weightG: number;
  /** 0 (a brick) to 1 (an eggshell). */
  readonly fragility?: number | null;
  /** What it bears on top, grams; absent: anything, but nothing where it is fragile. */
  readonly maxTopLoadG?: number | null;
}

/** Units of one article. */
export interface ColdLine {
  readonly unit: ColdUnit;
  readonly quantity: number;
}

/** A line in cartons of its own, all of one type, each with as many units as it holds. */
export interface KeptLine {
  readonly type: CartonType;
  readonly perCarton: number;
  /** Of all its cartons. */
  readonly coolantG: number;
}

/** Whether cartons keep the temperature of goods by themselves, and what that takes. */
export interface Keeping {
  /** True where they do, within the limit. */
  readonly isKept: boolean;
  /** By line; null for goods that bear what a carton meets, and for those that no carton holds. */
  readonly lines: readonly (KeptLine | null)[];
  /** First line of which no carton holds a unit beside liner and coolant; -1 where there is none. */
  readonly homeless: number;
  /** Coolant for the lines that some carton holds, and most that may be taken along for these goods, grams. */
  readonly coolantG: number;
  readonly mostG: number;
}

/**
 * Judges whether goods keep their temperature in cartons for `hours`: every unit fits some carton upright beside liner and
 * coolant, within its weight, and the coolant weighs no more than `maxCoolant` times the cold goods. It is reckoned for
 * each line in cartons of its own, of the type that takes least: a way to pack that is always open, though others may do
 * with less. Coolant for no longer than hand-over (`bridgeHours`) has no limit. The longer it must last, the more it
 * takes, and the sooner the answer is no.
 */
export function keepCold(goods: readonly ColdLine[], hours: number, rules: ColdRules): Keeping {
  let [homeless, coolantG, coldG] = [-1, 0, 0];
  const lines = goods.map((line, index) => {
    if (!needsLiner(line.unit, rules)) return null;
    coldG += line.quantity * line.unit.weightG;
    const kept = coolestOf(line, hours, rules);
    if (kept === null && homeless < 0) homeless = index;
    coolantG += kept?.coolantG ?? 0;
    return kept;
  });
  const mostG = rules.maxCoolant * coldG;
  return {
    isKept: homeless < 0 && (coolantG <= mostG || hours <= rules.bridgeHours),
    lines,
    homeless,
    coolantG,
    mostG,
  };
}

/** The cartons that keep a line with least coolant, the first of the catalogue among equals; null where none holds a unit. */
function coolestOf({ unit, quantity }: ColdLine, hours: number, rules: ColdRules): KeptLine | null {
  let best: KeptLine | null = null;
  for (const type of rules.cartons) {
    const lined = linedInside(type.inner, unit.maxTempC ?? Infinity, hours, rules);
    if (lined === null) continue;
    const { inside, coolant } = lined;
    const perCarton = Math.min(
      unitsIn(inside, unit, rules),
      Math.floor((type.maxWeightG - type.tareG - coolant.grams) / unit.weightG),
    );
    if (perCarton < 1) continue;
    const coolantG = Math.ceil(quantity / perCarton) * coolant.grams;
    if (best === null || coolantG < best.coolantG) best = { type, perCarton, coolantG };
  }
  return best;
}

/** Upright units that a room holds in rows and layers, as high as they may be stacked. */
function unitsIn(inside: Lengths, unit: ColdUnit, { fragileFrom, wrapMm }: ColdRules): number {
  const isFragile = (unit.fragility ?? 0) >= fragileFrom;
  const wrap = isFragile ? 2 * wrapMm : 0;
  const [l, w, h] = [unit.l + wrap, unit.w + wrap, unit.h + wrap];
  const bearsG = unit.maxTopLoadG ?? (isFragile ? 0 : Infinity);
  const layers = Math.min(Math.floor(inside.h / h), 1 + Math.floor(bearsG / unit.weightG));
  const along = Math.floor(inside.l / l) * Math.floor(inside.w / w);
  const across = Math.floor(inside.l / w) * Math.floor(inside.w / l);
  return layers * Math.max(along, across);
}
