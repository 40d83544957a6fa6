import type { Value } from '../engine/types.ts';

/** What set an evaluation off. */
export type Cause = 'live' | 'timer' | 'reference' | 'manual' | 'edit';
/** Decision services act on all but `initial` and `replay`. */
export type Origin = Cause | 'initial' | 'replay';

/** Why, for people and for machines. */
export interface Because {
  readonly text: string;
  /** The clause that decided, as the model has it. */
  readonly clause: string;
  readonly values: readonly { readonly name: string; readonly value: Value | null; readonly threshold: Value | null }[];
  /** The clause nearest to deciding otherwise, and how far its value is from its threshold. */
  readonly failed: { readonly clause: string; readonly distance: number } | null;
}

export interface HysteresisNote {
  readonly kind: string;
  /** Votes gathered at the switch, and their price. */
  readonly evidence: number | null;
  readonly price: number | null;
  /** Since when evidence or a dwell had been gathering, epoch ms. */
  readonly since: number | null;
  readonly heldFlips: number;
}

/** A change of segment. The record `SegmentChanged` of the schemas is this and `detectedAt`. */
export interface SegmentChange {
  readonly changeId: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly dimension: string;
  /** Null for the first placement. */
  readonly from: string | null;
  /** Null when the entity ended, or (origin `edit`) when the model no longer has the dimension. */
  readonly to: string | null;
  /** All dimensions after the evaluation: `handling=standard|urgency=late`. */
  microSegment: string;
  readonly evaluationId: string;
  /** Per entity and dimension, from 1, without gaps within an epoch. */
  readonly sequence: number;
  readonly epoch: string;
  readonly modelVersion: string;
  readonly occurredAt: number;
  readonly origin: Origin;
  readonly because: Because;
  readonly hysteresis: HysteresisNote;
  readonly attributes: Readonly<Record<string, Value | null>>;
}

/** A person's override of where an entity stands on a dimension. */
export interface Pin {
  /** When it ends, epoch ms. */
  readonly until: number;
  /** Pseudonymous. */
  readonly by: string;
  readonly reason: string;
}

/** Where an entity stands on one dimension. */
export interface Standing {
  readonly segment: string;
  readonly since: number;
  readonly sequence: number;
  readonly epoch: string;
  readonly pin: Pin | null;
}

/** Where an entity stands on each dimension. The record `Membership` of the schemas. */
export interface Membership {
  readonly entityType: string;
  readonly entityId: string;
  readonly modelVersion: string;
  readonly dimensions: Readonly<Record<string, Standing>>;
  readonly occurredAt: number;
}
