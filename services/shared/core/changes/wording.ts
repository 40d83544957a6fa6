import type { Compiled } from '../conditions/compile.ts';
import type { Leaf, Op, Side } from '../conditions/table.ts';
import type { Value } from '../engine/types.ts';

const SIGNS: Readonly<Record<Op, string>> = { '==': '=', '!=': '≠', '<': '<', '<=': '≤', '>': '>', '>=': '≥' };
const OPPOSITE: Readonly<Record<Op, Op>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const DAY_MS = 86_400_000;

/** A value as messages carry it; null: missing. */
export function valueAt<S>(compiled: Compiled<S>, subject: S, now: number): Value | null {
  if (compiled.type === 'string') return compiled.text(subject, now) ?? null;
  const value = compiled.num(subject, now);
  if (Number.isNaN(value)) return null;
  return compiled.type === 'boolean' ? value === 1 : value;
}

/** Leaves as they now stand, each said once; what is missing comes together: `tempC 9 > 8 and lifeDays and lane missing`. */
export function sayLeaves<S>(leaves: readonly Leaf<S>[], subject: S, now: number): string {
  if (leaves.length === 1) return sayLeaf(leaves[0]!, subject, now);
  const said = new Set<string>();
  const missing = new Set<string>();
  for (const leaf of leaves) {
    const name = missingIn(leaf, subject, now);
    if (name === undefined) said.add(sayLeaf(leaf, subject, now));
    else missing.add(name);
  }
  if (missing.size > 0) said.add(`${[...missing].join(' and ')} missing`);
  return [...said].join(' and ');
}

/** What a leaf speaks of, where it is missing. */
function missingIn<S>({ comparison, holds, text }: Leaf<S>, subject: S, now: number): string | undefined {
  if (comparison === undefined) return Number.isNaN(holds(subject, now)) ? text : undefined;
  return valueAt(comparison.left.value, subject, now) === null ? comparison.left.text : undefined;
}

/** A leaf with its values as it now stands, true or not: `damageRate 0.031 ≥ 0.02`. */
export function sayLeaf<S>(leaf: Leaf<S>, subject: S, now: number): string {
  const missing = missingIn(leaf, subject, now);
  if (missing !== undefined) return `${missing} missing`;
  const holds = leaf.holds(subject, now);
  const { comparison } = leaf;
  if (comparison === undefined) return `${leaf.text} ${holds === 1}`;
  const { left, right } = comparison;
  const value = valueAt(left.value, subject, now)!;
  const bound = sayBound(right, subject, now);
  const op = holds === 0 ? OPPOSITE[comparison.op] : comparison.op;
  if (op === '==') return `${left.text} = ${bound}`;
  return `${left.text} ${sayValue(value)} ${SIGNS[op]} ${bound}`;
}

function sayBound<S>(side: Side<S>, subject: S, now: number): string {
  const value = valueAt(side.value, subject, now);
  if (value === null) return `${side.text} (missing)`;
  const said = sayValue(value);
  return said === side.text || typeof value === 'string' || /^[-\d.]/.test(side.text) ? said : `${side.text} ${said}`;
}

/** A value for people: numbers to three digits. */
export function sayValue(value: Value): string {
  return typeof value === 'number' ? sayNumber(value) : String(value);
}

export function sayNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  if (Math.abs(value) < 1e-6) return value < 0 ? 'just under 0' : 'just over 0';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** An instant for people, UTC: `10:40` when it is of the same day as `now`, else `03-14 10:40`. */
export function sayInstant(at: number, now: number): string {
  const text = new Date(at).toISOString();
  const sameDay = Math.floor(at / DAY_MS) === Math.floor(now / DAY_MS);
  return sameDay ? text.slice(11, 16) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
}
