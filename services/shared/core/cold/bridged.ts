import { type Bearable, type ColdRules, type Lengths, linedInside, needsLiner } from './coolant.ts';

/** One unit of an article, as it stands. */
export interface ColdUnit extends Lengths, Bearable {
  readonly weightG: number;
  /** 0 (a brick) to 1 (an eggshell). */
  readonly fragility?: number | null;
}

/**
 * True where one unit keeps its temperature in a carton by itself for `hours`: it bears what the carton meets, or some carton
 * holds it upright beside liner and coolant, within its weight. Whoever packs may lay it on its side besides, so that this
 * says no where he might still say yes, and never the other way round; the longer it must last, the sooner it says no.
 */
export function isBridged(unit: ColdUnit, hours: number, rules: ColdRules): boolean {
  if (!needsLiner(unit, rules)) return true;
  const wrap = (unit.fragility ?? 0) >= rules.fragileFrom ? 2 * rules.wrapMm : 0;
  const [l, w, h] = [unit.l + wrap, unit.w + wrap, unit.h + wrap];
  return rules.cartons.some(({ inner, tareG, maxWeightG }) => {
    const lined = linedInside(inner, unit.maxTempC ?? Infinity, hours, rules);
    if (lined === null || unit.weightG + tareG + lined.coolant.grams > maxWeightG) return false;
    const { inside } = lined;
    return h <= inside.h && ((l <= inside.l && w <= inside.w) || (w <= inside.l && l <= inside.w));
  });
}
