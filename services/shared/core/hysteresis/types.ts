import type { Clause, ConditionNode } from '../conditions/tree.ts';

/** At least `n` of the last `m` observations that concern the condition. 1 ≤ n ≤ m ≤ 30. */
export interface Confirm {
  readonly n: number;
  readonly m: number;
}

/** What may differ between coming into a segment and leaving it. */
export interface Directed<T> {
  readonly enter: T;
  readonly leave: T;
}

/** Price of one move as a time: being wrong for so long is as bad as one needless move. */
export interface SwitchCost {
  /** Positive where `evidence`. With `reading`: what holds while that says nothing. */
  readonly ms: number;
  /** One that hangs on the entity: its index in `Readings.costs`. */
  readonly reading?: number;
  /** A move that costs more than so long waits until it costs less. Absent: whatever it costs, it may be made. */
  readonly horizonMs?: number;
}

/** How strongly a segment resists. All durations are milliseconds; 0 means none. */
export interface Knobs {
  /** Measured clauses vote into an evidence bank; false: they move at once, damped by the band and the knobs below. */
  readonly evidence: boolean;
  readonly switchCost: Directed<SwitchCost>;
  /** Factor on the bank's price; 1 is the default. */
  readonly patience: Directed<number>;
  /** How long the segment must have been the target before it is entered. */
  readonly enterAfterMs: number;
  /** How long the entity must have pointed elsewhere before the segment is left. */
  readonly leaveAfterMs: number;
  /** Observations that must point to the segment before it is entered, and away from it before it is left. */
  readonly confirm?: Confirm;
  readonly leaveConfirm?: Confirm;
  /** How long after a move into this segment no other move follows, bypass excepted. */
  readonly cooldownMs: number;
  /** The only knob that a bypass obeys. */
  readonly bypassConfirm?: Confirm;
}

/** How often an entity may move on a dimension, and what becomes of one that has used it up. */
export interface FlapBudget {
  /** So many moves within `perMs`; the first placement and a person's pins are none. 1 ≤ moves ≤ 16. */
  readonly moves: number;
  readonly perMs: number;
  /**
   * Who has used it up is in quarantine: it stays until the plain conditions have not flipped for so long, or a bypass
   * or a pin moves it. 0: it only waits until the budget has room again.
   */
  readonly quarantineMs: number;
}

/** A segment as the model states it. */
export interface SegmentDefinition {
  readonly name: string;
  /** Undefined for the default (the last segment) alone. */
  readonly enter?: ConditionNode;
  /** What holds it once inside (a band); default: `enter`. */
  readonly stay?: ConditionNode;
  /** Enters at once, upwards in priority only. */
  readonly bypass?: ConditionNode;
  readonly knobs: Knobs;
}

/** A dimension as the model states it: segments in priority order, the default last. */
export interface DimensionDefinition {
  readonly segments: readonly SegmentDefinition[];
  /** The entity type's table of clauses, which the conditions point into. */
  readonly clauses: readonly Clause[];
  readonly flapBudget?: FlapBudget;
}

/**
 * What let the entity move. `initial`: first placement. `gate`: a stated clause. `band`: a measured clause without
 * evidence. `evidence`: a full bank. `dwell`: a knob (confirm, enterAfter, leaveAfter, cooldown, flapBudget, switchCost)
 * had held it and let go. `bypass`. `missing`: placed without a value that is missing, or moved by the first value of one that was.
 * `pinned`: a person put it there. `released`: that has ended. `edit`: by the plain conditions of a changed model.
 */
export type MoveKind =
  | 'initial'
  | 'gate'
  | 'band'
  | 'evidence'
  | 'dwell'
  | 'bypass'
  | 'missing'
  | 'pinned'
  | 'released'
  | 'edit';

/** What keeps an entity from where the plain conditions point; `bypass` while that of its segment still holds. */
export type HeldReason =
  | 'missing'
  | 'band'
  | 'evidence'
  | 'confirm'
  | 'enterAfter'
  | 'leaveAfter'
  | 'cooldown'
  | 'flapBudget'
  | 'quarantine'
  | 'switchCost'
  | 'bypass'
  | 'pinned';

/** What a step came to; one object is reused for all steps. Segments, clauses and gates by index, −1 for none. */
export interface StepOutcome {
  moved: boolean;
  /** Segment before the step, −1 while undecided. */
  from: number;
  /** Segment after the step, −1 while undecided. */
  to: number;
  /** Meaningful when `moved`. */
  kind: MoveKind;
  /** Segment whose condition decided: the one entered, or the one left. */
  segment: number;
  /** Measured clause that decided, −1 when a gate did or when nothing is inside. */
  clause: number;
  /** Stated clause that decided, −1 when a measured one did. */
  gate: number;
  /** Votes in the bank at the flip and their price; 0 where no bank decided. */
  evidence: number;
  price: number;
  /** When that bank began to fill, epoch ms; without a bank, when the condition flipped. */
  since: number;
  /** One unit of distance of the deciding clause: its mean deviation from its average, scaled to a standard deviation. */
  noise: number;
  /** What the move cost as a time, ms; 0 where none was weighed. */
  switchCost: number;
  /** How long knobs held the move back, ms. */
  waitedMs: number;
  /** Flips held since the move before this one. */
  heldFlips: number;
  /** Set when the plain conditions flipped in this step to a segment that the entity did not move to. */
  held: HeldReason | undefined;
  /** That segment, or −1. */
  heldTo: number;
}

/** An outcome to hand to `stepDimension`, again and again. */
export function createStepOutcome(): StepOutcome {
  return {
    moved: false,
    from: -1,
    to: -1,
    kind: 'initial',
    segment: -1,
    clause: -1,
    gate: -1,
    evidence: 0,
    price: 0,
    since: 0,
    noise: 0,
    switchCost: 0,
    waitedMs: 0,
    heldFlips: 0,
    held: undefined,
    heldTo: -1,
  };
}

/** A definition that cannot be run. The model's own checks report the same with file and line; this is the last guard. */
export class HysteresisError extends Error {
  readonly code = 'DETENT_HYSTERESIS_DEFINITION';
  readonly retriable = false;
  constructor(message: string) {
    super(message);
    this.name = 'HysteresisError';
  }
}
