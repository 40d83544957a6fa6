import type { MoveKind, SegmentDefinition } from '../types.ts';
import type { ReferenceLadder } from './reference-ladder.ts';

/** What a step of the reference came to. */
export interface ReferenceOutcome {
  from: number;
  to: number;
  kind: MoveKind | undefined;
  evidence: number;
  price: number;
  heldFlips: number;
  held: boolean;
  heldTo: number;
  due: number;
}

/** A segment with all that its bank remembers. */
export interface Segment extends SegmentDefinition {
  inside: boolean | undefined;
  votes: number;
  readonly ladder: ReferenceLadder;
  history: boolean[];
  leaveHistory: boolean[];
  bypassHistory: boolean[];
  result: Result;
  plainlyIn: boolean;
  flipped: { kind: MoveKind; evidence: number; price: number } | undefined;
}

/** What a condition came to, and the clause that decided. */
export interface Result {
  value: number;
  clause?: number;
}
