import { UcumLhcUtils } from '@lhncbc/ucum-lhc';

/** How values of one unit become those of another: `offset + factor × value`. Or why they do not. */
export type Conversion = { ok: true; factor: number; offset: number } | { ok: false; why: string };

const MANY = 10_000;
const conversions = new Map<string, Conversion>();
const PROBE = 1000;

/**
 * The conversion between two UCUM units, computed once per pair. Refused are codes that UCUM does not have, units of
 * different kinds, and scales that are not linear (decibel, pH), for which one factor would be wrong.
 */
export function conversion(from: string, to: string): Conversion {
  const pair = `${from} ${to}`;
  let found = conversions.get(pair);
  if (found === undefined) {
    found = from === to ? { ok: true, factor: 1, offset: 0 } : compute(from, to);
    // Units come from outside: whoever makes them up by the million shall not fill the memory.
    if (conversions.size >= MANY) conversions.clear();
    conversions.set(pair, found);
  }
  return found;
}

/** Converts, rounded to 1e-9 of the target unit: what lies below is the arithmetic's own noise. */
export function convert(value: number, { factor, offset }: { factor: number; offset: number }): number {
  if (factor === 1 && offset === 0) return value;
  const converted = offset + factor * value;
  const rounded = Math.round(converted * 1e9) / 1e9;
  return Number.isFinite(rounded) ? rounded : converted;
}

function compute(from: string, to: string): Conversion {
  const ucum = UcumLhcUtils.getInstance();
  const at = (value: number): number | string => {
    const { status, toVal, msg } = ucum.convertUnitTo(from, value, to);
    // A message beside a value is a guess at what an invalid code may have meant.
    return status === 'succeeded' && toVal !== null && msg.length === 0
      ? toVal
      : msg.join(' ').replace(/\s+/g, ' ') || 'it is empty';
  };
  const [zero, half, probe] = [at(0), at(PROBE / 2), at(PROBE)];
  for (const result of [zero, half, probe]) if (typeof result === 'string') return { ok: false, why: result };
  const [a, h, b] = [zero as number, half as number, probe as number];
  const bend = Math.abs(a + b - 2 * h);
  if (!Number.isFinite(bend) || bend > 1e-9 * (Math.abs(a) + Math.abs(b)))
    return { ok: false, why: `${from} is not proportional to ${to}` };
  return { ok: true, factor: (b - a) / PROBE, offset: a };
}
