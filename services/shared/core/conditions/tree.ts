/**
 * A condition as hysteresis sees it: `!` pushed inwards, comparisons on measured attributes as clauses with a margin,
 * everything else as gates. Indexes point into tables that belong to the entity type, so that a clause or gate that two
 * segments share is computed once.
 */
export type ConditionNode =
  | { readonly kind: 'all'; readonly nodes: readonly ConditionNode[] }
  | { readonly kind: 'any'; readonly nodes: readonly ConditionNode[] }
  | { readonly kind: 'gate'; readonly index: number }
  | { readonly kind: 'clause'; readonly index: number };

/** A measured comparison `l op r`, oriented so that its margin is positive inside. */
export interface Clause {
  /** As written, for people: `damageRate >= 0.02`. */
  readonly text: string;
  /** `>` and `<`: a margin of exactly 0 is outside. */
  readonly strict: boolean;
  /** Counts and flags vote with ±1, without a distance. */
  readonly unitVotes: boolean;
  /** Source text of the measured side, to recognise ordered cuts on the same value. */
  readonly measured: string;
  /** +1 when a larger measured value is further inside, −1 when a smaller is. */
  readonly direction: 1 | -1;
  /** The bound when it is a constant, else NaN. */
  readonly bound: number;
}

/** A stated clause: true, false or missing, at once. */
export interface Gate {
  readonly text: string;
}

/** One entity at one instant, by index of clause and gate. */
export interface Readings {
  /** l − r, positive inside; NaN when an attribute is missing. */
  readonly margins: Float64Array;
  /** 1 when an observation has just folded an attribute that the clause reads, else 0. */
  readonly folded: Uint8Array;
  /** 1 true, 0 false, NaN missing. */
  readonly gates: Float64Array;
  /** What a move costs by the dimension's expressions, ms; Infinity beyond its horizon, NaN where something is missing. */
  readonly costs: Float64Array;
}
