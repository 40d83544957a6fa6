import type { ASTNode } from '@marcbachmann/cel-js';
import { type Compiled, compileExpression, numberOf } from '../conditions/compile.ts';
import type { DimensionPlan } from '../engine/dimension-plan.ts';
import type { EntityState } from '../engine/state.ts';
import type { Value } from '../engine/types.ts';
import type { CompiledNode } from '../hysteresis/program.ts';
import { holdsAt, leafOf, needOf, type Scene } from './clauses.ts';
import type { Need } from './types.ts';

/** Flips of clauses that together make a condition come out otherwise. */
export interface Effort {
  readonly needs: readonly Need[];
  /** The largest distance as a share of its threshold: what comes first when efforts are compared. */
  readonly share: number;
}

const NOTHING: Effort = { needs: [], share: 0 };
/** A fact that must change, or a value that must become known: as far as doubling a number. */
const FACT_SHARE = 1;

/** The least that makes a condition true (`want`) or false, every clause by itself. */
export function effortOf(scene: Scene, node: CompiledNode, want: boolean): Effort {
  if (holdsAt(scene, node) === Number(want)) return NOTHING;
  if (!('nodes' in node)) {
    const need = needOf(scene, leafOf(scene.plan, node), want);
    return { needs: [need], share: shareOf(need) };
  }
  const efforts = node.nodes.map((child) => effortOf(scene, child, want));
  if ((node.op === 'all') === want)
    return { needs: efforts.flatMap(({ needs }) => needs), share: Math.max(...efforts.map(({ share }) => share)) };
  return efforts.reduce((least, effort) => (isLess(effort, least) ? effort : least));
}

function isLess(a: Effort, b: Effort): boolean {
  return a.share < b.share || (a.share === b.share && a.needs.length < b.needs.length);
}

function shareOf({ distance, moveAt }: Need): number {
  if (distance === null || typeof moveAt !== 'number') return FACT_SHARE;
  return distance / Math.max(Math.abs(moveAt), 1e-9);
}

/**
 * Where the plain conditions point once the needs are fulfilled and nothing else changes; undefined where a need is no
 * value of a single attribute, or two of them want different values of one.
 */
export function leadsTo(scene: Scene, dimension: DimensionPlan, needs: readonly Need[]): number | undefined {
  const values = new Map<string, Value>();
  for (const { attribute, moveAt } of needs) {
    if (attribute === null || moveAt === null) return undefined;
    if (values.has(attribute) && values.get(attribute) !== moveAt) return undefined;
    values.set(attribute, moveAt);
  }
  return plainTarget(scene, dimension, values);
}

/** The first segment whose `when` holds, with some attributes at other values. */
export function plainTarget(
  { plan, state, now }: Scene,
  { model }: DimensionPlan,
  values: ReadonlyMap<string, Value> = new Map(),
): number {
  const resolve = (name: string): Compiled<EntityState> => {
    const value = values.get(name);
    if (value === undefined) return plan.attributes.get(name)!.value;
    if (typeof value === 'string') return { type: 'string', text: () => value };
    return { type: typeof value === 'number' ? 'number' : 'boolean', num: () => Number(value) };
  };
  const holds = (ast: ASTNode) => numberOf(compileExpression(ast, resolve))(state, now) === 1;
  return model.segments.findIndex(({ when }) => when === undefined || holds(when.ast));
}
