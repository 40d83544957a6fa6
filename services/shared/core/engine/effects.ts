import type { SegmentChange } from '../changes/types.ts';
import type { HeldReason } from '../hysteresis/index.ts';
import type { Referenced, Value } from './types.ts';

/** A flip of the plain conditions that hysteresis kept back. */
export interface Held {
  readonly dimension: string;
  readonly reason: HeldReason;
  /** Segment to which the conditions pointed. */
  readonly to: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What calls into the engine leave behind. One is reused: clear it before each call. */
export class Effects {
  /** Set by the caller: changes then bear the origin `replay`. */
  replay = false;
  readonly changes: SegmentChange[] = [];
  /** To the owners of targets. */
  readonly referenced: Referenced[] = [];
  /** Attributes of this entity that referrers read and that have changed; null: missing. */
  readonly valued: { readonly attribute: string; readonly value: Value | null }[] = [];
  /** When `valued` changed, epoch ms. */
  valuedAt = 0;
  /** Flips of the plain conditions that hysteresis kept back. */
  readonly held: Held[] = [];
  /** The entity's life ended: its membership is withdrawn. */
  ended = false;
  /** Why an observation was `mismatched`. */
  problem = '';

  clear(): void {
    // Setting the length of an empty array costs more than looking at it.
    if (this.changes.length > 0) this.changes.length = 0;
    if (this.referenced.length > 0) this.referenced.length = 0;
    if (this.valued.length > 0) this.valued.length = 0;
    if (this.held.length > 0) this.held.length = 0;
    this.ended = false;
    this.problem = '';
  }
}
