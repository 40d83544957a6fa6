import type { Clause, ConditionNode } from '../conditions/tree.ts';
import { CostList } from './costs.ts';
import { LADDER_WORDS } from './ladder.ts';
import { BANK_WORDS, HEADER_WORDS, MOVED_AT } from './layout.ts';
import { cutsOf } from './ordered-cuts.ts';
import { isPlain } from './quiet.ts';
import { STATISTIC_WORDS } from './statistics.ts';
import {
  type Confirm,
  type DimensionDefinition,
  type FlapBudget,
  HysteresisError,
  type Knobs,
  type SwitchCost,
} from './types.ts';

/**
 * Statistics of a measured value under one switch cost: the mean of what it costs to come in and to leave. Clauses that
 * compare it with constants differ by a shift, which neither noise nor gap can see, so they share them; `clause` is the one
 * whose margin is folded.
 */
export interface Statistic {
  readonly clause: number;
  /** Indices of costs. */
  readonly enterCost: number;
  readonly leaveCost: number;
  /** First word, relative to the dimension's slice. */
  readonly at: number;
}

/** A measured clause as a condition holds it. */
export interface ClauseNode {
  readonly op: 'clause';
  readonly index: number;
  /** First word of its statistics, relative to the dimension's slice; −1 where the segment keeps none. */
  readonly at: number;
  readonly strict: boolean;
  readonly unitVotes: boolean;
}

/** A measured or a stated clause. */
export type LeafNode = ClauseNode | { readonly op: 'gate'; readonly index: number };

/** Nodes that must all hold, or of which any must. */
export interface TreeNode {
  readonly op: 'all' | 'any';
  readonly nodes: readonly CompiledNode[];
}

/** A condition, with the place of each measured clause's statistics. */
export type CompiledNode = TreeNode | LeafNode;

/** A measured clause of a condition, and the index of its statistics in the program. */
export interface Measured {
  readonly statistic: number;
  readonly node: ClauseNode;
}

/** A condition ready to run, with what it reads. */
export interface Condition {
  readonly root: CompiledNode;
  /** Its clauses with statistics, each once. */
  readonly measured: readonly Measured[];
  readonly clauses: readonly number[];
  readonly gates: readonly number[];
}

export interface SegmentProgram {
  readonly name: string;
  readonly knobs: Knobs;
  /** Indices of what it costs to come in and to leave. */
  readonly enterCost: number;
  readonly leaveCost: number;
  /** Undefined for the default alone. */
  readonly enter: Condition | undefined;
  /** Undefined where `enter` also holds. */
  readonly stay: Condition | undefined;
  readonly bypass: Condition | undefined;
  /** First word of its bank, −1 for the default. */
  readonly bank: number;
  /** First word of what its bank has learned, −1 where it gathers no evidence. */
  readonly ladder: number;
  /** Words of the histories of `confirm`, `leaveConfirm` and `bypassConfirm`, −1 where there are none. */
  readonly confirmed: number;
  readonly leaveConfirmed: number;
  readonly bypassConfirmed: number;
  /** Ordered cuts on the same value that this one implies (in when it is in) and that imply it (out when it is out). */
  readonly below: readonly number[];
  readonly above: readonly number[];
}

/** Where a step keeps what it finds on its way: one set per program, reused, so that a step allocates nothing. */
export interface Scratch {
  /** Weight of each statistic's vote in this step, 0 for none. */
  readonly weight: Float64Array;
  /** The time that each statistic's vote stands for, as a share of the switch cost. */
  readonly share: Float64Array;
  /** What each segment's condition (enter when out, stay when in) came to. */
  readonly result: Float64Array;
  /** 1 where the plain `enter` holds. */
  readonly raw: Uint8Array;
  /** How each bank flipped in this step (a `Flip`), and for which segment's sake. */
  readonly flip: Uint8Array;
  readonly flipOf: Int32Array;
  /** What decided, as a `Decider`, and the first word of its statistics. */
  readonly decider: Int32Array;
  readonly deciderAt: Int32Array;
  readonly evidence: Float64Array;
  readonly price: Float64Array;
  readonly since: Float64Array;
  /** What each cost comes to, ms, and 1 where that is more than its horizon. */
  readonly cost: Float64Array;
  readonly unearned: Uint8Array;
}

/** A dimension ready to run. Make it with `dimensionProgram`. */
export interface DimensionProgram {
  readonly segments: readonly SegmentProgram[];
  readonly clauses: readonly Clause[];
  readonly statistics: readonly Statistic[];
  readonly costs: readonly SwitchCost[];
  /** Indices of those that hang on the entity. */
  readonly readsCosts: readonly number[];
  /** Clauses and gates that any of its conditions reads. */
  readonly readsClauses: readonly number[];
  readonly readsGates: readonly number[];
  /** True when a segment must count observations for a `confirm` of any kind. */
  readonly counts: boolean;
  /** True when a segment has a `bypass`. */
  readonly bypasses: boolean;
  /** See `isPlain`. */
  readonly plain: boolean;
  readonly flapBudget: FlapBudget | undefined;
  /** First word of what the flap budget needs, −1 without one. */
  readonly moves: number;
  /** Words of state per entity. */
  readonly size: number;
  readonly scratch: Scratch;
}

/**
 * Prepares a dimension. Throws `HysteresisError` (DETENT_HYSTERESIS_DEFINITION) when the definition cannot be run: no
 * segments, a segment but the last without a condition, a knob out of its range.
 */
export function dimensionProgram(definition: DimensionDefinition): DimensionProgram {
  const { segments: stated, clauses, flapBudget } = definition;
  if (stated.length === 0) throw new HysteresisError('A dimension needs at least its default segment.');
  let size = HEADER_WORDS;
  const statistics: Statistic[] = [];
  const costs = new CostList();
  const statisticOf = (clause: number, { switchCost }: Knobs): number => {
    const enterCost = costs.add(switchCost.enter);
    const leaveCost = costs.add(switchCost.leave);
    const known = statistics.findIndex(
      (s) =>
        s.enterCost === enterCost &&
        s.leaveCost === leaveCost &&
        (s.clause === clause || isShifted(clauses[s.clause]!, clauses[clause]!)),
    );
    if (known >= 0) return known;
    statistics.push({ clause, enterCost, leaveCost, at: size });
    size += STATISTIC_WORDS;
    return statistics.length - 1;
  };

  const compile = (node: ConditionNode, knobs: Knobs, keeps: boolean): Condition => {
    const measured: Measured[] = [];
    const read = { clauses: new Set<number>(), gates: new Set<number>() };
    const walk = (n: ConditionNode): CompiledNode => {
      if (n.kind === 'all' || n.kind === 'any') return { op: n.kind, nodes: n.nodes.map(walk) };
      if (n.kind === 'gate') {
        read.gates.add(n.index);
        return { op: 'gate', index: n.index };
      }
      const clause = clauses[n.index];
      if (!clause) throw new HysteresisError(`Clause ${n.index} is not in the table of ${clauses.length} clauses.`);
      read.clauses.add(n.index);
      const statistic = keeps ? statisticOf(n.index, knobs) : -1;
      const at = keeps ? statistics[statistic]!.at : -1;
      const { strict, unitVotes } = clause;
      const node: ClauseNode = { op: 'clause', index: n.index, at, strict, unitVotes };
      if (keeps && !measured.some((m) => m.node.index === n.index)) measured.push({ statistic, node });
      return node;
    };
    const root = walk(node);
    return { root, measured, clauses: [...read.clauses], gates: [...read.gates] };
  };

  const cuts = cutsOf(stated, clauses);
  const segments: SegmentProgram[] = stated.map((segment, index) => {
    const { name, knobs } = segment;
    const last = index === stated.length - 1;
    if (last !== (segment.enter === undefined)) {
      throw new HysteresisError(
        last
          ? `Segment ${name} is the last, so it is the default: take its condition away or add a default after it.`
          : `Segment ${name} has no condition; only the last segment may be without one.`,
      );
    }
    checkKnobs(name, knobs);
    const enter = segment.enter && compile(segment.enter, knobs, knobs.evidence);
    const stay = segment.stay && compile(segment.stay, knobs, knobs.evidence);
    const bypass = segment.bypass && compile(segment.bypass, knobs, false);
    const place = (words: number, wanted: boolean): number => {
      if (!wanted) return -1;
      size += words;
      return size - words;
    };
    return {
      name,
      knobs,
      enterCost: costs.add(knobs.switchCost.enter),
      leaveCost: costs.add(knobs.switchCost.leave),
      enter,
      stay,
      bypass,
      bank: place(BANK_WORDS, !last),
      ladder: place(LADDER_WORDS, !last && knobs.evidence),
      confirmed: place(1, knobs.confirm !== undefined),
      leaveConfirmed: place(1, knobs.leaveConfirm !== undefined),
      bypassConfirmed: place(1, bypass !== undefined && knobs.bypassConfirm !== undefined),
      below: cuts[index]!.below,
      above: cuts[index]!.above,
    };
  });

  if (flapBudget !== undefined) checkBudget(flapBudget);
  const moves = flapBudget === undefined ? -1 : size;
  if (flapBudget !== undefined) size += MOVED_AT + flapBudget.moves;
  const conditions = segments.flatMap((s) => [s.enter, s.stay, s.bypass]).filter((c) => c !== undefined);
  const traits = {
    statistics,
    counts: segments.some((s) => s.confirmed >= 0 || s.leaveConfirmed >= 0 || s.bypassConfirmed >= 0),
    bypasses: segments.some((s) => s.bypass !== undefined),
  };
  return {
    segments,
    clauses,
    costs: costs.all,
    readsCosts: costs.all.flatMap(({ reading }, i) => (reading === undefined ? [] : [i])),
    readsClauses: [...new Set(conditions.flatMap((c) => c.clauses))],
    readsGates: [...new Set(conditions.flatMap((c) => c.gates))],
    ...traits,
    plain: isPlain(traits),
    flapBudget,
    moves,
    size,
    scratch: createScratch(statistics.length, segments.length, costs.all),
  };
}

function isShifted(a: Clause, b: Clause): boolean {
  return a.measured === b.measured && !Number.isNaN(a.bound) && !Number.isNaN(b.bound);
}

function createScratch(statistics: number, segments: number, costs: readonly SwitchCost[]): Scratch {
  return {
    weight: new Float64Array(statistics),
    share: new Float64Array(statistics),
    result: new Float64Array(segments),
    raw: new Uint8Array(segments),
    flip: new Uint8Array(segments),
    flipOf: new Int32Array(segments),
    decider: new Int32Array(segments),
    deciderAt: new Int32Array(segments),
    evidence: new Float64Array(segments),
    price: new Float64Array(segments),
    since: new Float64Array(segments),
    cost: Float64Array.from(costs, ({ ms, horizonMs = Infinity }) => Math.min(ms, horizonMs)),
    unearned: Uint8Array.from(costs, ({ ms, horizonMs = Infinity }) => Number(ms > horizonMs)),
  };
}

function checkBudget({ moves, perMs, quarantineMs }: FlapBudget): void {
  const refuse = (what: string): never => {
    throw new HysteresisError(`The flap budget ${what}.`);
  };
  if (!(Number.isInteger(moves) && moves >= 1 && moves <= 16)) refuse(`allows ${moves} moves, but must 1 to 16`);
  if (!(perMs > 0 && perMs < Infinity)) refuse(`counts moves over ${perMs} ms, but must over more than 0`);
  if (!(quarantineMs >= 0 && quarantineMs < Infinity)) refuse(`has a quarantine of ${quarantineMs} ms`);
}

function checkKnobs(name: string, knobs: Knobs): void {
  const refuse = (what: string): never => {
    throw new HysteresisError(`Segment ${name}: ${what}.`);
  };
  for (const way of ['enter', 'leave'] as const) {
    const { ms, reading, horizonMs } = knobs.switchCost[way];
    const patience = knobs.patience[way];
    if (knobs.evidence && !(ms > 0 && ms < Infinity)) refuse(`evidence needs a switchCost above 0, not ${ms} ms`);
    if (knobs.evidence && !(patience > 0 && patience < Infinity))
      refuse(`patience is ${patience}, but must be above 0`);
    if (reading !== undefined && !(Number.isInteger(reading) && reading >= 0))
      refuse(`switchCost reads cost ${reading}`);
    if (horizonMs !== undefined && !(horizonMs > 0)) refuse(`the horizon is ${horizonMs} ms, but must be above 0`);
  }
  for (const knob of ['enterAfterMs', 'leaveAfterMs', 'cooldownMs'] as const) {
    if (!(knobs[knob] >= 0 && knobs[knob] < Infinity)) refuse(`${knob} is ${knobs[knob]}, but must be 0 or more`);
  }
  for (const knob of ['confirm', 'leaveConfirm', 'bypassConfirm'] as const) {
    const confirm: Confirm | undefined = knobs[knob];
    if (!confirm) continue;
    const { n, m } = confirm;
    if (!(Number.isInteger(n) && Number.isInteger(m) && n >= 1 && n <= m && m <= 30)) {
      refuse(`${knob} ${n} of ${m} must be whole numbers with 1 ≤ n ≤ m ≤ 30`);
    }
  }
}
