import type { ConditionTable, Leaf } from '../conditions/table.ts';
import type { ConditionNode } from '../conditions/tree.ts';
import {
  costOfMove,
  type DimensionProgram,
  dimensionProgram,
  dimensionStateSize,
  type Knobs,
  STATE_FORM,
  type SwitchCost,
} from '../hysteresis/index.ts';
import type { DimensionModel, SegmentModel } from '../model/types.ts';
import type { AttributeTable, CompiledAttribute } from './attribute-table.ts';
import type { LayoutBuilder } from './layout.ts';
import { type MovePrice, MovePrices } from './move-prices.ts';
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
  /** Text of who has pinned the entity, and why. */
  readonly pinText: number;
  /** What time alone may change, as instants after `now`. */
  readonly wakes: readonly Wake[];
  /** Attributes that its conditions and costs name, and those that must be known before it is decided. */
  readonly attributes: readonly CompiledAttribute[];
  readonly awaited: readonly string[];
  /** What its moves cost by the entity's attributes, by `SwitchCost.reading`. */
  readonly prices: readonly MovePrice[];
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
  const prices = new MovePrices(table);
  const definitions = model.segments.map((segment) => ({
    name: segment.name,
    ...(segment.when && { enter: table.add(segment.when) }),
    ...(segment.stay && { stay: table.add(segment.stay) }),
    ...(segment.bypass && { bypass: table.add(segment.bypass) }),
    knobs: knobsOf(segment, prices),
  }));
  const { flapBudget } = model;
  const program = dimensionProgram({
    segments: definitions,
    clauses: table.clauses,
    ...(flapBudget && { flapBudget }),
  });
  const leaves = [
    ...program.readsClauses.map((i) => table.clauseLeaves[i]!),
    ...program.readsGates.map((i) => table.gateLeaves[i]!),
  ];
  const awaited = [...new Set(leaves.flatMap((leaf) => leaf.names))];
  const names = [...new Set([...awaited, ...prices.all.flatMap((price) => price.names)])];
  const sources = new Set(names.flatMap((name) => [...attributes.get(name).sources]));
  const identity = JSON.stringify([
    STATE_FORM,
    flapBudget,
    model.segments.map(({ name, when, stay, bypass }, i) => [
      name,
      when?.text,
      stay?.text,
      bypass?.text,
      definitions[i]!.knobs,
      ...[when, stay, bypass].flatMap((condition) => condition?.basis ?? []),
    ]),
    [...sources].sort().map((name) => attributes.get(name).model.identity),
    ...prices.all.map(({ text }) => text),
  ]);
  const { base, sequenceAt, dueAt, pinText } = layout.group(
    `dimension:${model.name}`,
    identity,
    () => ({
      sequenceAt: layout.words([0]),
      dueAt: layout.words([Infinity]),
      pinText: layout.text(),
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
    pinText,
    wakes: wakesOf(program, base, table, attributes, expireAfterMs, prices.all),
    attributes: names.map((name) => attributes.get(name)),
    awaited,
    prices: prices.all,
    labels: model.segments.map((segment) => `${model.name}=${segment.name}`),
    sources,
    leaves: definitions.map(({ enter }) => (enter === undefined ? [] : leavesOf(enter, table))),
  };
}

/** The price of a move between two segments (by index), where it hangs on the entity. */
export function priceOf({ program, prices }: DimensionPlan, from: number, to: number): MovePrice | undefined {
  const { reading } = program.costs[costOfMove(program, from, to)]!;
  return reading === undefined ? undefined : prices[reading];
}

function knobsOf({ hysteresis, when }: SegmentModel, prices: MovePrices): Knobs {
  const cost = (way: 'enter' | 'leave'): SwitchCost => {
    const said = hysteresis.switchCost?.[way];
    return said === undefined ? { ms: HOUR_MS } : prices.add(said);
  };
  return {
    evidence: hysteresis.evidence ?? when !== undefined,
    switchCost: { enter: cost('enter'), leave: cost('leave') },
    patience: hysteresis.patience ?? { enter: 1, leave: 1 },
    enterAfterMs: hysteresis.enterAfterMs ?? 0,
    leaveAfterMs: hysteresis.leaveAfterMs ?? 0,
    cooldownMs: hysteresis.cooldownMs ?? 0,
    ...(hysteresis.confirm && { confirm: hysteresis.confirm }),
    ...(hysteresis.leaveConfirm && { leaveConfirm: hysteresis.leaveConfirm }),
    ...(hysteresis.bypassConfirm && { bypassConfirm: hysteresis.bypassConfirm }),
  };
}

function leavesOf(node: ConditionNode, table: ConditionTable<EntityState>): Leaf<EntityState>[] {
  if (node.kind === 'clause') return [table.clauseLeaves[node.index]!];
  if (node.kind === 'gate') return [table.gateLeaves[node.index]!];
  return node.nodes.flatMap((child) => leavesOf(child, table));
}
