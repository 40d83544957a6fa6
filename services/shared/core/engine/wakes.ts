import type { ConditionTable, Leaf } from '../conditions/table.ts';
import { type Condition, type DimensionProgram, isIn, isUnearned } from '../hysteresis/index.ts';
import type { AttributeTable, CompiledAttribute } from './attribute-table.ts';
import type { MovePrice } from './move-prices.ts';
import type { EntityState } from './state.ts';

/** The next instant after `now` (both epoch ms) at which time alone may change something; Infinity: never. */
export type Wake = (state: EntityState, now: number) => number;

/**
 * When a dimension whose state begins at `base` must be looked at though nothing is observed. Only for what can change
 * something: `stay` counts while its segment is in, a price while a move waits to earn it, and a count that runs down
 * cannot bring about what needs more of it.
 * `expireAfterMs`: a count that outlives it keeps its entity from being forgotten, so it is followed to its end.
 */
export function wakesOf(
  program: DimensionProgram,
  base: number,
  table: ConditionTable<EntityState>,
  attributes: AttributeTable,
  expireAfterMs: number,
  prices: readonly MovePrice[],
): Wake[] {
  const leavesOf = (condition: Condition | undefined): Leaf<EntityState>[] => [
    ...(condition?.clauses ?? []).map((i) => table.clauseLeaves[i]!),
    ...(condition?.gates ?? []).map((i) => table.gateLeaves[i]!),
  ];
  const sourcesOf = ({ names }: Leaf<EntityState>) =>
    names.flatMap((name) => [...attributes.get(name).sources]).map((name) => attributes.get(name));
  // A clause that votes is moved by observations only; any other leaf may be moved by time.
  const silent = new Set<Leaf<EntityState>>();
  const always = new Set<Leaf<EntityState>>();
  const whileIn = new Map<Leaf<EntityState>, number[]>();
  for (const { enter, stay, bypass, knobs, bank } of program.segments) {
    for (const condition of knobs.evidence ? [enter, stay] : [])
      for (const i of condition?.clauses ?? []) silent.add(table.clauseLeaves[i]!);
    for (const leaf of [...leavesOf(enter), ...leavesOf(bypass)]) always.add(leaf);
    for (const leaf of leavesOf(stay)) whileIn.set(leaf, [...(whileIn.get(leaf) ?? []), bank]);
  }
  const wakes: Wake[] = [];
  const leaves = new Set([...always, ...whileIn.keys()]);
  for (const leaf of leaves) {
    if (silent.has(leaf)) continue;
    const own = [...(leaf.nextFlip ? [leaf.nextFlip] : []), ...changesOf(leaf, sourcesOf(leaf), expireAfterMs)];
    const banks = whileIn.get(leaf);
    wakes.push(...(banks === undefined || always.has(leaf) ? own : own.map((wake) => gated(wake, base, banks))));
  }
  for (const { leave } of new Set([...leaves].flatMap(sourcesOf)))
    if (leave) wakes.push(({ nums }, now) => later(nums[leave.seen]! + leave.afterMs, now));
  for (const { earns } of prices) {
    if (earns === undefined) continue;
    const sources = sourcesOf(earns);
    const own = [...(earns.nextFlip ? [earns.nextFlip] : []), ...changesOf(earns, sources, expireAfterMs)];
    for (const { leave } of sources)
      if (leave) own.push(({ nums }, now) => later(nums[leave.seen]! + leave.afterMs, now));
    for (const wake of own) wakes.push((state, now) => (isUnearned(state.nums, base) ? wake(state, now) : Infinity));
  }
  return wakes;
}

/** When what a leaf is made of next changes by itself. */
function changesOf(leaf: Leaf<EntityState>, sources: readonly CompiledAttribute[], expireAfterMs: number): Wake[] {
  const wakes: Wake[] = [];
  for (const { nextChange, fallsWithinMs } of sources) {
    if (nextChange === undefined) continue;
    const { holds, fallsFrom } = leaf;
    // A leaf of one name that is not derived: it falls when that does.
    if (fallsFrom === undefined || sources.length > 1 || fallsWithinMs === undefined || fallsWithinMs > expireAfterMs)
      wakes.push((state, now) => later(nextChange(state), now));
    else wakes.push((state, now) => (holds(state, now) === fallsFrom ? later(nextChange(state), now) : Infinity));
  }
  return wakes;
}

function gated(wake: Wake, base: number, banks: readonly number[]): Wake {
  return (state, now) => {
    for (let i = 0; i < banks.length; i++) if (isIn(state.nums, base, banks[i]!)) return wake(state, now);
    return Infinity;
  };
}

function later(at: number, now: number): number {
  return at > now ? at : Infinity;
}
