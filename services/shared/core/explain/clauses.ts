import { sayLeaf, valueAt } from '../changes/wording.ts';
import type { Leaf, Op, Side } from '../conditions/table.ts';
import type { EntityState } from '../engine/state.ts';
import type { TypePlan } from '../engine/type-plan.ts';
import type { Value } from '../engine/types.ts';
import type { CompiledNode } from '../hysteresis/program.ts';
import type { ExplainedClause, Need, Relation } from './types.ts';

const MIRRORED: Readonly<Record<Op, Op>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const NEGATED: Readonly<Record<Op, Op>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const RELATIONS: Readonly<Record<Op, Relation>> = {
  '==': 'equal to',
  '!=': 'other than',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
};

/** An entity at an instant, with what its type's conditions are made of. The state may be changed: hand over a copy. */
export interface Scene {
  readonly plan: TypePlan;
  readonly state: EntityState;
  readonly now: number;
}

/** The leaf of a compiled node. */
export function leafOf({ conditions }: TypePlan, node: Extract<CompiledNode, { index: number }>): Leaf<EntityState> {
  return node.op === 'clause' ? conditions.clauseLeaves[node.index]! : conditions.gateLeaves[node.index]!;
}

/** Leaves of a condition, in written order. */
export function leavesOf(plan: TypePlan, node: CompiledNode): Leaf<EntityState>[] {
  return 'nodes' in node ? node.nodes.flatMap((child) => leavesOf(plan, child)) : [leafOf(plan, node)];
}

/** 1, 0 or NaN, by Kleene's logic. */
export function holdsAt(scene: Scene, node: CompiledNode): number {
  if (!('nodes' in node)) {
    // What was observed too long ago is out, whatever its value (`missing: leave after`).
    const { plan, state, now } = scene;
    if (node.op === 'gate') return plan.readGate[node.index]!(state, now);
    return plan.readClause[node.index]!(state, now) === -Infinity ? 0 : leafOf(plan, node).holds(state, now);
  }
  const settles = node.op === 'all' ? 0 : 1;
  let result = 1 - settles;
  for (const child of node.nodes) {
    const holds = holdsAt(scene, child);
    if (holds === settles) return settles;
    if (Number.isNaN(holds)) result = NaN;
  }
  return result;
}

/** How a clause stands. */
export function explainClause(scene: Scene, leaf: Leaf<EntityState>): ExplainedClause {
  const { state, now } = scene;
  const holds = leaf.holds(state, now);
  const { side, value, threshold } = sidesOf(scene, leaf);
  const need = needOf(scene, leaf, holds !== 1);
  return {
    clause: leaf.text,
    holds: Number.isNaN(holds) ? null : holds === 1,
    side,
    value,
    threshold,
    distance: need.distance,
    text: sayLeaf(leaf, state, now),
  };
}

/** What must become of a leaf so that it is true (`want`) or false. */
export function needOf(scene: Scene, leaf: Leaf<EntityState>, want: boolean): Need {
  const { side, value, threshold, op, attribute } = sidesOf(scene, leaf);
  const wanted = want ? op : NEGATED[op];
  const moveAt = firstOf(wanted, threshold);
  const distance =
    typeof value === 'number' && typeof moveAt === 'number' && leaf.margin !== undefined
      ? Math.abs(moveAt - value)
      : null;
  return { clause: leaf.text, attribute, side, value, moveAt, relation: RELATIONS[wanted], distance };
}

interface Sides {
  readonly side: string;
  readonly value: Value | null;
  readonly threshold: Value | null;
  readonly op: Op;
  readonly attribute: string | null;
}

/** The side that varies, and what it is compared with. A fact by itself is compared with true. */
function sidesOf({ plan, state, now }: Scene, leaf: Leaf<EntityState>): Sides {
  const { comparison } = leaf;
  if (comparison === undefined) {
    // `frozen` or `!(frozen)`: a truth by itself. Anything else (`x in [...]`) is no single value.
    const name = leaf.names.length === 1 ? leaf.names[0]! : '';
    const negated = leaf.text === `!(${name})`;
    if (leaf.text !== name && !negated) {
      const holds = leaf.holds(state, now);
      const value = Number.isNaN(holds) ? null : holds === 1;
      return { side: leaf.text, value, threshold: true, op: '==', attribute: null };
    }
    const value = valueAt(plan.attributes.get(name)!.value, state, now);
    return { side: name, value, threshold: !negated, op: '==', attribute: name };
  }
  const { op, left, right } = comparison;
  const at = (of: Side<EntityState>) => valueAt(of.value, state, now);
  const isName = (of: Side<EntityState>) => plan.attributes.has(of.text);
  const turned = (isName(right) && !isName(left)) || (isConstant(left) && !isConstant(right));
  const [varies, other] = turned ? [right, left] : [left, right];
  return {
    side: varies.text,
    value: at(varies),
    threshold: at(other),
    op: turned ? MIRRORED[op] : op,
    attribute: isName(varies) ? varies.text : null,
  };
}

function isConstant({ text }: Side<EntityState>): boolean {
  return /^(-?[\d.]|["']|true$|false$)/.test(text) && !/[a-zA-Z_]\w*\s*[-+*/(]/.test(text);
}

/** The first value on the wanted side of a threshold; null where there is none to name. */
function firstOf(op: Op, threshold: Value | null): Value | null {
  if (threshold === null) return null;
  if (op === '==') return threshold;
  if (op === '!=') return typeof threshold === 'boolean' ? !threshold : null;
  if (typeof threshold !== 'number') return null;
  return op === '>' ? neighbour(threshold, 1) : op === '<' ? neighbour(threshold, -1) : threshold;
}

const word = new Float64Array(1);
const bits = new BigInt64Array(word.buffer);

/** The next number above (1) or below (−1). */
function neighbour(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * Number.MIN_VALUE;
  word[0] = x;
  bits[0]! += BigInt(x > 0 === direction > 0 ? 1 : -1);
  return word[0];
}
