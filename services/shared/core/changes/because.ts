import type { Leaf } from '../conditions/table.ts';
import { type DimensionPlan, priceOf } from '../engine/dimension-plan.ts';
import { priceAt } from '../engine/move-prices.ts';
import type { EntityState } from '../engine/state.ts';
import type { StepOutcome } from '../hysteresis/index.ts';
import { formatDuration } from '../model/duration.ts';
import type { Because, HysteresisNote, Pin } from './types.ts';
import { sayInstant, sayLeaf, sayLeaves, sayNumber, valueAt } from './wording.ts';

const MOST_LEAVES = 4;

/** Why a dimension moved as `out` says. `decider`: the clause or gate that it names, if any. `pin`: that of a person, if any. */
export function explainMove(
  plan: DimensionPlan,
  out: StepOutcome,
  decider: Leaf<EntityState> | undefined,
  state: EntityState,
  now: number,
  pin: Pin | null,
): Because {
  if (out.kind === 'pinned' || out.kind === 'released') return sayPin(out.kind, pin);
  const leaves = decidingLeaves(plan, out, decider, state, now);
  const failed = nearestFailure(plan, out.to, state, now);
  const said = sayLeaves(leaves, state, now);
  return {
    text: sayHow(plan, out, said, failed === null ? undefined : sayLeaf(failed.leaf, state, now), state, now),
    clause: decider?.text ?? leaves[0]?.text ?? '',
    values: leaves.map((leaf) => {
      const { comparison } = leaf;
      if (comparison === undefined) return { name: leaf.text, value: bool(leaf.holds(state, now)), threshold: null };
      const { left, right } = comparison;
      return { name: left.text, value: valueAt(left.value, state, now), threshold: valueAt(right.value, state, now) };
    }),
    failed: failed && { clause: failed.leaf.text, distance: failed.distance },
  };
}

function sayPin(kind: 'pinned' | 'released', pin: Pin | null): Because {
  const who = pin === null ? 'a person' : `${pin.by} until ${new Date(pin.until).toISOString()}: ${pin.reason}`;
  const text = kind === 'pinned' ? `pinned by ${who}` : 'the pin ended: back to where the evidence points';
  return { text, clause: '', values: [], failed: null };
}

/** What hysteresis did at the move. */
export function noteMove(out: StepOutcome): HysteresisNote {
  const byBank = out.price > 0;
  return {
    kind: out.kind,
    evidence: byBank ? out.evidence : null,
    price: byBank ? out.price : null,
    since: out.kind === 'evidence' || out.kind === 'dwell' ? out.since : null,
    heldFlips: out.heldFlips,
  };
}

/** Entered: all leaves of the new segment that hold. Left: the one that let go. By default: none. */
function decidingLeaves(
  plan: DimensionPlan,
  out: StepOutcome,
  decider: Leaf<EntityState> | undefined,
  state: EntityState,
  now: number,
): readonly Leaf<EntityState>[] {
  if (out.kind === 'missing' && out.from < 0) {
    return plan.leaves
      .flat()
      .filter((leaf) => Number.isNaN(leaf.holds(state, now)))
      .slice(0, MOST_LEAVES);
  }
  if (out.segment !== out.to || out.kind === 'bypass') return decider === undefined ? [] : [decider];
  const holding = plan.leaves[out.to]!.filter((leaf) => leaf.holds(state, now) === 1);
  // With evidence a segment may be entered while the newest reading lies outside: then the decider says more.
  if (decider === undefined || holding.includes(decider)) return holding.slice(0, MOST_LEAVES);
  return [decider, ...holding].slice(0, MOST_LEAVES);
}

function sayHow(
  plan: DimensionPlan,
  out: StepOutcome,
  said: string,
  failed: string | undefined,
  state: EntityState,
  now: number,
): string {
  if (out.from < 0) {
    if (out.kind === 'missing')
      return said === '' ? 'decided without all values' : `decided without all values: ${said}`;
    if (said !== '') return said;
    return failed === undefined ? 'the default' : `the default; nearest: ${failed}`;
  }
  const what = said === '' ? `${plan.model.segments[out.from]!.name} no longer holds` : said;
  const waited = out.waitedMs > 0 ? `; held for ${formatDuration(out.waitedMs)}` : '';
  const price = out.switchCost > 0 ? priceOf(plan, out.from, out.to) : undefined;
  const cost = price && priceAt(price, state, now).text;
  if (out.price > 0) {
    const votes = `${sayNumber(out.evidence)} of ${sayNumber(out.price)} votes since ${sayInstant(out.since, now)}`;
    const priced = cost ?? `a move costs ${formatDuration(out.switchCost)}`;
    return `${what}: ${votes}; noise ${sayNumber(out.noise)}; ${priced}${waited}`;
  }
  if (out.kind === 'bypass') return `bypass: ${what}`;
  return `${what}${cost === undefined ? '' : `; ${cost}`}${waited}`;
}

/** Of the other segments, the leaf that fails by the smallest share of its bound. */
function nearestFailure(
  plan: DimensionPlan,
  to: number,
  state: EntityState,
  now: number,
): { leaf: Leaf<EntityState>; distance: number } | null {
  let nearest: { leaf: Leaf<EntityState>; distance: number } | null = null;
  let least = Infinity;
  for (let segment = 0; segment < plan.leaves.length; segment++) {
    if (segment === to) continue;
    for (const leaf of plan.leaves[segment]!) {
      if (leaf.margin === undefined || leaf.comparison === undefined || leaf.holds(state, now) !== 0) continue;
      const distance = Math.abs(leaf.margin(state, now));
      const bound = valueAt(leaf.comparison.right.value, state, now);
      const share = distance / Math.max(Math.abs(Number(bound)), 1e-9);
      if (!(share < least)) continue;
      least = share;
      nearest = { leaf, distance };
    }
  }
  return nearest;
}

function bool(holds: number): boolean | null {
  return Number.isNaN(holds) ? null : holds === 1;
}
