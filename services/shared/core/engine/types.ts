/** An entity, by type and id. */
export interface EntityRef {
  readonly entityType: string;
  readonly entityId: string;
}

export type Value = number | string | boolean;

/** What was seen of one entity at one instant; the record `Observation` of the schemas has this shape. */
export interface Observation extends EntityRef {
  readonly values: Readonly<Record<string, Value>>;
  /** Relations named here replace their former targets. */
  readonly links: readonly ObservedLink[];
  /** The entity's life is over. */
  readonly ended: boolean;
  /** Epoch ms. */
  readonly observedAt: number;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
}

export interface ObservedLink {
  readonly relation: string;
  readonly targets: readonly (EntityRef & { readonly values: Readonly<Record<string, Value>> })[];
}

/** A person pins an entity to a segment of a dimension, or lets it go; the record `SegmentPinned` of the schemas has this shape. */
export interface SegmentPin extends EntityRef {
  readonly dimension: string;
  /** Null lets it go. */
  readonly segment: string | null;
  /** When the pin ends, epoch ms; null when it is let go. */
  readonly until: number | null;
  /** Pseudonymous. */
  readonly by: string;
  readonly reason: string;
  readonly occurredAt: number;
}

/** Tells a target's owner that an entity reads its attributes (or, with `end`, no longer does). */
export interface Referenced {
  readonly target: EntityRef;
  readonly referrer: EntityRef;
  readonly relation: string;
  /** Given back in every answer: an answer with another one belongs to a link that is no more. */
  readonly refVersion: number;
  readonly attributes: readonly string[];
  readonly end: boolean;
  readonly occurredAt: number;
}

/** Tells a referrer's owner the value of an attribute of the target; null: missing. */
export interface ReferenceValued {
  readonly referrer: EntityRef;
  readonly target: EntityRef;
  readonly attribute: string;
  readonly refVersion: number;
  /** Grows with every change of the target, so that an old answer is known as such. */
  readonly targetSequence: number;
  readonly value: Value | null;
  readonly occurredAt: number;
}

/** What became of an observation: `late` is older than grace, `ended` came after a transient entity's end. */
export type ObserveResult = 'folded' | 'unused' | 'late' | 'ended' | 'mismatched';

/** A change of the model, as a state that was kept under the earlier one has to know it. */
export interface Edit {
  /** Names and versions: `fulfilment@1`. */
  readonly from: string;
  readonly to: string;
  /** Event time from which the model holds, epoch ms; −Infinity where it was never another. */
  readonly at: number;
}

/** Dimensions, by entity type, that the model no longer has and that states may still stand for. */
export type Retired = Readonly<Record<string, readonly string[]>>;
