import type { Clause, ConditionNode } from '../conditions/tree.ts';
import { STATISTIC_WORDS } from './bank.ts';
import { BANK_WORDS, HEADER_WORDS } from './layout.ts';
import { cutsOf } from './ordered-cuts.ts';
import { isPlain } from './quiet.ts';
import { type Confirm, type DimensionDefinition, HysteresisError, type Knobs } from './types.ts';

/**
 * Statistics of a measured value under one switch cost. Clauses that compare it with constants differ by a shift, which
 * neither noise nor gap can see, so they share them; `clause` is the one whose margin is folded.
 */
export interface Statistic {
  readonly clause: number;
  readonly switchCost: number;
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

/** A condition ready to run, with what it reads. */
export interface Condition {
  readonly root: CompiledNode;
  /** Its clauses with statistics, each once, and the index of those statistics in the program. */
  readonly measured: readonly { readonly statistic: number; readonly node: ClauseNode }[];
  readonly clauses: readonly number[];
  readonly gates: readonly number[];
}

export interface SegmentProgram {
  readonly name: string;
  readonly knobs: Knobs;
  /** Undefined for the default alone. */
  readonly enter: Condition | undefined;
  /** Undefined where `enter` also holds. */
  readonly stay: Condition | undefined;
  readonly bypass: Condition | undefined;
  /** First word of its bank, −1 for the default. */
  readonly bank: number;
  /** Words of the histories of `confirm` and `bypassConfirm`, −1 where there are none. */
  readonly confirmed: number;
  readonly bypassConfirmed: number;
  /** Ordered cuts on the same value that this one implies (in when it is in) and that imply it (out when it is out). */
  readonly below: readonly number[];
  readonly above: readonly number[];
}

/** Where a step keeps what it finds on its way: one set per program, reused, so that a step allocates nothing. */
export interface Scratch {
  /** Weight of each statistic's vote in this step, 0 for none. */
  readonly weight: Float64Array;
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
}

/** A dimension ready to run. Make it with `dimensionProgram`. */
export interface DimensionProgram {
  readonly segments: readonly SegmentProgram[];
  readonly clauses: readonly Clause[];
  readonly statistics: readonly Statistic[];
  /** Clauses and gates that any of its conditions reads. */
  readonly readsClauses: readonly number[];
  readonly readsGates: readonly number[];
  /** True when a segment must count observations for `confirm` or `bypassConfirm`. */
  readonly counts: boolean;
  /** True when a segment has a `bypass`. */
  readonly bypasses: boolean;
  /** See `isPlain`. */
  readonly plain: boolean;
  /** Words of state per entity. */
  readonly size: number;
  readonly scratch: Scratch;
}

/**
 * Prepares a dimension. Throws `HysteresisError` (DETENT_HYSTERESIS_DEFINITION) when the definition cannot be run: no
 * segments, a segment but the last without a condition, a knob out of its range.
 */
export function dimensionProgram(definition: DimensionDefinition): DimensionProgram {
  const { segments: stated, clauses } = definition;
  if (stated.length === 0) throw new HysteresisError('A dimension needs at least its default segment.');
  let size = HEADER_WORDS;
  const statistics: Statistic[] = [];
  const statisticOf = (clause: number, switchCost: number): number => {
    const known = statistics.findIndex(
      (s) => s.switchCost === switchCost && (s.clause === clause || isShifted(clauses[s.clause]!, clauses[clause]!)),
    );
    if (known >= 0) return known;
    statistics.push({ clause, switchCost, at: size });
    size += STATISTIC_WORDS;
    return statistics.length - 1;
  };

  const compile = (node: ConditionNode, knobs: Knobs, keeps: boolean): Condition => {
    const measured: { statistic: number; node: ClauseNode }[] = [];
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
      const statistic = keeps ? statisticOf(n.index, knobs.switchCostMs) : -1;
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
      enter,
      stay,
      bypass,
      bank: place(BANK_WORDS, !last),
      confirmed: place(1, knobs.confirm !== undefined),
      bypassConfirmed: place(1, bypass !== undefined && knobs.bypassConfirm !== undefined),
      below: cuts[index]!.below,
      above: cuts[index]!.above,
    };
  });

  const conditions = segments.flatMap((s) => [s.enter, s.stay, s.bypass]).filter((c) => c !== undefined);
  const traits = {
    statistics,
    counts: segments.some((s) => s.confirmed >= 0 || s.bypassConfirmed >= 0),
    bypasses: segments.some((s) => s.bypass !== undefined),
  };
  return {
    segments,
    clauses,
    readsClauses: [...new Set(conditions.flatMap((c) => c.clauses))],
    readsGates: [...new Set(conditions.flatMap((c) => c.gates))],
    ...traits,
    plain: isPlain(traits),
    size,
    scratch: createScratch(statistics.length, segments.length),
  };
}

function isShifted(a: Clause, b: Clause): boolean {
  return a.measured === b.measured && !Number.isNaN(a.bound) && !Number.isNaN(b.bound);
}

function createScratch(statistics: number, segments: number): Scratch {
  return {
    weight: new Float64Array(statistics),
    result: new Float64Array(segments),
    raw: new Uint8Array(segments),
    flip: new Uint8Array(segments),
    flipOf: new Int32Array(segments),
    decider: new Int32Array(segments),
    deciderAt: new Int32Array(segments),
    evidence: new Float64Array(segments),
    price: new Float64Array(segments),
    since: new Float64Array(segments),
  };
}

function checkKnobs(name: string, knobs: Knobs): void {
  const refuse = (what: string): never => {
    throw new HysteresisError(`Segment ${name}: ${what}.`);
  };
  if (knobs.evidence) {
    const { switchCostMs: cost } = knobs;
    if (!(cost > 0 && cost < Infinity)) refuse(`evidence needs a switchCost above 0, not ${cost} ms`);
    if (!(knobs.patience > 0 && knobs.patience < Infinity))
      refuse(`patience is ${knobs.patience}, but must be above 0`);
  }
  for (const knob of ['enterAfterMs', 'leaveAfterMs', 'cooldownMs'] as const) {
    if (!(knobs[knob] >= 0 && knobs[knob] < Infinity)) refuse(`${knob} is ${knobs[knob]}, but must be 0 or more`);
  }
  for (const knob of ['confirm', 'bypassConfirm'] as const) {
    const confirm: Confirm | undefined = knobs[knob];
    if (!confirm) continue;
    const { n, m } = confirm;
    if (!(Number.isInteger(n) && Number.isInteger(m) && n >= 1 && n <= m && m <= 30)) {
      refuse(`${knob} ${n} of ${m} must be whole numbers with 1 ≤ n ≤ m ≤ 30`);
    }
  }
}
