/** Temperatures from `minC` to `maxC`, °C; a bound that nobody said is null or absent. */
export interface Range {
  minC?: number | null | undefined;
  maxC?: number | null | undefined;
}

/** Why goods may not be kept somewhere. `value`: the bound of the place that is too cold or too warm, °C; absent: unknown. */
export interface RangeFault {
  reason: string;
  value?: number;
}

/**
 * What stands against keeping goods that need one range where another is kept; undefined: nothing. Of two broken bounds it
 * names the one that is missed by more. A bound that the goods need and the place does not tell is broken too, and said as
 * not known.
 */
export function rangeFault(needed: Range, kept: Range): RangeFault | undefined {
  const { minC, maxC } = needed;
  const colder = isSaid(minC) && isSaid(kept.minC) ? minC - kept.minC : 0;
  const warmer = isSaid(maxC) && isSaid(kept.maxC) ? kept.maxC - maxC : 0;
  if (warmer > 0 && warmer >= colder) {
    return { reason: `may get warmer than the ${maxC} °C that the goods need`, value: kept.maxC! };
  }
  if (colder > 0) return { reason: `may get colder than the ${minC} °C that the goods need`, value: kept.minC! };
  const need = `the goods need ${rangeText(needed)}`;
  const [lacksMin, lacksMax] = [isSaid(minC) && !isSaid(kept.minC), isSaid(maxC) && !isSaid(kept.maxC)];
  if (!isSaid(kept.minC) && !isSaid(kept.maxC) && (lacksMin || lacksMax)) {
    return { reason: `its temperatures are not known, and ${need}` };
  }
  if (lacksMax) return { reason: `how warm it may get is not known, and ${need}` };
  if (lacksMin) return { reason: `how cold it may get is not known, and ${need}` };
  return undefined;
}

function rangeText({ minC, maxC }: Range): string {
  if (!isSaid(minC)) return `${maxC} °C or below`;
  return isSaid(maxC) ? `${minC} to ${maxC} °C` : `${minC} °C or above`;
}

function isSaid(bound: number | null | undefined): bound is number {
  return bound != null;
}
