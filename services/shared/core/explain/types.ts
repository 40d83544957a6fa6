import type { Pin } from '../changes/types.ts';
import type { PricedCost } from '../engine/move-prices.ts';
import type { Value } from '../engine/types.ts';
import type { Signal } from '../model/types.ts';

/** Everything that can be said of an entity at an instant. Instants are epoch ms; null: never, or not known. */
export interface Explanation {
  readonly entityType: string;
  readonly entityId: string;
  readonly modelVersion: string;
  readonly epoch: string | null;
  /** The instant that this is said of. */
  readonly asOf: number;
  /** `referenced`: nothing was observed of it, others only point to it. */
  readonly life: 'alive' | 'ended' | 'referenced';
  readonly firstObservedAt: number | null;
  readonly lastObservedAt: number | null;
  readonly endedAt: number | null;
  readonly attributes: readonly ExplainedAttribute[];
  readonly dimensions: readonly ExplainedDimension[];
}

export interface ExplainedAttribute {
  readonly name: string;
  /** Null: missing. */
  readonly value: Value | null;
  readonly signal: Signal;
  /** When it was last observed: exact, or the begin of its window's newest tile. Null where it is derived, or nothing tells. */
  readonly observedAt: number | null;
  readonly ageMs: number | null;
  /** How it comes by its value: `latest weightG`, `from customer.tier`. */
  readonly from: string;
  /** Dimensions that depend on it. */
  readonly usedBy: readonly string[];
}

/** One comparison or fact of a condition, as it stands. */
export interface ExplainedClause {
  /** As the model has it: `picksPerDay >= 10`. */
  readonly clause: string;
  /** Null: something that it reads is missing. */
  readonly holds: boolean | null;
  /** The side that varies, its value, and what it is compared with. */
  readonly side: string;
  readonly value: Value | null;
  readonly threshold: Value | null;
  /** How far the value is from coming out otherwise, in its own unit; null where there is no distance. */
  readonly distance: number | null;
  /** As words for people: `picksPerDay 3.5 < 10`. */
  readonly text: string;
}

/** What must become of a clause so that it comes out otherwise. */
export interface Need {
  readonly clause: string;
  /** The attribute that must change; null where the side is more than one. */
  readonly attribute: string | null;
  readonly side: string;
  readonly value: Value | null;
  /** The first value that does it, when nothing else changes; null where that cannot be said. */
  readonly moveAt: Value | null;
  readonly relation: Relation;
  /** From `value` to `moveAt`, never negative; null where there is no distance. */
  readonly distance: number | null;
}

export type Relation = 'at least' | 'more than' | 'at most' | 'less than' | 'equal to' | 'other than';

/** Votes that hysteresis still wants. */
export interface MissingEvidence {
  readonly votes: number;
  readonly price: number;
  /** When the votes began to gather; null while there are none. */
  readonly since: number | null;
  readonly missing: number;
  /** One observation is worth 2 votes at most. */
  readonly fewestObservations: number;
}

/** One way by which the entity would move next. */
export interface Way {
  readonly to: string;
  /** `bypass`: at once, past evidence and waits. */
  readonly kind: 'enter' | 'leave' | 'bypass';
  /** All of them together, nothing else changing; empty: the plain conditions point there already. */
  readonly needs: readonly Need[];
  /** Whether the conditions were evaluated with the needs fulfilled; false where a need is no single value. */
  readonly checked: boolean;
  /** Null: no evidence is wanted, it moves at once. */
  readonly evidence: MissingEvidence | null;
  /** Knobs that hold it back after that: `enterAfter 10m`, `cooldown until …`. */
  readonly waits: readonly Wait[];
  /** What the move costs, where that hangs on the entity; null where it does not, or a bypass asks for no price. */
  readonly cost: PricedCost | null;
}

export interface Wait {
  readonly knob:
    | 'enterAfter'
    | 'leaveAfter'
    | 'cooldown'
    | 'confirm'
    | 'flapBudget'
    | 'quarantine'
    | 'switchCost'
    | 'pin';
  /** How long, ms, once it points there; null for confirm. */
  readonly ms: number | null;
  /** When it ends as things stand; null where it has not begun or does not end by time. */
  readonly until: number | null;
  readonly text: string;
}

export interface ExplainedSegment {
  readonly segment: string;
  /** `masked`: it holds, but a segment before it does too. */
  readonly standing: 'current' | 'masked' | 'out' | 'undecided';
  /** The condition in force: `stay` once inside, where there is one; null for the default. */
  readonly condition: 'when' | 'stay' | null;
  readonly text: string | null;
  readonly holds: boolean | null;
  readonly clauses: readonly ExplainedClause[];
  /** The clause that fails first: of several that must hold the first written, of several that may, the nearest. */
  readonly failsFirst: ExplainedClause | null;
  /** Evidence against where its bank stands; null where it keeps none. */
  readonly evidence: (MissingEvidence & { readonly towards: 'in' | 'out' }) | null;
}

export interface ExplainedDimension {
  readonly dimension: string;
  /** Null while undecided. */
  readonly segment: string | null;
  readonly since: number | null;
  /** Where the plain conditions point as of now, without hysteresis. */
  readonly plain: string | null;
  /** Why it stands there, by the conditions as of now. */
  readonly why: string;
  /** Flips held since it moved. */
  readonly heldFlips: number;
  /** What it waits for before it is placed at all, and until when. */
  readonly undecided: { readonly missing: readonly string[]; readonly until: number | null } | null;
  /** Set while a person has pinned it. */
  readonly pin: (Pin & { readonly to: string }) | null;
  /** A move that only a knob still holds back. */
  readonly pending: { readonly to: string; readonly until: number | null } | null;
  /** What time alone will do, if nothing more is observed; null: nothing, as far as was looked. */
  readonly byTime: { readonly at: number; readonly to: string | null; readonly because: string } | null;
  /** Nearest first. */
  readonly next: readonly Way[];
  readonly segments: readonly ExplainedSegment[];
}
