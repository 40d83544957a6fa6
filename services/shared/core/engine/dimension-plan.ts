import type { ConditionTable, Leaf } from '../conditions/table.ts';
import type { ConditionNode } from '../conditions/tree.ts';
import { type DimensionProgram, dimensionProgram, dimensionStateSize, type Knobs } from '../hysteresis/index.ts';
import type { DimensionModel, SegmentModel } from '../model/types.ts';
import type { AttributeTable, CompiledAttribute } from './attribute-table.ts';
import type { LayoutBuilder } from './layout.ts';
import type { EntityState } from './state.ts';
import { type Wake, wakesOf } from './wakes.ts';

const HOUR_MS = 3_600_000;

/** A dimension ready to run, and where it keeps its state. */
export interface DimensionPlan {
  readonly name: string;
  readonly model: DimensionModel;
  readonly program: DimensionProgram;
  /** First word of what hysteresis keeps. */
  readonly base: number;
  /** Words of the last sequence given out, and of when time alone may next move it. */
  readonly sequenceAt: number;
  readonly dueAt: number;
  /** What time alone may change, as instants after `now`. */
  readonly wakes: readonly Wake[];
  /** Attributes that its conditions name. */
  readonly attributes: readonly CompiledAttribute[];
  /** `handling=fragile`, by segment. */
  readonly labels: readonly string[];
  /** Those, and all that they are made of. */
  readonly sources: ReadonlySet<string>;
  /** Clauses and gates that a segment's `when` is made of, by segment. */
  readonly leaves: readonly (readonly Leaf<EntityState>[])[];
}

/** Compiles a dimension's conditions into the table and reserves its state. Its entities are forgotten after `expireAfterMs`. */
export function planDimension(
  model: DimensionModel,
  table: ConditionTable<EntityState>,
  attributes: AttributeTable,
  layout: LayoutBuilder,
  expireAfterMs: number,
): DimensionPlan {
  const definitions = model.segments.map((segment) => ({
    name: segment.name,
    ...(segment.when && { enter: table.add(segment.when) }),
    ...(segment.stay && { stay: table.add(segment.stay) }),
    ...(segment.bypass && { bypass: table.add(segment.bypass) }),
    knobs: knobsOf(segment),
  }));
  const program = dimensionProgram({ segments: definitions, clauses: table.clauses });
  const leaves = [
    ...program.readsClauses.map((i) => table.clauseLeaves[i]!),
    ...program.readsGates.map((i) => table.gateLeaves[i]!),
  ];
  const names = [...new Set(leaves.flatMap((leaf) => leaf.names))];
  const sources = new Set(names.flatMap((name) => [...attributes.get(name).sources]));
  const identity = JSON.stringify([
    model.segments.map(({ name, when, stay, bypass }, i) => [
      name,
      when?.text,
      stay?.text,
      bypass?.text,
      definitions[i]!.knobs,
    ]),
    [...sources].sort().map((name) => attributes.get(name).model.identity),
  ]);
  const { base, sequenceAt, dueAt } = layout.group(
    `dimension:${model.name}`,
    identity,
    () => ({
      sequenceAt: layout.words([0]),
      dueAt: layout.words([Infinity]),
      base: layout.words(new Array<number>(dimensionStateSize(program)).fill(0)),
    }),
    model.segments.map(({ name }) => name),
  );
  return {
    name: model.name,
    model,
    program,
    base,
    sequenceAt,
    dueAt,
    wakes: wakesOf(program, base, table, attributes, expireAfterMs),
    attributes: names.map((name) => attributes.get(name)),
    labels: model.segments.map((segment) => `${model.name}=${segment.name}`),
    sources,
    leaves: definitions.map(({ enter }) => (enter === undefined ? [] : leavesOf(enter, table))),
  };
}

function knobsOf({ hysteresis, when }: SegmentModel): Knobs {
  return {
    evidence: hysteresis.evidence ?? when !== undefined,
    switchCostMs: hysteresis.switchCostMs ?? HOUR_MS,
    patience: hysteresis.patience ?? 1,
    enterAfterMs: hysteresis.enterAfterMs ?? 0,
    leaveAfterMs: hysteresis.leaveAfterMs ?? 0,
    cooldownMs: hysteresis.cooldownMs ?? 0,
    ...(hysteresis.confirm && { confirm: hysteresis.confirm }),
    ...(hysteresis.bypassConfirm && { bypassConfirm: hysteresis.bypassConfirm }),
  };
}

function leavesOf(node: ConditionNode, table: ConditionTable<EntityState>): Leaf<EntityState>[] {
  if (node.kind === 'clause') return [table.clauseLeaves[node.index]!];
  if (node.kind === 'gate') return [table.gateLeaves[node.index]!];
  return node.nodes.flatMap((child) => leavesOf(child, table));
}
